"""Verify OpenID Connect ID tokens: RS256 signature, issuer, audience and expiry."""

import hashlib
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt

from timeline.accounts.users import Claims
from timeline.errors import Unauthenticated
from timeline.serving.claims import claims_of, seconds_of
from timeline.serving.issuers import Issuer, canonical_url
from timeline.serving.keys import FRESH_SECONDS, Keys

ALGORITHM = "RS256"
"""The algorithm that OpenID Connect requires; the one that a token names is never used."""
LEEWAY_SECONDS = 30
"""The tolerated difference between the clocks of the issuer and of this server."""
MAX_CHARACTERS = 8_192
"""App Engine limits all request headers together to 16 KB."""
CACHE_SECONDS = FRESH_SECONDS
"""Clients send the same token for an hour. It is not trusted for longer than the key that signed it."""
MAX_CACHED = 4_096
UNREADABLE = (jwt.InvalidTokenError, ValueError, TypeError, ArithmeticError, RecursionError)
"""Includes errors from input that PyJWT does not check: claim types, infinite numbers, deep nesting."""


class Tokens:
    """Verifies the ID tokens of the configured issuers.

    Verifying a token takes as long as serving a cached page, so valid tokens are cached for a while.
    """

    def __init__(self, issuers: Mapping[str, Issuer], clock: Callable[[], float] = time.time) -> None:
        self._issuers = issuers
        self._clock = clock
        self._keys = {url: Keys(issuer) for url, issuer in issuers.items()}
        self._cached: dict[str, tuple[float, Claims]] = {}

    def verify(self, token: str) -> Claims:
        """Raises Unauthenticated for an invalid token, and Unavailable without the issuer's keys."""
        fingerprint = hashlib.sha256(token.encode()).hexdigest()
        until, claims = self._cached.get(fingerprint, (0.0, None))
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
        if len(self._cached) >= MAX_CACHED:
            self._cached.clear()
        until = min(self._clock() + CACHE_SECONDS, expires)
        self._cached[fingerprint] = (until, claims)
        return claims

    def _decoded(self, token: str) -> dict[str, Any]:
        """Use unverified content only to select the keys, never to choose a URL or the algorithm."""
        if len(token) > MAX_CHARACTERS:
            raise jwt.InvalidTokenError("too long")
        header = jwt.get_unverified_header(token)
        if header.get("alg") != ALGORITHM:
            raise jwt.InvalidAlgorithmError("its algorithm is not RS256")
        claimed = jwt.decode(token, options={"verify_signature": False}).get("iss")
        issuer = self._issuers.get(canonical_url(claimed)) if isinstance(claimed, str) else None
        if issuer is None:
            raise jwt.InvalidIssuerError("its issuer is not accepted")
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
    """OpenID Connect Core, 3.1.3.7: with several audiences, `azp` names the client that requested the token.

    With one audience, `azp` may be another client: an Android app requests a token for its server.
    """
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") not in issuer.audiences:
        raise jwt.InvalidAudienceError("another client requested it")


def _reason(error: Exception) -> str:
    """Describe the error without repeating parts of the token."""
    return {
        "ExpiredSignatureError": "it has expired",
        "InvalidAudienceError": "it is for another audience",
        "InvalidIssuerError": "its issuer is not accepted",
        "InvalidAlgorithmError": "its algorithm is not RS256",
        "InvalidSignatureError": "its signature is wrong",
        "ImmatureSignatureError": "it is not valid yet",
    }.get(type(error).__name__, "it cannot be read")
