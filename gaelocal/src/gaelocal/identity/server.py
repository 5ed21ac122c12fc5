"""The OpenID Connect provider: discovery, keys, and the endpoints for clients."""

import asyncio
import socket
import time
from pathlib import Path

from aiohttp import web

from gaelocal.identity.codes import Clock, Codes
from gaelocal.identity.discovery import discovery
from gaelocal.identity.exchange import TokenError, exchange
from gaelocal.identity.keys import load_or_make
from gaelocal.identity.pages import PAGES, STATIC_FILES, home_page
from gaelocal.identity.signin import BrowserViews
from gaelocal.identity.tokens import TOKEN_SECONDS, SignIn, Tokens
from gaelocal.identity.users import InvalidName, KnownUsers, User
from gaelocal.loopback_server import (
    OWN_PAGES,
    LoopbackServer,
    is_local,
    posted_texts,
    refuse_foreign_requests,
)
from gaelocal.state_files import make_folder

FORM_LIMIT = 64 * 1024  # a token request is a few hundred bytes
FOR_OTHER_SITES = ("/authorize", "/logout")  # where pages of applications link to


class IdentityServer:
    """The identity server; `audience` is the default audience of `token_for`.

    `clock` measures the lifetime of authorization codes. `issuer` is the address at which
    browsers reach it; empty means the socket's address.
    """

    def __init__(
        self,
        data: Path,
        sock: socket.socket,
        audience: str,
        *,
        clock: Clock = time.monotonic,
        issuer: str = "",
    ) -> None:
        self._folder = data
        self._audience = audience
        self._codes = Codes(clock)
        self._known = KnownUsers(data / "recent.json")
        app = web.Application(
            client_max_size=FORM_LIMIT, middlewares=[refuse_foreign_requests(*FOR_OTHER_SITES)]
        )
        self._server = LoopbackServer(app, sock)
        self._issuer = issuer or self._server.url
        self._tokens = Tokens(self.url)
        app.add_routes(self._routes())

    @property
    def url(self) -> str:
        """The issuer."""
        return self._issuer

    async def start(self) -> None:
        make_folder(self._folder)
        self._known.load()
        self._tokens.key = await asyncio.to_thread(load_or_make, self._folder / "key.pem")
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop()

    def token_for(self, user: str, *, lifetime: int = TOKEN_SECONDS, audience: str | None = None) -> str:
        """Return an ID token; a negative lifetime (in seconds) returns an expired one.

        Raises:
            InvalidName: `user` is neither a user name nor a mail address.
        """
        sign_in = SignIn.now(User.named(user))
        return self._tokens.id_token(sign_in, audience or self._audience, lifetime)

    def service_account_id_token(self, email: str, audience: str) -> str:
        """Return an ID token (OIDC) of a service account."""
        return self._tokens.service_account_id_token(email, audience)

    def service_account_access_token(self, email: str, scope: str) -> str:
        """Return an access token (OAuth) of a service account."""
        return self._tokens.service_account_access_token(email, scope)

    def _routes(self) -> list[web.RouteDef]:
        browser = BrowserViews(self._tokens, self._codes, self._known)
        return [
            web.get("/", self._home),
            web.get("/.well-known/openid-configuration", self._discovery),
            web.get("/jwks.json", self._keys),
            web.get("/authorize", browser.authorize),
            web.post("/authorize", browser.authorize),
            web.post("/signin", browser.sign_in),
            web.get("/logout", browser.sign_out),
            web.post("/logout", browser.sign_out),
            web.post("/token", self._exchange),
            web.get("/token", self._plain_token),
            web.get("/userinfo", self._userinfo),
            web.post("/userinfo", self._userinfo),
            *(web.get(f"/{name}", self._static_file) for name in STATIC_FILES),
        ]

    async def _home(self, _request: web.Request) -> web.Response:
        return home_page(self.url, self._known)

    async def _discovery(self, request: web.Request) -> web.Response:
        host = request.headers["Host"]
        reached_at = self.url if is_local(host) else f"http://{host}"
        return web.json_response(discovery(self.url, reached_at))

    async def _keys(self, _request: web.Request) -> web.Response:
        return web.json_response(self._tokens.public_keys)

    async def _exchange(self, request: web.Request) -> web.Response:
        form = await posted_texts(request)
        try:
            return web.json_response(
                exchange(form, request.headers.get("Authorization"), self._codes, self._tokens)
            )
        except TokenError as error:
            return _token_error_response(error)

    async def _plain_token(self, request: web.Request) -> web.Response:
        """Return an ID token as text, for the command line.

        A page of another site may open this address, but adds no name to the page of the sign-in.
        """
        try:
            user = User.named(request.query.get("user", ""))
        except InvalidName as invalid:
            raise web.HTTPBadRequest(text=f"user: {invalid}") from None
        if request.headers.get("Sec-Fetch-Site", "none") in OWN_PAGES:
            self._known.add(user)
        return web.Response(text=self.token_for(user.name))

    async def _userinfo(self, request: web.Request) -> web.Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
        user = self._tokens.user_of(token)
        if user is None:
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        return web.json_response(user.claims())

    async def _static_file(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGES / request.path.removeprefix("/"))


def _token_error_response(error: TokenError) -> web.Response:
    answer = {"error": error.error, "error_description": error.description}
    headers = {"WWW-Authenticate": "Basic"} if error.status == web.HTTPUnauthorized.status_code else {}
    return web.json_response(answer, status=error.status, headers=headers)
