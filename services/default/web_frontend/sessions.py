"""Sign in and out in this browser."""

from flask import Blueprint, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response

from timeline.accounts import users
from timeline.accounts.sessions import close_session, open_session
from timeline.accounts.users import Caller
from timeline.errors import Forbidden
from timeline.rate_limits.limits import SIGN_INS
from timeline.serving import current_backends, limited, public
from web_frontend import browser_sessions, oidc, user_agents
from web_frontend.credentials import is_from_own_page
from web_frontend.local_paths import local_path
from web_frontend.service_options import NEXT

CANCELLED = "access_denied"
"""The error code of OAuth 2.0 for a user who does not agree (RFC 6749, 4.1.2.1)."""
PUBLIC_PAGES = ("/?", "/user/", "/photo/")

sessions = Blueprint("sessions", __name__)


@sessions.get("/signin")
@public
@limited(SIGN_INS)
def sign_in() -> Response:
    response = oidc.redirect_to_provider(url_for("sessions.signed_in", _external=True))
    session[NEXT] = local_path(request.args.get(NEXT))
    return response


@sessions.get("/signin/done")
@public
@limited(SIGN_INS)
def signed_in() -> Response:
    if request.args.get("error") == CANCELLED:
        flash("Sign-in was cancelled.")
        return redirect(_public_page(session.pop(NEXT, None)), 303)
    claims = oidc.claims_from_provider()
    caller = users.identify(current_backends(), claims)
    target = local_path(session.get(NEXT))
    _end_session()
    browser_sessions.remember(browser_sessions.Visitor.of(caller, _new_session(caller)))
    return redirect(target, 303)


@sessions.route("/signout", methods=["GET", "POST"])
@public
def sign_out() -> Response:
    if not is_from_own_page():
        raise Forbidden("Another site tried to sign you out. You are still signed in.")
    _end_session()
    browser_sessions.forget()
    return redirect("/", 303)


def _public_page(target: str | None) -> str:
    """Return the target if everyone may read it: the others would ask to sign in again."""
    path = local_path(target)
    return path if path.startswith(PUBLIC_PAGES) else "/"


def _new_session(caller: Caller) -> str:
    device = user_agents.name_of(request.headers.get("User-Agent", ""))
    return open_session(current_backends(), caller.handle, device)


def _end_session() -> None:
    """Delete the session row too, so that a copy of the cookie no longer works."""
    visitor = browser_sessions.visitor_by_cookie()
    if visitor is not None:
        close_session(current_backends(), visitor.handle, visitor.session)
