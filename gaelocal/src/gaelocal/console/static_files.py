"""Serve the style sheet, the scripts and the vendored libraries of the console."""

from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from gaelocal.console.pages import POLICY

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def static_routes() -> list[web.RouteDef]:
    files = (file for file in sorted(FOLDER.rglob("*")) if file.suffix in TYPES)
    return [web.get(f"/static/{file.relative_to(FOLDER).as_posix()}", _view(file)) for file in files]


def _view(file: Path) -> Handler:
    """Return the view of one file; its type is explicit, because guessed types differ between machines."""
    kind = f"{TYPES[file.suffix]}; charset=utf-8"
    # The browser asks each time, so that an update of gaelocal is never mixed with older scripts.
    headers = {"Content-Security-Policy": POLICY, "Content-Type": kind, "Cache-Control": "no-cache"}

    async def view(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(file, headers=headers)

    return view
