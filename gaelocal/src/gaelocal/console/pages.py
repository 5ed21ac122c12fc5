"""Render the pages of the console: templates, the frame around every panel, notes and live updates."""

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from aiohttp import web

from gaelocal.console import formatting
from gaelocal.console.problems import ConsoleError
from gaelocal.loopback_server import FORM_ERRORS

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PANELS = {
    "overview": ("Overview", "/"),
    "services": ("Services", "/services"),
    "logs": ("Logs", "/logs"),
    "datastore": ("Datastore", "/datastore"),
    "storage": ("Storage", "/storage"),
    "queues": ("Queues", "/queues"),
    "cron": ("Cron", "/cron"),
    "memcache": ("Memcache", "/memcache"),
    "mail": ("Mail", "/mail"),
}
"""The panels in the order of the navigation: title and address."""

HIDDEN_FIELDS = ("key", "version", "next", "ns", "db")
MOST_NOTES = 100


class Pages:
    """Renders templates. A note is the message that an action leaves for the next page."""

    def __init__(self, project: str) -> None:
        self._project = project
        self._notes: OrderedDict[str, str] = OrderedDict()

    @cached_property
    def _environment(self) -> "Environment":
        from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - with the first page

        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters.update(formatting.FILTERS)
        environment.globals.update({"panels": PANELS, "project": self._project})
        return environment

    def render(
        self, request: web.Request, panel: str, template: str, *, status: int = 200, **values: Any
    ) -> web.Response:
        """Return the page, or 304 to a live update that has nothing new."""
        note = self._notes.pop(request.query.get("note", ""), "")
        address = address_with(request, note=None)
        text = self._environment.get_template(template).render(
            panel=panel, note=note, address=address, linked=_linker(request), **values
        )
        body = text.encode("utf-8", "replace")
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if status == web.HTTPOk.status_code and request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        headers = {"Content-Security-Policy": POLICY, "ETag": tag}
        return web.Response(
            body=body, status=status, content_type="text/html", charset="utf-8", headers=headers
        )

    async def error(self, request: web.Request, error: ConsoleError) -> web.Response:
        """Return the page of an error, with what a refused form contained."""
        path = "/" + request.path.split("/")[1]
        panel = next((name for name, (_, address) in PANELS.items() if address == path), "overview")
        sent = await _typed(request) if request.method == "POST" else []
        return self.render(request, panel, "error.html", status=error.status, error=error, sent=sent)

    def done(self, location: str, message: str) -> web.Response:
        """Lead to a page that shows what an action did."""
        note = secrets.token_hex(8)
        self._notes[note] = message
        while len(self._notes) > MOST_NOTES:
            self._notes.popitem(last=False)
        mark = "&" if "?" in location else "?"
        return web.Response(status=303, headers={"Location": f"{location}{mark}note={note}"})


def address_with(request: web.Request, **changes: object) -> str:
    """Return the address of this page with some parameters changed; None removes one."""
    query = [(name, value) for name, value in request.query.items() if name not in changes]
    query += [(name, str(value)) for name, value in changes.items() if value not in (None, "")]
    return f"{request.rel_url.raw_path}?{urlencode(query)}" if query else request.rel_url.raw_path


def address_of(path: str, parameters: Mapping[str, object] | None = None, **more: object) -> str:
    """Return a path with those parameters that have a value."""
    query = {name: value for name, value in {**(parameters or {}), **more}.items() if value not in (None, "")}
    return f"{path}?{urlencode(query)}" if query else path


def back_to(form: Mapping[str, Any], default: str) -> str:
    """Return the page that a form names as the next; only pages of the console are taken."""
    wanted = str(form.get("next", ""))
    is_own = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if is_own and wanted.isascii() else default


def attachment_disposition(name: str) -> str:
    """Return the header by which a browser saves a file under this name."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    encoded = quote(name.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"


async def form_of(request: web.Request) -> Any:
    """Read a posted form.

    Raises:
        ConsoleError: it is malformed.
    """
    try:
        return await request.post()
    except FORM_ERRORS:
        raise ConsoleError(400, "invalid_form", "The form that was sent cannot be read.") from None


async def _typed(request: web.Request) -> list[tuple[str, str]]:
    """Return the fields that a person typed in a form, without files."""
    if request.content_type != "application/x-www-form-urlencoded":
        return []
    try:
        form = await form_of(request)
    except (ConsoleError, web.HTTPException):
        return []
    return [(name, str(value)) for name, value in form.items() if value and name not in HIDDEN_FIELDS]


def _linker(request: web.Request) -> Any:
    return lambda **changes: address_with(request, **changes)
