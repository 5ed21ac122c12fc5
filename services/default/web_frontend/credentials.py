"""The website's own proofs of identity: an ID token sent as a form field, and the session of a browser."""

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
    """The proof of the original exercise, `-F id_token=…`. A bad one is never made good by a session."""
    try:
        token = request.form.get("id_token")
    except RequestEntityTooLarge:
        read_upload()  # names the refusal as it does for every picture
        return None
    return verify_token(token) if token else None


def session_cookie() -> Claims | None:
    """Browsers send it along whoever made the form: what changes something must come from our own pages."""
    visitor = current_visitor()
    if visitor is None:
        return None
    if request.method not in SAFE_METHODS and not is_from_own_page():
        raise Forbidden("This came from another site. Open the page here and try again.")
    return visitor.claims()


def is_from_own_page() -> bool:
    """Every browser of today sends Sec-Fetch-Site, or at least Origin; what sends neither is no browser."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in OWN_PAGES
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host
