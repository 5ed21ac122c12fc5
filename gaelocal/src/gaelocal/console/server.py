"""The console's web server: its pages and its JSON API, closed to other sites."""

import socket

from aiohttp import web

from gaelocal.console.json_views import JsonViews
from gaelocal.console.pages import Pages
from gaelocal.console.panels import panel_routes
from gaelocal.console.parts import ConsoleParts
from gaelocal.console.problems import problem_middleware
from gaelocal.console.static_files import static_routes
from gaelocal.console.usage_history import UsageHistory
from gaelocal.loopback_server import LoopbackServer, refuse_foreign_requests

LARGEST_FORM = 8 << 20
"""An entity of 1 MB, three bytes for each as a form writes it, and its other fields. Uploads are streamed."""


class Console:
    """Serves the console on a listening socket."""

    def __init__(self, sock: socket.socket, parts: ConsoleParts) -> None:
        pages = Pages(parts.addresses.get("project", ""))
        middlewares = [problem_middleware(pages.error), refuse_foreign_requests()]
        app = web.Application(middlewares=middlewares, client_max_size=LARGEST_FORM)
        self._history = UsageHistory(parts.engine.instances)
        self._component = parts.health.component("usage of instances")
        panels = panel_routes(parts, pages, self._history)
        app.add_routes([*JsonViews(parts).routes(), *static_routes(), *panels])
        self._server = LoopbackServer(app, sock)

    @property
    def url(self) -> str:
        return self._server.url

    async def start(self) -> None:
        await self._server.start()
        self._history.start(self._component)

    async def stop(self) -> None:
        await self._history.stop()
        await self._server.stop()
