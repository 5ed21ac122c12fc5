"""The credentials that the website accepts: an ID token in a form field, and a browser session."""

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from timeline.accounts.users import Claims
from timeline.errors import Forbidden
from timeline.serving import verify_token
from timeline.serving.photo_forms import read_upload
from web_frontend.browser_sessions import current_visitor

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_PAGES = frozenset({"same-origin", "none"})


def id_token_field() -> Claims | None:
    """Read the form field of the original exercise, `-F id_token=…`. An invalid token is always refused."""
    try:
        token = request.form.get("id_token")
    except RequestEntityTooLarge:
        read_upload()  # raises the error that describes what is too large
        return None
    return verify_token(token) if token else None


def session_cookie() -> Claims | None:
    """Read the session cookie. Changes must come from our own pages, because browsers send cookies anyway."""
    visitor = current_visitor()
    if visitor is None:
        return None
    if request.method not in SAFE_METHODS and not is_from_own_page():
        raise Forbidden("This request came from another site. Open the page on this site and try again.")
    return visitor.claims()


def is_from_own_page() -> bool:
    """Check Sec-Fetch-Site, or else Origin. Every current browser sends one of them."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in OWN_PAGES
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host
