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
STATIC_FILES = ("signin.css", "figtree-latin.woff2")
BUTTONS = 8  # as many as fit a phone's screen without scrolling; the others are in a list that opens
HUES = 6  # the number of colours for initials in signin.css

# The form's response redirects to the client, and browsers apply `form-action` to redirects too.
LOCAL_SITES = " ".join(
    f"{scheme}://{host}:*"
    for scheme in ("http", "https")
    for host in ("localhost", "127.0.0.1", "*.localhost")
)
# The pages have no scripts; `connect-src` is for tools such as Lighthouse, which ask for /robots.txt.
POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    f"base-uri 'none'; frame-ancestors 'none'; form-action 'self' {LOCAL_SITES}"
)

ADMINISTRATOR = (
    '<p class="check"><input id="admin" type="checkbox" name="admin" value="yes"> '
    '<label for="admin">Administrator of this App Engine project</label></p>'
)


def sign_in_page(
    request: AuthorizationRequest, action: str, known: Iterable[str], typed: str = "", problem: str = ""
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
        people="" if request.wants_admin else _people(action, list(known)),
        names=_names(known),
    )
    return _html(page, 400 if problem else 200)


def message_page(title: str, text: str, status: int = 200) -> web.Response:
    return _html(_template("message.html").substitute(title=escape(title), text=escape(text)), status)


def home_page(issuer: str, users: Iterable[str]) -> web.Response:
    """Return the home page: a description of the server and the known users."""
    names = "".join(f"<li>{escape(name)}</li>" for name in users)
    listed = f"<h2>People</h2><ul>{names}</ul>" if names else "<p>No user has signed in yet.</p>"
    return _html(_template("home.html").substitute(issuer=escape(issuer), users=listed), 200)


def _people(action: str, names: list[str]) -> str:
    """Return one button per known user: the latest first, then all others by name."""
    if not names:
        return ""
    latest, others = names[:BUTTONS], sorted(names[BUTTONS:])
    more = f"<details><summary>{len(others)} more</summary>{_buttons(others)}</details>"
    return (
        f'<form class="people" method="post" action="{escape(action)}">'
        f"<h2>People</h2>{_buttons(latest)}{more if others else ''}</form>"
    )


def _buttons(names: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{_user_button(name)}</li>' for name in names)}</ul>"


def _names(names: Iterable[str]) -> str:
    """Return the suggestions for the text field."""
    return "".join(f'<option value="{escape(name)}">' for name in names)


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
