"""The console's page with its static files, and single mails for the browser."""

from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from gaelocal.console.json_views import known
from gaelocal.console.parts import ConsoleParts

PAGE = Path(__file__).parent / "page"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

# A mail may use styles and load pictures from this machine. Scripts do not run; links open a new tab.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data: http://localhost:* http://127.0.0.1:* http://*.localhost:*; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
LINKS_OPEN_ELSEWHERE = '<!doctype html><base target="_blank">'


class PageViews:
    """The views for browsers."""

    def __init__(self, parts: ConsoleParts) -> None:
        self._parts = parts

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", _file("console.html", "text/html")),
            web.get("/console.css", _file("console.css", "text/css")),
            web.get("/console.js", _file("console.js", "text/javascript")),
            web.get("/icon.svg", _file("icon.svg", "image/svg+xml")),
            web.get("/api/mail/{id:[0-9]{1,15}}/html", self._mail_as_html),
            web.get("/api/mail/{id:[0-9]{1,15}}/source", self._mail_as_source),
        ]

    async def _mail_as_html(self, request: web.Request) -> web.Response:
        text = LINKS_OPEN_ELSEWHERE + str(self._mail(request)["html"])
        headers = {"Content-Security-Policy": MAIL_POLICY}
        return web.Response(body=text.encode(), content_type="text/html", charset="utf-8", headers=headers)

    async def _mail_as_source(self, request: web.Request) -> web.Response:
        return web.Response(text=str(self._mail(request)["source"]))

    def _mail(self, request: web.Request) -> dict[str, object]:
        return known(self._parts.mail.message, int(request.match_info["id"]))


def _file(name: str, kind: str) -> Handler:
    """Return the view of one file; its type is explicit, because guessed types differ between machines."""
    headers = {"Content-Security-Policy": POLICY, "Content-Type": f"{kind}; charset=utf-8"}

    async def view(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / name, headers=headers)

    return view
