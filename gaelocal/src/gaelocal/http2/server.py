"""A listening socket that serves gRPC and HTTP/1.1, distinguished by the first bytes."""

import asyncio
import socket
from collections.abc import Mapping
from typing import cast

from aiohttp import web

from gaelocal.client_deadlines import (
    DEADLINES,
    ClientDeadlines,
    SlowClients,
    TimedServer,
    note_requests,
)
from gaelocal.http2.grpc_calls import GrpcConnection, Method, Refuse, method_not_found

MAX_MESSAGE = 64 << 20
STOP_SECONDS = 1.0
_STOP_POLL_SECONDS = 0.01
_HTTP2_BEGINS = b"PRI "


class GrpcServer:
    """Serves `methods`, named by their paths such as `/google.datastore.v1.Datastore/Lookup`.

    HTTP/1.1 goes to `app`. `max_message` bounds what a client may send in one call. `refuse` makes the error
    for every other path.
    """

    def __init__(  # noqa: PLR0913 - the whole configuration, said once
        self,
        sock: socket.socket,
        methods: Mapping[str, Method],
        app: web.Application,
        *,
        max_message: int = MAX_MESSAGE,
        deadlines: ClientDeadlines = DEADLINES,
        refuse: Refuse = method_not_found,
    ) -> None:
        app.middlewares.insert(0, note_requests)
        self._deadlines = deadlines
        self._http: TimedServer | None = None
        self._slow_clients = SlowClients(lambda: list(self._connections), deadlines)
        self._sock = sock
        self._methods = {path.encode(): method for path, method in methods.items()}
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_SECONDS)
        self._max_message = max_message
        self._refuse = refuse
        self._connections: set[GrpcConnection] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        await self._runner.setup()
        if self._runner.server is not None:
            self._http = TimedServer(self._runner.server, self._deadlines)
            self._http.start()
        self._slow_clients.start()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, sock=self._sock)

    async def stop(self) -> None:
        """Let calls under way finish for STOP_SECONDS, then close every connection."""
        if self._server is None:
            self._sock.close()
            return
        self._server.close()
        self._slow_clients.stop()
        if self._http is not None:
            self._http.stop()
        for connection in list(self._connections):
            connection.go_away()
        await self._until_idle()
        for connection in list(self._connections):
            connection.abort()
        await self._runner.cleanup()
        await self._server.wait_closed()
        await asyncio.sleep(0)  # a closed connection is forgotten one turn of the loop later

    async def _until_idle(self) -> None:
        deadline = asyncio.get_running_loop().time() + STOP_SECONDS
        while any(not connection.is_idle for connection in self._connections):
            if asyncio.get_running_loop().time() > deadline:
                return
            await asyncio.sleep(_STOP_POLL_SECONDS)

    def _protocol(self) -> asyncio.Protocol:
        return _FirstBytes(self, self._deadlines.idle)

    def choose(self, first: bytes) -> asyncio.BaseProtocol | None:
        """Return the protocol that a connection speaks, or None where its first bytes leave it open."""
        if first.startswith(_HTTP2_BEGINS):
            return GrpcConnection(self._methods, self._max_message, self._connections, self._refuse)
        if _HTTP2_BEGINS.startswith(first):
            return None
        return self._http() if self._http else None


class _FirstBytes(asyncio.Protocol):
    """Waits for the first bytes of a connection and hands it to the protocol they belong to."""

    def __init__(self, server: GrpcServer, seconds: float) -> None:
        self._server = server
        self._seconds = seconds
        self._received = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._deadline = asyncio.get_running_loop().call_later(self._seconds, self._transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._deadline.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        chosen = self._server.choose(self._received)
        if chosen is not None:
            self._deadline.cancel()
            self._transport.set_protocol(chosen)
            chosen.connection_made(self._transport)
            cast("asyncio.Protocol", chosen).data_received(self._received)
