"""Authentication and access control. A view without a declared audience is refused."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar, cast

from flask import Flask, current_app, g, request

from timeline.accounts import users
from timeline.accounts.users import Caller, Claims
from timeline.begun import with_begun
from timeline.concurrency import together
from timeline.errors import Forbidden, TimelineError, Unauthenticated
from timeline.interfaces import Backends
from timeline.serving.issuers import issuer_of_services, issuers_of
from timeline.serving.tokens import Tokens
from timeline.settings import Settings

Credential = Callable[[], Claims | None]
"""Reads one kind of credential from the request: None if there is none, Unauthenticated if invalid."""

View = TypeVar("View", bound=Callable[..., object])

PUBLIC = "public"
SIGNED_IN = "signed_in"
PLATFORM = "platform"
SERVICES = "services"


def public(view: View) -> View:
    """Allow everyone."""
    return _mark(view, PUBLIC)


def signed_in(view: View) -> View:
    """Allow signed-in users; `current_caller` returns the user."""
    return _mark(view, SIGNED_IN)


def platform_only(view: View) -> View:
    """Allow queues and cron only. App Engine's front end removes their headers from client requests."""
    return _mark(view, PLATFORM)


def services_only(view: View) -> View:
    """Allow the services of this project, which send an ID token of their account."""
    return _mark(view, SERVICES)


def current_backends() -> Backends:
    return cast("Backends", current_app.extensions["backends"])


def audience_of(view: Callable[..., object]) -> str | None:
    return getattr(view, "audience", None)


def current_caller() -> Caller:
    """Return the signed-in user. Raises Unauthenticated."""
    caller = caller_if_signed_in()
    if caller is None:
        raise Unauthenticated
    return caller


def caller_if_signed_in() -> Caller | None:
    """Return the signed-in user or None, for public views that show more to the owner."""
    if "caller" not in g:
        claims = claims_of_request()
        g.caller = None if claims is None else _identified(claims)
    return cast("Caller | None", g.caller)


def claims_of_request() -> Claims | None:
    """Return the verified claims of the request, cached per request. Raises Unauthenticated every time."""
    if "claims" not in g:
        try:
            g.claims = _first_claims()
        except TimelineError as error:
            g.claims = error
    if isinstance(g.claims, TimelineError):
        raise g.claims
    return cast("Claims | None", g.claims)


def begins_transaction(view: View) -> View:
    """Begin a transaction while the caller is identified, for views that write with `writing_backends`."""
    view.begins_transaction = True  # type: ignore[attr-defined]
    return view


def writing_backends() -> Backends:
    return with_begun(current_backends(), g.pop("begun", None))


def read_account(claims: Claims) -> None:
    """Read the rows of the caller's account for `caller_if_signed_in`, and begin the view's transaction."""
    entities = current_backends().entities
    with suppress(TimelineError):
        keys = users.keys_of(claims)
        if not getattr(current_view(), "begins_transaction", False):
            g.account_rows = entities.get(*keys)
            return
        g.begun, g.account_rows = together(entities.begin, lambda: entities.get(*keys))


def _identified(claims: Claims) -> Caller:
    """A transaction that began before an account was created would not see it."""
    if "account_rows" not in g:
        read_account(claims)
    rows = g.pop("account_rows", None)
    if not rows or users.is_changed_by(claims, rows[0]):
        g.pop("begun", None)
    return users.identify(current_backends(), claims, rows)


def current_view() -> Callable[..., object]:
    return current_app.view_functions[str(request.endpoint)]


def verify_token(token: str) -> Claims:
    """Verify an ID token from outside the Authorization header. Raises Unauthenticated, Unavailable."""
    return cast("Tokens", current_app.extensions["tokens"]).verify(token)


def bearer() -> Claims | None:
    """Read the credential `Authorization: Bearer ID_TOKEN`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return None
    if scheme.lower() != "bearer":
        raise Unauthenticated("The Authorization header must be 'Bearer ID_TOKEN'.")
    return verify_token(token.strip())


def install(app: Flask, settings: Settings, credentials: Sequence[Credential]) -> None:
    app.extensions["tokens"] = Tokens(issuers_of(settings))
    app.extensions["service_tokens"] = Tokens(issuer_of_services(settings))
    app.extensions["credentials"] = tuple(credentials)
    app.before_request(_admit)


def close_folder(app: Flask, folder: str) -> None:
    """Allow only the platform below a path. Other callers get the same answer for every path below it."""

    def admit_platform() -> None:
        if request.path.lstrip("/").partition("/")[0] == folder:
            _check_platform()

    app.before_request(admit_platform)


def _mark(view: View, audience: str) -> View:
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
    elif audience == SERVICES:
        _check_service()
    elif audience != PUBLIC:
        raise Forbidden


def _check_platform() -> None:
    is_task = "X-Appengine-Queuename" in request.headers
    is_cron = request.headers.get("X-Appengine-Cron", "").lower() == "true"
    if not is_task and not is_cron:
        raise Forbidden("Only queues and cron may call this.")


def _check_service() -> None:
    """The token must be for this project's services, and its account the one under which they run."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("Only the services of this project may call this.")
    claims = cast("Tokens", current_app.extensions["service_tokens"]).verify(token.strip())
    if not claims.email_verified or claims.email != current_backends().settings.account_of_services:
        raise Forbidden("Only the services of this project may call this.")


def _first_claims() -> Claims | None:
    for credential in current_app.extensions["credentials"]:
        claims: Claims | None = credential()
        if claims is not None:
            return claims
    return None
