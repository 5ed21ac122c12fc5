"""An HTTP server for this machine only, and the rule by which every local server refuses foreign requests.

The local servers have no sign-in, so a web page that is open in a browser must not reach them.
A browser tells where a request comes from in `Host`, `Origin` and `Sec-Fetch-Site`; programs send `Host`.
"""

import logging
import re
import socket

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from multidict import MultiDict, MultiMapping

from gaelocal.client_deadlines import DEADLINES, ClientDeadlines, TimedSite, note_requests
from gaelocal.ports import HOST, port_of
from gaelocal.sqlite_files import OUTAGE, is_outage, outage_message

log = logging.getLogger(__name__)
LOCAL_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\]|(?:[a-z0-9-]+\.)+localhost)(?::\d{1,5})?", re.I)
CONTAINER_NAME = re.compile(r"(?=[a-z0-9-]*[a-z])[a-z0-9-]+(?::\d{1,5})?", re.I)
"""Containers of one network use names without a dot, which cannot be public domains."""
NUMERIC_HOST = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?")
UNSPECIFIED = "0.0.0.0"  # noqa: S104 - Chromium connects to it, and sends no Sec-Fetch-Site
READING = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_PAGES = frozenset({"same-origin", "none"})
STOP_SECONDS = 1.0  # how long a response under way may still take when the server stops
FORM_ERRORS = (ValueError, LookupError, AssertionError, RuntimeError)
"""What aiohttp raises for a malformed form or an unknown charset."""
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class LoopbackServer:
    """Serves `app` on a listening socket of 127.0.0.1."""

    def __init__(
        self, app: web.Application, sock: socket.socket, deadlines: ClientDeadlines = DEADLINES
    ) -> None:
        app.on_response_prepare.append(_add_security_headers)
        app.middlewares[:0] = [note_requests, _answer_outages]
        self._deadlines = deadlines
        self._app = app
        self._sock = sock
        self._runner: web.AppRunner | None = None
        self.url = f"http://{HOST}:{port_of(sock)}"

    async def start(self) -> None:
        self._runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=STOP_SECONDS)
        await self._runner.setup()
        await TimedSite(self._runner, self._sock, self._deadlines).start()

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None


def refuse_foreign_requests(*linked_paths: str) -> Middleware:
    """Return the middleware that applies the rule; pages of other sites may lead to `linked_paths`."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not has_local_host(request):
            raise web.HTTPMisdirectedRequest(text="This server accepts only requests to localhost.")
        if request.path not in linked_paths and is_from_foreign_page(request):
            raise web.HTTPForbidden(text="Pages of other sites must not send this request.")
        return await handler(request)

    return check


def has_local_host(request: web.BaseRequest) -> bool:
    """Return whether `Host` names this machine; another site's domain may resolve to it."""
    host = request.headers.get("Host", "")
    return is_local(host) or bool(CONTAINER_NAME.fullmatch(host)) or _is_address_of(request, host)


def is_from_foreign_page(request: web.BaseRequest) -> bool:
    """Return whether a page of another origin sent the request, other than by a link.

    `Sec-Fetch-Site` is trusted where it says that the page is our own. Older browsers send only `Origin`.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site in OWN_PAGES:
        return False
    if origin is not None:
        return not is_own_origin(request, origin)
    return site is not None and not _is_navigation(request)


def is_own_origin(request: web.BaseRequest, origin: str) -> bool:
    host = request.headers.get("Host")
    return origin in (f"http://{host}", f"https://{host}")


async def posted_texts(request: web.Request) -> MultiMapping[str]:
    """Read a posted form; files in it are left out.

    Raises:
        HTTPBadRequest: it is malformed.
    """
    try:
        form = await request.post()
    except FORM_ERRORS:
        raise web.HTTPBadRequest(text="The form that was sent cannot be read.") from None
    return MultiDict((name, value) for name, value in form.items() if isinstance(value, str))


def is_local(host: str) -> bool:
    return bool(LOCAL_HOST.fullmatch(host))


def _is_address_of(request: web.BaseRequest, host: str) -> bool:
    """Return whether `host` is the IP address of the connection, which cannot be a rebound domain."""
    match = NUMERIC_HOST.fullmatch(host)
    if match is None or match[1] == UNSPECIFIED or request.transport is None:
        return False
    address = request.transport.get_extra_info("sockname")
    return bool(address) and address[0] == match[1]


def _is_navigation(request: web.BaseRequest) -> bool:
    return request.method in READING and request.headers.get("Sec-Fetch-Mode") == "navigate"


@web.middleware
async def _answer_outages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 503 while the disk is full, read-only or broken, where the application does not itself."""
    try:
        return await handler(request)
    except (OUTAGE, OSError) as error:
        if not is_outage(error):
            raise
        log.warning("%s %s failed: %s", request.method, request.path, error)
        raise web.HTTPServiceUnavailable(text=outage_message(error)) from error


async def _add_security_headers(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
