"""Authorization codes: valid once, for a minute, for one client."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from gaelocal.identity.tokens import SignIn

CODE_SECONDS = 60

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The data of a code: the sign-in, the client, and the PKCE challenge."""

    sign_in: SignIn
    client_id: str
    redirect_uri: str
    challenge: str
    scope: str
    nonce: str | None

    def is_proven_by(self, verifier: str) -> bool:
        """Check the PKCE verifier against the S256 challenge (RFC 7636, 4.6)."""
        digest = hashlib.sha256(verifier.encode()).digest()
        made = base64.urlsafe_b64encode(digest).rstrip(b"=")
        return hmac.compare_digest(made, self.challenge.encode())


class Codes:
    """Stores grants until their codes are redeemed. A restart discards them; users then sign in again."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._grants: dict[str, tuple[float, Grant]] = {}

    def issue(self, grant: Grant) -> str:
        self._drop_expired()
        code = secrets.token_urlsafe(32)
        self._grants[code] = (self._clock() + CODE_SECONDS, grant)
        return code

    def redeem(self, code: str) -> Grant | None:
        """Return the grant and invalidate the code, even if the request turns out to be invalid."""
        until, grant = self._grants.pop(code, (0.0, None))
        return grant if self._clock() < until else None

    def _drop_expired(self) -> None:
        now = self._clock()
        self._grants = {code: kept for code, kept in self._grants.items() if now < kept[0]}
