"""The provider's pages: HTML files without scripts or external resources."""

import hashlib
from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from aiohttp import web

from gaelocal.identity.authorization import AuthorizationRequest

PAGES = Path(__file__).parent / "page"
STYLE_SHEET = PAGES / "signin.css"
HUES = 6  # the number of colours for initials in signin.css

# The form's response redirects to the client, and browsers apply `form-action` to redirects too.
LOCAL_SITES = " ".join(
    f"{scheme}://{host}:*"
    for scheme in ("http", "https")
    for host in ("localhost", "127.0.0.1", "*.localhost")
)
POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
    f"form-action 'self' {LOCAL_SITES}"
)

ADMINISTRATOR = (
    '<p class="check"><input id="admin" type="checkbox" name="admin" value="yes"> '
    '<label for="admin">Administrator of this App Engine project</label></p>'
)


def sign_in_page(
    request: AuthorizationRequest, action: str, recent: Iterable[str], typed: str = "", problem: str = ""
) -> web.Response:
    """Return the sign-in page; `problem` describes an invalid input."""
    page = _template("signin.html").substitute(
        client=escape(request.back.client_id),
        destination=escape(urlsplit(request.back.redirect_uri).netloc),
        action=escape(action),
        typed=escape(typed or request.login_hint),
        problem=f'<p id="problem" class="problem" role="alert">{escape(problem)}</p>' if problem else "",
        problem_id=" problem" if problem else "",
        invalid=' aria-invalid="true"' if problem else "",
        administrator=ADMINISTRATOR if request.wants_admin else "",
        recent="" if request.wants_admin else _recent(action, recent),
    )
    return _html(page, 400 if problem else 200)


def message_page(title: str, text: str, status: int = 200) -> web.Response:
    return _html(_template("message.html").substitute(title=escape(title), text=escape(text)), status)


def home_page(issuer: str, users: Iterable[str]) -> web.Response:
    """Return the home page: a description of the server and the recent users."""
    names = "".join(f"<li>{escape(name)}</li>" for name in users)
    listed = f"<h2>Recent users</h2><ul>{names}</ul>" if names else "<p>No user has signed in yet.</p>"
    return _html(_template("home.html").substitute(issuer=escape(issuer), users=listed), 200)


def _recent(action: str, names: Iterable[str]) -> str:
    users = "".join(f"<li>{_user_button(name)}</li>" for name in names)
    if not users:
        return ""
    return (
        f'<form class="recent" method="post" action="{escape(action)}">'
        f'<h2 id="recent">Recently used</h2><ul aria-labelledby="recent">{users}</ul></form>'
    )


def _user_button(name: str) -> str:
    hue = hashlib.sha256(name.encode()).digest()[0] % HUES
    initial = f'<span class="initial hue-{hue}" aria-hidden="true">{escape(name[0].upper())}</span>'
    shown = escape(name)
    return f'<button class="person" type="submit" name="user" value="{shown}">{initial}{shown}</button>'


def _template(name: str) -> Template:
    return Template((PAGES / name).read_text(encoding="utf-8"))


def _html(page: str, status: int) -> web.Response:
    headers = {"Content-Security-Policy": POLICY}
    return web.Response(text=page, status=status, content_type="text/html", headers=headers)
