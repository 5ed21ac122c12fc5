"""Sign-in for services with `app_engine_apis`: `/_ah/login`, `/_ah/logout` and `login:` of app.yaml.

A browser is sent to the local identity provider (OpenID Connect, code flow with PKCE) and comes back to
`/_ah/login`, where it gets a signed session cookie.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import parse_qsl, quote, urlencode
from urllib.request import Request as HttpRequest

from gaelocal.appengine.front_door.error_responses import error_response
from gaelocal.appengine.front_door.sessions import CookieSealer, SignedInUser, cookie_of, decode_claims
from gaelocal.appengine.http import Body, Request, Response
from gaelocal.appengine.project.handlers import Handler
from gaelocal.direct_http import open_directly

LOGIN = "/_ah/login"
LOGOUT = "/_ah/logout"
CLIENT_ID = "app-engine"
SESSION_COOKIE = "gaelocal_session"
STATE_COOKIE = "gaelocal_sign_in"
SESSION_SECONDS = 24 * 60 * 60  # App Engine's default
SIGN_IN_SECONDS = 60 * 60
PROVIDER_SECONDS = 10
LARGEST_USER_ID = 10**21
LONGEST_ADDRESS = 2000
LOCAL_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
LOCAL_ADDRESS = re.compile(
    r"https?://(?:localhost|127\.0\.0\.1|(?:[a-z0-9-]+\.)+localhost)(?::\d{1,5})?(?:[/?][!-\[\]-~]*)?"
)


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """`issuer` is the provider's address for browsers, `reached_at` the one for this process."""

    issuer: str
    reached_at: str


class SignIn:
    """Without a provider, sign-in is not possible."""

    def __init__(self, provider: IdentityProvider | None, key_file: Path) -> None:
        self._provider = provider
        self._sealer = CookieSealer(key_file)

    async def respond(self, request: Request) -> Response | None:
        """Answer a request for one of the two pages; None for any other path."""
        if request.path == LOGOUT:
            return _redirect(_next_page(request), _cookie(SESSION_COOKIE, "", 0))
        if request.path != LOGIN:
            return None
        if self._provider is None:
            return error_response(request, 503, "this process does not run the identity provider")
        query = _query(request)
        if "code" in query or "error" in query:
            return await self._finish(request, query, self._provider)
        return self._begin(request, self._provider)

    def user_of(self, request: Request) -> SignedInUser | None:
        """Return the user of a session cookie of the front door."""
        cookie = cookie_of(request, SESSION_COOKIE)
        values = self._sealer.unseal(SESSION_COOKIE, cookie) if cookie else None
        return SignedInUser(values["email"], values["user_id"], values["admin"]) if values else None

    def check(self, request: Request, handler: Handler) -> Response | None:
        """Return the error response for a request that `login:` of its handler does not allow."""
        if handler.login == "optional":
            return None
        user = self.user_of(request)
        if user is None:
            return _not_signed_in(request, handler)
        if handler.login == "admin" and not user.is_admin:
            again = _login_address(request)
            detail = f"{user.email} is not an administrator. Sign in as one: {again}"
            return error_response(request, 401, detail)
        return None

    def _begin(self, request: Request, provider: IdentityProvider) -> Response:
        sign_in = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        digest = hashlib.sha256(sign_in["verifier"].encode()).digest()
        query = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": _return_address(request),
            "scope": "openid email admin",
            "state": sign_in["state"],
            "nonce": sign_in["nonce"],
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        values = {**sign_in, "continue": _next_page(request)}
        sealed = self._sealer.seal(STATE_COOKIE, values, SIGN_IN_SECONDS)
        cookie = _cookie(STATE_COOKIE, sealed, SIGN_IN_SECONDS, path=LOGIN)
        return _redirect(f"{provider.issuer}/authorize?{urlencode(query)}", cookie)

    async def _finish(self, request: Request, query: dict[str, str], provider: IdentityProvider) -> Response:
        sign_in = self._sealer.unseal(STATE_COOKIE, cookie_of(request, STATE_COOKIE))
        if sign_in is None or not hmac.compare_digest(
            sign_in["state"].encode(), query.get("state", "").encode()
        ):
            return error_response(request, 400, f"unknown or expired sign-in; open {LOGIN}")
        if "error" in query:
            return error_response(request, 401, "the sign-in was cancelled")
        try:
            claims = await asyncio.to_thread(_claims, provider, request, query["code"], sign_in)
        except (URLError, OSError, ValueError, KeyError) as error:
            return error_response(request, 502, f"the identity provider did not confirm the sign-in: {error}")
        user = _user(claims)
        values = {"email": user.email, "user_id": user.user_id, "admin": user.is_admin}
        session = _cookie(
            SESSION_COOKIE, self._sealer.seal(SESSION_COOKIE, values, SESSION_SECONDS), SESSION_SECONDS
        )
        return _redirect(sign_in["continue"], session, _cookie(STATE_COOKIE, "", 0, path=LOGIN))


def user_headers(user: SignedInUser | None) -> bytes:
    """Return the user headers that App Engine sends to a service with `app_engine_apis`."""
    if user is None:
        return b"X-Appengine-Auth-Domain: gmail.com\r\nX-Appengine-User-Is-Admin: 0\r\n"
    return (
        f"X-Appengine-Auth-Domain: gmail.com\r\nX-Appengine-User-Email: {user.email}\r\n"
        f"X-Appengine-User-Id: {user.user_id}\r\nX-Appengine-User-Nickname: {user.nickname}\r\n"
        f"X-Appengine-User-Is-Admin: {int(user.is_admin)}\r\nX-Appengine-User-Organization: \r\n"
    ).encode("latin-1")


def _claims(
    provider: IdentityProvider, request: Request, code: str, sign_in: dict[str, Any]
) -> dict[str, Any]:
    """Redeem the code at the provider; runs in a thread.

    Raises:
        ValueError: the token is not for this sign-in.
    """
    form = {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "code": code,
        "redirect_uri": _return_address(request),
        "code_verifier": sign_in["verifier"],
    }
    asked = HttpRequest(f"{provider.reached_at}/token", urlencode(form).encode())  # noqa: S310 - our own
    with open_directly(asked, timeout=PROVIDER_SECONDS) as answer:
        claims = decode_claims(json.load(answer)["id_token"])
    if claims.get("nonce") != sign_in["nonce"] or claims.get("aud") != CLIENT_ID:
        raise ValueError("the token belongs to another sign-in")
    return claims


def _user(claims: dict[str, Any]) -> SignedInUser:
    digest = hashlib.sha256(str(claims["sub"]).encode()).digest()
    user_id = str(10**20 + int.from_bytes(digest, "big") % (LARGEST_USER_ID - 10**20))
    return SignedInUser(str(claims["email"]), user_id, claims.get("admin") is True)


def _not_signed_in(request: Request, handler: Handler) -> Response:
    address = _login_address(request)
    if handler.is_unauthorized_on_failure:
        return error_response(request, 401, f"Sign in to see this page: {address}")
    return _redirect(address)


def _login_address(request: Request) -> str:
    return f"{LOGIN}?continue={quote(request.target, safe='')}"


def _return_address(request: Request) -> str:
    return f"http://{request.field(b'host').decode('latin-1')}{LOGIN}"


def _next_page(request: Request) -> str:
    """Return where `continue` leads; the home page unless it is a path or an address of this machine."""
    address = _query(request).get("continue", "/")
    is_local = LOCAL_PATH.fullmatch(address) or LOCAL_ADDRESS.fullmatch(address)
    return address if is_local and len(address) <= LONGEST_ADDRESS else "/"


def _query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.target.partition("?")[2], keep_blank_values=True))


def _cookie(name: str, value: str, seconds: int, path: str = "/") -> bytes:
    return f"{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax".encode()


def _redirect(address: str, *cookies: bytes) -> Response:
    headers = [(b"Location", address.encode("latin-1")), (b"Cache-Control", b"no-store")]
    return Response(302, [*headers, *((b"Set-Cookie", cookie) for cookie in cookies)], Body())
