"""Deadlines of clients that send or read slowly, for every HTTP server of this package.

A server calls `is_too_slow` of each connection regularly, and closes the connection if it is true.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from aiohttp import web
from aiohttp.typedefs import Handler


@dataclass(frozen=True, slots=True)
class ClientDeadlines:
    """`head`: seconds from the first byte of a request's head to its last.

    `window`: while a client sends a body or reads a response, each window of so many seconds must move at
    least `least_bytes`. It is the rule of Apache's mod_reqtimeout: 500 bytes per second.
    `idle`: seconds for which a new connection may be silent. `kept`: seconds for which a connection to a
    server other than the front door is kept after a response, those of Google's front ends; a part of the
    next head may have come along with the request before. `call`: seconds for which one gRPC call may wait
    for its client.
    """

    head: float = 20.0
    window: float = 20.0
    least_bytes: int = 10_000
    idle: float = 75.0
    kept: float = 610.0
    call: float = 60.0

    @property
    def pause(self) -> float:
        """Seconds between two checks."""
        return min(self.head, self.window, self.idle, self.kept, self.call) / 4


Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
DEADLINES = ClientDeadlines()


class Pace:
    """Compares a growing or shrinking number of bytes with what a window must move at least."""

    def __init__(self, deadlines: ClientDeadlines) -> None:
        self._deadlines = deadlines
        self._since: float | None = None
        self._bytes = 0

    def stop(self) -> None:
        """Forget the window; the next check begins a new one."""
        self._since = None

    def is_too_slow(self, now: float, size: int) -> bool:
        if self._since is None:
            self._since, self._bytes = now, size
            return False
        if now - self._since < self._deadlines.window:
            return False
        moved = abs(size - self._bytes)
        self._since, self._bytes = now, size
        return moved < self._deadlines.least_bytes


class Connection(Protocol):
    def is_too_slow(self, now: float, deadlines: ClientDeadlines) -> bool: ...
    def abort(self) -> None: ...


class SlowClients:
    """Aborts the connections of `connections` that are too slow, from `start` to `stop`."""

    def __init__(self, connections: Callable[[], Sequence[Connection]], deadlines: ClientDeadlines) -> None:
        self._connections = connections
        self._deadlines = deadlines
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        # Scheduled first: an error below must not stop the checks.
        self._timer = loop.call_later(self._deadlines.pause, self.start)
        for connection in self._connections():
            if connection.is_too_slow(loop.time(), self._deadlines):
                connection.abort()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


class TimedConnection(asyncio.Protocol):
    """A connection of aiohttp's server that knows how long it has been waiting for its client."""

    def __init__(
        self, inner: web.RequestHandler, connections: "set[TimedConnection]", deadlines: ClientDeadlines
    ) -> None:
        self._inner = inner
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._waiting_since = self._loop.time()
        self._is_head_begun = False
        self._is_kept = False
        self._request: web.BaseRequest | None = None
        self._received = 0
        self._is_paused = False
        self._reading = Pace(deadlines)
        self._writing = Pace(deadlines)
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self)
        self._inner.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        if self._request is None and not self._is_head_begun:
            self._is_head_begun, self._waiting_since = True, self._loop.time()
        self._inner.data_received(data)

    def eof_received(self) -> None:
        self._inner.eof_received()

    def pause_writing(self) -> None:
        self._is_paused = True
        self._writing.stop()
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._is_paused = False
        self._waiting_since = self._loop.time()  # a response that took long is not yet time without a request
        self._inner.resume_writing()

    def begin(self, request: web.BaseRequest) -> None:
        """Note that the head of a request is complete."""
        self._request = request
        self._reading.stop()

    def end(self) -> None:
        """Note that the response is made."""
        self._request, self._is_head_begun, self._is_kept = None, False, True
        self._waiting_since = self._loop.time()

    def abort(self) -> None:
        self._transport.abort()

    def is_too_slow(self, now: float, deadlines: ClientDeadlines) -> bool:
        if self._is_paused:
            return self._writing.is_too_slow(now, self._transport.get_write_buffer_size())
        if self._request is not None:
            return self._is_body_too_slow(now)
        silent = deadlines.kept if self._is_kept else deadlines.idle
        return now - self._waiting_since > (deadlines.head if self._is_head_begun else silent)

    def _is_body_too_slow(self, now: float) -> bool:
        is_complete = self._request is None or self._request.content.is_eof()
        if is_complete or not self._transport.is_reading():
            self._reading.stop()
            return False
        return self._reading.is_too_slow(now, self._received)


async def note_request(request: web.BaseRequest, handler: Answer) -> web.StreamResponse:
    """Answer a request, and tell its connection when the request begins and ends."""
    connection = _connection_of(request)
    if connection is None:
        return await handler(request)
    connection.begin(request)
    try:
        return await handler(request)
    finally:
        connection.end()


@web.middleware
async def note_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Apply note_request to an application; this is its first middleware."""
    return await note_request(request, cast("Answer", handler))


def _connection_of(request: web.BaseRequest) -> TimedConnection | None:
    protocol = request.transport.get_protocol() if request.transport else None
    return protocol if isinstance(protocol, TimedConnection) else None


class TimedServer:
    """Makes connections with aiohttp's server `handlers`, and closes those of slow clients."""

    def __init__(self, handlers: web.Server, deadlines: ClientDeadlines = DEADLINES) -> None:
        self._handlers = handlers
        self._deadlines = deadlines
        self._connections: set[TimedConnection] = set()
        self._slow_clients = SlowClients(lambda: list(self._connections), deadlines)
        self.start, self.stop = self._slow_clients.start, self._slow_clients.stop

    def __call__(self) -> TimedConnection:
        return TimedConnection(self._handlers(), self._connections, self._deadlines)


class TimedSite(web.BaseSite):
    """A listening socket of a runner of aiohttp with deadlines for its clients."""

    def __init__(
        self, runner: web.BaseRunner, sock: socket.socket, deadlines: ClientDeadlines = DEADLINES
    ) -> None:
        super().__init__(runner)
        self._sock = sock
        if runner.server is None:
            raise RuntimeError("the runner is not set up")
        self._timed = TimedServer(runner.server, deadlines)

    @property
    def name(self) -> str:
        return f"http://{self._sock.getsockname()[0]}:{self._sock.getsockname()[1]}"

    async def start(self) -> None:
        await super().start()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._timed, sock=self._sock, backlog=1024)
        self._timed.start()

    async def stop(self) -> None:
        self._timed.stop()
        await super().stop()
