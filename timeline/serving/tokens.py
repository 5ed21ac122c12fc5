"""ID tokens of OpenID Connect: RS256 by keys of the issuer, who it is for, and until when."""

import hashlib
import json
import threading
import urllib.request
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any

import jwt

from timeline.accounts import Claims
from timeline.errors import Unauthenticated, Unavailable

ALGORITHM = "RS256"
LEEWAY_SECONDS = 30
"""How far the clock of the issuer may be off."""
TIMEOUT_SECONDS = 3
MAX_CHARACTERS = 8_192
"""A token that carries more would not fit into App Engine's 16 KB of request headers either."""
MAX_CLAIM = 320
"""No name, handle or mail address is longer; the subject has at most 255 (OpenID Connect Core, 2)."""


class Tokens:
    """Verifies the ID tokens of one issuer; its keys are fetched once and kept for five minutes."""

    def __init__(self, issuer: str, audience: str) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys: jwt.PyJWKClient | None = None
        self._lock = threading.Lock()

    def verify(self, token: str) -> Claims:
        """Raises Unauthenticated for what proves nothing, Unavailable without the issuer's keys."""
        try:
            return self._claims_of(self._decoded(token), token)
        except (jwt.InvalidTokenError, ValueError, TypeError) as error:
            raise Unauthenticated(f"The ID token is not valid: {_reason(error)}.") from error

    def _decoded(self, token: str) -> dict[str, Any]:
        """An unknown key id costs at most one fetch per 30 seconds: PyJWKClient cools down."""
        if len(token) > MAX_CHARACTERS or not self._issuer or not self._audience:
            raise jwt.InvalidTokenError("refused")
        header = jwt.get_unverified_header(token)
        if header.get("alg") != ALGORITHM:
            raise jwt.InvalidAlgorithmError("its algorithm is not RS256")
        return jwt.decode(
            token,
            self._key(str(header.get("kid", ""))),
            algorithms=[ALGORITHM],
            issuer=self._issuer,
            audience=self._audience,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "exp", "iat", "sub"]},
        )

    def _key(self, key_id: str) -> jwt.PyJWK:
        try:
            return self._key_client().get_signing_key(key_id)
        except jwt.PyJWKClientConnectionError as error:
            raise Unavailable("The identity provider does not answer.") from error
        except jwt.PyJWKClientError as error:
            raise jwt.InvalidTokenError("its key is unknown") from error

    def _key_client(self) -> jwt.PyJWKClient:
        with self._lock:
            if self._keys is None:
                self._keys = jwt.PyJWKClient(_keys_url(self._issuer), timeout=TIMEOUT_SECONDS)
        return self._keys

    def _claims_of(self, claims: dict[str, Any], token: str) -> Claims:
        return Claims(
            issuer=str(claims["iss"]),
            subject=str(claims["sub"]),
            issued=datetime.fromtimestamp(float(claims["iat"]), UTC),
            preferred_username=_text(claims, "preferred_username"),
            email=_text(claims, "email"),
            email_verified=claims.get("email_verified") is True,
            name=_text(claims, "name"),
            fingerprint=hashlib.sha256(token.encode()).hexdigest(),
        )


def _keys_url(issuer: str) -> str:
    """OpenID Connect Discovery 1.0: the issuer says where its keys are."""
    if not issuer.startswith(("https://", "http://")):
        raise Unavailable("OIDC_ISSUER is not a URL.")
    where = issuer.rstrip("/") + "/.well-known/openid-configuration"
    try:
        with urllib.request.urlopen(where, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - http(s) only, see above
            return str(json.load(answer)["jwks_uri"])
    except (OSError, ValueError, KeyError, HTTPException) as error:
        raise Unavailable("The identity provider does not answer.") from error


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value[:MAX_CLAIM] if isinstance(value, str) else ""


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
