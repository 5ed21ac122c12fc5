"""The endpoints for browsers: authorization, the sign-in page, and signing out."""

from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiMapping

from gaelocal.identity.addresses import is_local_address, with_query
from gaelocal.identity.authorization import (
    AuthorizationError,
    AuthorizationRequest,
    InvalidRedirectError,
    ReturnAddress,
)
from gaelocal.identity.codes import Codes
from gaelocal.identity.pages import message_page, sign_in_page
from gaelocal.identity.tokens import SESSION_SECONDS, SignIn, Tokens
from gaelocal.identity.users import InvalidName, KnownUsers, User
from gaelocal.loopback_server import posted_texts

SESSION_COOKIE = "gaelocal_identity"  # cookies are shared between ports, so the name includes the port


class BrowserViews:
    """The views for browsers."""

    def __init__(self, tokens: Tokens, codes: Codes, known: KnownUsers) -> None:
        self._tokens = tokens
        self._codes = codes
        self._known = known

    async def authorize(self, request: web.Request) -> web.Response:
        query = request.query if request.method == "GET" else await posted_texts(request)
        try:
            back = ReturnAddress.read(query)
        except InvalidRedirectError as unsafe:
            return _error_page(unsafe)
        try:
            authorization_request = AuthorizationRequest.read(query, back)
            if authorization_request.is_silent:
                return self._answer(
                    authorization_request, self._silent_sign_in(authorization_request, request)
                )
        except AuthorizationError as error:
            return self._error_redirect(back, error)
        return sign_in_page(authorization_request, _action(query), self._known)

    async def sign_in(self, request: web.Request) -> web.Response:
        try:
            back = ReturnAddress.read(request.query)
            authorization_request = AuthorizationRequest.read(request.query, back)
        except InvalidRedirectError as unsafe:
            return _error_page(unsafe)
        except AuthorizationError as error:
            return self._error_redirect(back, error)
        return self._decide(authorization_request, request.query, await posted_texts(request))

    async def sign_out(self, request: web.Request) -> web.Response:
        query = request.query if request.method == "GET" else await posted_texts(request)
        address = query.get("post_logout_redirect_uri")
        if address is not None and not is_local_address(address):
            return message_page(
                "Not signed out", "post_logout_redirect_uri must be an address on this machine.", 400
            )
        response = message_page("Signed out", "You can close this page.") if address is None else None
        response = response or _redirect(with_query(address or "", {"state": query.get("state")}))
        response.del_cookie(SESSION_COOKIE)
        return response

    def _decide(
        self, authorization_request: AuthorizationRequest, query: MultiMapping[str], form: MultiMapping[str]
    ) -> web.Response:
        if "cancel" in form:
            return self._error_redirect(
                authorization_request.back,
                AuthorizationError("access_denied", "the user cancelled the sign-in"),
            )
        typed = form.get("user", "")
        try:
            sign_in = SignIn.now(
                User.named(typed), is_admin=authorization_request.wants_admin and "admin" in form
            )
        except InvalidName as invalid:
            return sign_in_page(
                authorization_request, _action(query), self._known, typed, f"Not a valid name: {invalid}."
            )
        self._known.add(sign_in.user)
        return self._answer(authorization_request, sign_in)

    def _answer(self, authorization_request: AuthorizationRequest, sign_in: SignIn) -> web.Response:
        response = self._redirect_back(
            authorization_request.back, code=self._codes.issue(authorization_request.grant_to(sign_in))
        )
        response.set_cookie(
            SESSION_COOKIE,
            self._tokens.session(sign_in),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="Lax",
        )
        return response

    def _error_redirect(self, back: ReturnAddress, error: AuthorizationError) -> web.Response:
        return self._redirect_back(back, error=error.error, error_description=error.description)

    def _redirect_back(self, back: ReturnAddress, **answer: str) -> web.Response:
        return _redirect(
            with_query(back.redirect_uri, {**answer, "state": back.state, "iss": self._tokens.issuer})
        )

    def _silent_sign_in(self, authorization_request: AuthorizationRequest, request: web.Request) -> SignIn:
        sign_in = self._tokens.sign_in_of(request.cookies.get(SESSION_COOKIE, ""))
        if sign_in is None or not self._matches(authorization_request, sign_in):
            raise AuthorizationError(
                "login_required", "no matching user is signed in, and prompt=none forbids a sign-in page"
            )
        return sign_in

    def _matches(self, authorization_request: AuthorizationRequest, sign_in: SignIn) -> bool:
        user = sign_in.user
        if (
            authorization_request.max_age is not None
            and SignIn.now(user).at - sign_in.at > authorization_request.max_age
        ):
            return False
        if (
            authorization_request.id_token_hint
            and self._tokens.subject_of(authorization_request.id_token_hint) != user.subject
        ):
            return False
        return authorization_request.login_hint.lower() in ("", user.name, user.claims()["email"])


def _action(query: MultiMapping[str]) -> str:
    return f"/signin?{urlencode(list(query.items()))}"


def _redirect(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address})


def _error_page(unsafe: InvalidRedirectError) -> web.Response:
    return message_page("This sign-in request cannot be answered", str(unsafe), 400)
