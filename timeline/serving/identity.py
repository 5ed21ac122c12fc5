"""Who is calling. Closed by default: a view that names no audience is refused."""

from collections.abc import Callable, Sequence
from typing import TypeVar, cast

from flask import Flask, current_app, g, request

from timeline.accounts import users
from timeline.accounts.users import Caller, Claims
from timeline.errors import Forbidden, TimelineError, Unauthenticated
from timeline.interfaces import Backends
from timeline.serving.issuers import issuers_of
from timeline.serving.tokens import Tokens
from timeline.settings import Settings

Credential = Callable[[], Claims | None]
"""Looks at the request for one kind of proof: None where there is none, Unauthenticated for a bad one."""

View = TypeVar("View", bound=Callable[..., object])

PUBLIC = "public"
SIGNED_IN = "signed_in"
PLATFORM = "platform"


def public(view: View) -> View:
    """Anyone may call it."""
    return _for(view, PUBLIC)


def signed_in(view: View) -> View:
    """Only who proves an account; `current_caller` tells which."""
    return _for(view, SIGNED_IN)


def platform_only(view: View) -> View:
    """Only queues and cron: the front end of App Engine removes their headers from what clients send."""
    return _for(view, PLATFORM)


def current_backends() -> Backends:
    return cast("Backends", current_app.extensions["backends"])


def audience_of(view: Callable[..., object]) -> str | None:
    return getattr(view, "audience", None)


def current_caller() -> Caller:
    """Who is signed in. Raises Unauthenticated."""
    caller = caller_if_signed_in()
    if caller is None:
        raise Unauthenticated
    return caller


def caller_if_signed_in() -> Caller | None:
    """For public views that show more to their owner; one read, once per request."""
    if "caller" not in g:
        claims = claims_of_request()
        g.caller = None if claims is None else users.identify(current_backends(), claims)
    return cast("Caller | None", g.caller)


def claims_of_request() -> Claims | None:
    """What the request proves, looked at once. A bad proof is refused every time it is asked for."""
    if "claims" not in g:
        try:
            g.claims = _first_claims()
        except TimelineError as refusal:
            g.claims = refusal
    if isinstance(g.claims, TimelineError):
        raise g.claims
    return cast("Claims | None", g.claims)


def verify_token(token: str) -> Claims:
    """For ID tokens outside the Authorization header. Raises Unauthenticated, Unavailable."""
    return cast("Tokens", current_app.extensions["tokens"]).verify(token)


def bearer() -> Claims | None:
    """The credential `Authorization: Bearer ID_TOKEN`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return None
    if scheme.lower() != "bearer":
        raise Unauthenticated("The Authorization header must be 'Bearer' and an ID token.")
    return verify_token(token.strip())


def install(app: Flask, settings: Settings, credentials: Sequence[Credential]) -> None:
    app.extensions["tokens"] = Tokens(issuers_of(settings))
    app.extensions["credentials"] = tuple(credentials)
    app.before_request(_admit)


def close_folder(app: Flask, folder: str) -> None:
    """Let only the platform below the folder, and tell nobody else which paths, methods or slashes work."""

    def admit_platform() -> None:
        if request.path.lstrip("/").partition("/")[0] == folder:
            _check_platform()

    app.before_request(admit_platform)


def _for(view: View, audience: str) -> View:
    view.audience = audience  # type: ignore[attr-defined]
    return view


def _admit() -> None:
    if request.routing_exception is not None or request.endpoint is None:
        return
    audience = audience_of(current_app.view_functions[request.endpoint])
    if audience == SIGNED_IN:
        current_caller()
    elif audience == PLATFORM:
        _check_platform()
    elif audience != PUBLIC:
        raise Forbidden


def _check_platform() -> None:
    is_task = "X-Appengine-Queuename" in request.headers
    is_cron = request.headers.get("X-Appengine-Cron", "").lower() == "true"
    if not is_task and not is_cron:
        raise Forbidden("Only the platform's queues and cron may call this.")


def _first_claims() -> Claims | None:
    for credential in current_app.extensions["credentials"]:
        claims: Claims | None = credential()
        if claims is not None:
            return claims
    return None
