"""The session of this browser: a signed cookie that names an account and a session of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Self, TypeVar
from urllib.parse import quote

from flask import Flask, g, redirect, request, session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response

from timeline.accounts import sessions
from timeline.accounts.users import Caller, Claims
from timeline.errors import TimelineError
from timeline.serving import current_backends

T = TypeVar("T")

VISITOR = "visitor"
FIELDS = frozenset({"handle", "issuer", "subject", "session"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """The signed-in user of this browser."""

    handle: str
    issuer: str
    subject: str
    session: str

    @classmethod
    def of(cls, caller: Caller, session_id: str) -> Self:
        return cls(handle=caller.handle, issuer=caller.issuer, subject=caller.subject, session=session_id)

    def claims(self) -> Claims:
        return Claims(
            issuer=self.issuer,
            subject=self.subject,
            issued=current_backends().clock.now(),
            preferred_username=self.handle,
            session=self.session,
        )


def current_visitor() -> Visitor | None:
    """Return the visitor; None also if the session was ended elsewhere. Checked once per request."""
    if "visitor" not in g:
        claimed = visitor_by_cookie()
        is_open = claimed and sessions.is_open(current_backends(), claimed.handle, claimed.session)
        g.visitor = claimed if is_open else None
    found: Visitor | None = g.visitor
    return found


def visitor_for_header() -> Visitor | None:
    """Return the visitor for the page header, from the cookie alone if Datastore does not respond."""
    try:
        return current_visitor()
    except TimelineError:
        return visitor_by_cookie()


def visitor_by_cookie() -> Visitor | None:
    """Return the visitor named by the cookie, unverified. Cookies of older releases have no session."""
    kept = session.get(VISITOR, {})
    return Visitor(**kept) if kept.keys() == FIELDS else None


def remember(visitor: Visitor) -> None:
    """Start a new session without any data from before the sign-in."""
    session.clear()
    session.permanent = True
    session[VISITOR] = {name: getattr(visitor, name) for name in FIELDS}


def forget() -> None:
    session.clear()
    g.pop("visitor", None)


def sign_in_first(view: Callable[[], T]) -> Callable[[], T | Response]:
    """Decorate a page for signed-in users: others sign in first and then return to it."""

    @wraps(view)
    def signed_in_view() -> T | Response:
        return (
            view()
            if current_visitor()
            else redirect(f"/signin?next={quote(request.full_path.removesuffix('?'))}", 303)
        )

    return signed_in_view


class HostCookieSessions(SecureCookieSessionInterface):
    """Over https, the cookie's name makes browsers restrict it to this host."""

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002 - Flask's signature
        return "__Host-session" if request.is_secure else "session"

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask's signature
        return request.is_secure


def keep_sessions(app: Flask) -> None:
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=sessions.KEPT,
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.session_interface = HostCookieSessions()
