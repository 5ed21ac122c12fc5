"""A small web server for this machine only: foreign host names and cross-site writes are refused."""

import re
import socket

from aiohttp import web
from aiohttp.typedefs import Handler
from multidict import MultiDict, MultiMapping

from gaelocal.ports import HOST, port_of

LOCAL_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\]|(?:[a-z0-9-]+\.)+localhost)(?::\d{1,5})?", re.I)
CONTAINER_NAME = re.compile(r"[a-z0-9-]+(?::\d{1,5})?", re.I)
"""Containers of one network reach each other by names without a dot, which no website can own."""
NUMERIC_HOST = re.compile(r"[\d.]+(?::\d{1,5})?|\[[0-9a-f:.]+\](?::\d{1,5})?", re.I)
READING = frozenset({"GET", "HEAD", "OPTIONS"})
STOP_SECONDS = 1.0  # how long an answer under way may still take when the server stops
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class LocalSite:
    """Serves `app` on a listening socket of 127.0.0.1."""

    def __init__(self, app: web.Application, sock: socket.socket) -> None:
        app.on_response_prepare.append(_add_security_headers)
        self._app = app
        self._sock = sock
        self._runner: web.AppRunner | None = None
        self.url = f"http://{HOST}:{port_of(sock)}"

    async def start(self) -> None:
        self._runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=STOP_SECONDS)
        await self._runner.setup()
        await web.SockSite(self._runner, self._sock).start()

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None


@web.middleware
async def refuse_foreign_hosts(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a name that is not this machine's: a page elsewhere may have pointed its own name here."""
    host = request.headers.get("Host", "")
    if not is_local(host) and not CONTAINER_NAME.fullmatch(host):
        raise web.HTTPMisdirectedRequest(text="This server answers to localhost only.")
    return await handler(request)


@web.middleware
async def refuse_cross_site_writes(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.method not in READING:
        require_same_site(request)
    return await handler(request)


def require_same_site(request: web.Request) -> None:
    """Refuse what another site's page has sent.

    `Sec-Fetch-Site` tells, or `Origin` where a browser does not send that; programs send neither.
    """
    if not _is_same_site(request):
        raise web.HTTPForbidden(text="Another site may not do this.")


async def posted_texts(request: web.Request) -> MultiMapping[str]:
    """Read a posted form; files in it are left out."""
    form = await request.post()
    return MultiDict((name, value) for name, value in form.items() if isinstance(value, str))


def may_be_anothers(host: str) -> bool:
    """Whether a page elsewhere may have pointed the name here; nobody can own one without a dot."""
    return "." in host and not is_local(host) and not NUMERIC_HOST.fullmatch(host)


def is_local(host: str) -> bool:
    return bool(LOCAL_HOST.fullmatch(host))


def is_local_origin(origin: str) -> bool:
    scheme, _, host = origin.partition("://")
    return scheme in ("http", "https") and is_local(host)


def _is_same_site(request: web.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin, host = request.headers.get("Origin"), request.headers.get("Host")
    return origin is None or origin in (f"http://{host}", f"https://{host}")


async def _add_security_headers(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
