"""ID tokens of OpenID Connect: RS256 by keys of a known issuer, who it is for, and until when."""

import hashlib
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt

from timeline.accounts.users import Claims
from timeline.errors import Unauthenticated
from timeline.serving.claims import claims_of, seconds_of
from timeline.serving.issuers import Issuer, usual_spelling
from timeline.serving.keys import FRESH_SECONDS, Keys

ALGORITHM = "RS256"
"""The one that OpenID Connect requires of everybody; a token has no say in how it is checked."""
LEEWAY_SECONDS = 30
"""How far the clock of the issuer may be off: servers keep theirs to a second, the phone's is not asked."""
MAX_CHARACTERS = 8_192
"""A token that carries more would not fit into App Engine's 16 KB of request headers either."""
REMEMBERED_SECONDS = FRESH_SECONDS
"""A phone sends the same token for an hour. It is not trusted for longer than the key that signed it."""
MOST_REMEMBERED = 4_096
UNREADABLE = (jwt.InvalidTokenError, ValueError, TypeError, ArithmeticError, RecursionError)
"""Includes what PyJWT lets through: claims of another type, infinite numbers, deep nesting."""


class Tokens:
    """Verifies the ID tokens of the issuers that are known here, and of nobody else.

    Verifying costs as much as a page from the cache, so what was found good is remembered for a while.
    """

    def __init__(self, issuers: Mapping[str, Issuer], clock: Callable[[], float] = time.time) -> None:
        self._issuers = issuers
        self._clock = clock
        self._keys = {url: Keys(issuer) for url, issuer in issuers.items()}
        self._remembered: dict[str, tuple[float, Claims]] = {}

    def verify(self, token: str) -> Claims:
        """Raises Unauthenticated for what proves nothing, Unavailable without the issuer's keys."""
        fingerprint = hashlib.sha256(token.encode()).hexdigest()
        until, claims = self._remembered.get(fingerprint, (0.0, None))
        if claims is None or until < self._clock():
            return self._verified(token, fingerprint)
        return claims

    def _verified(self, token: str, fingerprint: str) -> Claims:
        try:
            decoded = self._decoded(token)
            claims = claims_of(decoded, fingerprint)
            expires = seconds_of(decoded, "exp")
        except UNREADABLE as error:
            raise Unauthenticated(f"The ID token is not valid: {_reason(error)}.") from error
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        until = min(self._clock() + REMEMBERED_SECONDS, expires)
        self._remembered[fingerprint] = (until, claims)
        return claims

    def _decoded(self, token: str) -> dict[str, Any]:
        """What is not signed yet decides only which keys are tried: never a URL, never the algorithm."""
        if len(token) > MAX_CHARACTERS:
            raise jwt.InvalidTokenError("too long")
        header = jwt.get_unverified_header(token)
        if header.get("alg") != ALGORITHM:
            raise jwt.InvalidAlgorithmError("its algorithm is not RS256")
        claimed = jwt.decode(token, options={"verify_signature": False}).get("iss")
        issuer = self._issuers.get(usual_spelling(claimed)) if isinstance(claimed, str) else None
        if issuer is None:
            raise jwt.InvalidIssuerError("another issuer made it")
        claims = jwt.decode(
            token,
            self._keys[issuer.url].key(str(header.get("kid", ""))),
            algorithms=[ALGORITHM],
            audience=issuer.audiences,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "exp", "iat", "sub"]},
        )
        _check_parties(claims, issuer)
        return {**claims, "iss": issuer.url}


def _check_parties(claims: dict[str, Any], issuer: Issuer) -> None:
    """OpenID Connect Core, 3.1.3.7: of several audiences, `azp` says which one asked for the token.

    With one audience `azp` may name another client: an Android app asks Google for a token for its server.
    """
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") not in issuer.audiences:
        raise jwt.InvalidAudienceError("somebody else asked for it")


def _reason(error: Exception) -> str:
    """Names what is wrong without repeating anything of the token."""
    return {
        "ExpiredSignatureError": "it has expired",
        "InvalidAudienceError": "it is for somebody else",
        "InvalidIssuerError": "another issuer made it",
        "InvalidAlgorithmError": "its algorithm is not RS256",
        "InvalidSignatureError": "its signature is wrong",
        "ImmatureSignatureError": "it is not valid yet",
    }.get(type(error).__name__, "it cannot be read")
