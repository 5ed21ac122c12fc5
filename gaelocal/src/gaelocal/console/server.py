"""The console's web server: one page and its JSON API, closed to other sites."""

import socket

from aiohttp import web

from gaelocal.console.json_views import JsonViews
from gaelocal.console.page_views import PageViews
from gaelocal.console.parts import ConsoleParts
from gaelocal.console.problems import problem_middleware
from gaelocal.loopback_server import LoopbackServer, refuse_foreign_requests


class Console:
    """Serves the console on a listening socket."""

    def __init__(self, sock: socket.socket, parts: ConsoleParts) -> None:
        app = web.Application(middlewares=[problem_middleware, refuse_foreign_requests()])
        app.add_routes([*JsonViews(parts).routes(), *PageViews(parts).routes()])
        self._server = LoopbackServer(app, sock)

    @property
    def url(self) -> str:
        return self._server.url

    async def start(self) -> None:
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop()
