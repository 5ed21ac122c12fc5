"""Who is signed in on this browser: a signed cookie that names an account and a session of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Self, TypeVar

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
    """Someone with a session on this browser."""

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
    """None also for a session that was ended from elsewhere; asked once per request."""
    if "visitor" not in g:
        told = visitor_by_cookie()
        g.visitor = told if told and sessions.is_open(current_backends(), told.handle, told.session) else None
    found: Visitor | None = g.visitor
    return found


def visitor_to_greet() -> Visitor | None:
    """For the top of every page, also the one that says that the store does not answer."""
    try:
        return current_visitor()
    except TimelineError:
        return visitor_by_cookie()


def visitor_by_cookie() -> Visitor | None:
    """What the cookie says. One of an older release names no session, and signs nobody in."""
    kept = session.get(VISITOR, {})
    return Visitor(**kept) if kept.keys() == FIELDS else None


def remember(visitor: Visitor) -> None:
    """Start a new session: nothing from before the sign-in is carried over."""
    session.clear()
    session.permanent = True
    session[VISITOR] = {name: getattr(visitor, name) for name in FIELDS}


def forget() -> None:
    session.clear()
    g.pop("visitor", None)


def sign_in_first(view: Callable[[], T]) -> Callable[[], T | Response]:
    """A page that only makes sense to someone signed in: others sign in and come back to it."""

    @wraps(view)
    def seen() -> T | Response:
        return view() if current_visitor() else redirect(f"/signin?next={request.path}", 303)

    return seen


class HostCookieSessions(SecureCookieSessionInterface):
    """The cookie belongs to this very host: over https its name makes browsers enforce that."""

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
