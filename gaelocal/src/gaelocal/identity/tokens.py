"""Create and verify the provider's tokens: ID tokens, access tokens, and session cookies."""

import hashlib
import time
from dataclasses import dataclass
from typing import Any

import jwt
from jwt.utils import base64url_encode

from gaelocal.identity.keys import SigningKey
from gaelocal.identity.users import User

ID_KIND = "JWT"
ACCESS_KIND = "at+jwt"  # RFC 9068
SESSION_KIND = "session+jwt"
HOUR = 3600
TOKEN_SECONDS = HOUR
SESSION_SECONDS = 30 * 24 * HOUR


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in: a user and a time in whole seconds since 1970.

    `is_admin`: the user is an administrator of the App Engine project.
    """

    user: User
    at: int
    is_admin: bool = False

    @classmethod
    def now(cls, user: User, *, is_admin: bool = False) -> "SignIn":
        return cls(user, int(time.time()), is_admin)

    def claims(self) -> dict[str, Any]:
        admin = {"admin": True} if self.is_admin else {}
        return {**self.user.claims(), "auth_time": self.at, **admin}


@dataclass(frozen=True, slots=True)
class Binding:
    """The claims that bind an ID token to its request and its access token."""

    nonce: str | None = None
    access_token: str | None = None

    def claims(self) -> dict[str, str]:
        nonce = {} if self.nonce is None else {"nonce": self.nonce}
        return nonce if self.access_token is None else {**nonce, "at_hash": half_hash(self.access_token)}


UNBOUND = Binding()


class Tokens:
    """The tokens of one issuer, signed with one key; `key` is set when the server starts."""

    key: SigningKey

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    @property
    def public_keys(self) -> dict[str, Any]:
        return {"keys": [self.key.public_jwk]}

    def id_token(
        self, sign_in: SignIn, audience: str, lifetime: int = TOKEN_SECONDS, bound_to: Binding = UNBOUND
    ) -> str:
        return self._sign({**sign_in.claims(), **bound_to.claims()}, audience, lifetime, ID_KIND)

    def access_token(self, user: User, scope: str) -> str:
        claims = {"sub": user.subject, "user": user.name, "scope": scope}
        return self._sign(claims, self.issuer, TOKEN_SECONDS, ACCESS_KIND)

    def service_account_id_token(self, email: str, audience: str) -> str:
        """Sign an ID token as Google does for a service account that calls a service."""
        subject = service_account_id(email)
        claims = {"sub": subject, "azp": subject, "email": email, "email_verified": True}
        return self._sign(claims, audience, TOKEN_SECONDS, ID_KIND)

    def service_account_access_token(self, email: str, scope: str) -> str:
        claims = {"sub": service_account_id(email), "email": email, "scope": scope}
        return self._sign(claims, self.issuer, TOKEN_SECONDS, ACCESS_KIND)

    def session(self, sign_in: SignIn) -> str:
        claims = {"sub": sign_in.user.subject, "user": sign_in.user.name, "auth_time": sign_in.at}
        if sign_in.is_admin:
            claims["admin"] = True
        return self._sign(claims, self.issuer, SESSION_SECONDS, SESSION_KIND)

    def user_of(self, access_token: str) -> User | None:
        """Return the user of an access token; None if it is not valid."""
        claims = self._read(access_token, ACCESS_KIND)
        return User.named(claims["user"]) if claims else None

    def sign_in_of(self, session: str) -> SignIn | None:
        """Return the sign-in of a session cookie; None if it is not valid."""
        claims = self._read(session, SESSION_KIND)
        if claims is None:
            return None
        return SignIn(User.named(claims["user"]), claims["auth_time"], claims.get("admin") is True)

    def subject_of(self, id_token: str) -> str | None:
        """Return the subject of an ID token of any age and audience; None if another issuer signed it."""
        try:
            signed = self.key.read(id_token, issuer=self.issuer, at_any_age=True)
        except jwt.InvalidTokenError:
            return None
        return str(signed["payload"]["sub"]) if signed["header"]["typ"] == ID_KIND else None

    def _sign(self, claims: dict[str, Any], audience: str, lifetime: int, kind: str) -> str:
        now = int(time.time())
        issued = {"iss": self.issuer, "aud": audience, "iat": now, "exp": now + lifetime}
        return self.key.sign({**claims, **issued}, kind)

    def _read(self, token: str, kind: str) -> dict[str, Any] | None:
        try:
            signed = self.key.read(token, issuer=self.issuer, audience=self.issuer)
        except jwt.InvalidTokenError:
            return None
        claims: dict[str, Any] = signed["payload"]
        return claims if signed["header"]["typ"] == kind else None


def service_account_id(email: str) -> str:
    """Return the numeric ID of a service account, always the same for one email."""
    digest = hashlib.sha256(email.encode()).digest()
    return str(10**20 + int.from_bytes(digest[:8], "big"))


def half_hash(token: str) -> str:
    """Make the `at_hash` of an access token (OpenID Connect Core, 3.1.3.6)."""
    return base64url_encode(hashlib.sha256(token.encode()).digest()[:16]).decode()
