"""One client connection: requests in, responses out, in the same order."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable
from email.utils import formatdate
from typing import Protocol

from gaelocal.appengine.front_door.headers import BODILESS
from gaelocal.appengine.http import Request, Response
from gaelocal.appengine.http.flow import Flow
from gaelocal.appengine.http.request_parser import BadRequest, RequestReader
from gaelocal.client_deadlines import ClientDeadlines, Pace
from gaelocal.reason_phrases import reason_phrase

LINGER = 5.0


class Host(Protocol):
    """Produces the responses of a connection."""

    clients: "set[ClientConnection]"
    deadlines: ClientDeadlines

    def serve(self, request: Request) -> Awaitable[Response]: ...
    def refuse(self, refused: BadRequest) -> Response: ...


class ClientConnection(Flow):
    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self._reader = RequestReader("127.0.0.1", self._arrived, self._arrived, self._go_on)
        self._peer_port = 0
        self._waiting: deque[Request | BadRequest] = deque()
        self.task: asyncio.Task[None] | None = None
        self._is_lingering = False
        self._loop = asyncio.get_running_loop()
        self._waiting_since = self._loop.time()
        self._received = 0
        self._reading = Pace(host.deadlines)
        self._writing = Pace(host.deadlines)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._host.clients.add(self)
        peer = transport.get_extra_info("peername")
        self._peer_port = peer[1] if peer else 0
        self._reader = RequestReader(peer[0] if peer else "", self._arrived, self._arrived, self._go_on)

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        if self._reader.is_closed:
            return
        was_in_head = self._reader.is_in_head
        self._reader.feed(data)
        if self._reader.is_in_head and not was_in_head:
            self._waiting_since = self._loop.time()

    def eof_received(self) -> bool:
        """Keep the connection open for the response: a client may have closed only its own half."""
        return self.task is not None and not self._is_lingering

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._host.clients.discard(self)
        self._reader.discard()
        for parsed in self._waiting:
            if isinstance(parsed, Request):
                parsed.body.close()
        if self.task:
            self.task.cancel()

    def is_too_slow(self, now: float, deadlines: ClientDeadlines) -> bool:
        """Return whether the client reads or sends too slowly; refuse a request that arrives too slowly."""
        if self.unsent_bytes:
            return self._writing.is_too_slow(now, self.sent_bytes)
        self._writing.stop()
        if self.task is not None or self._is_lingering:
            self._reading.stop()
            return False
        if self._is_request_too_slow(now, deadlines):
            self._reader.refuse_slow_client()
            return False
        is_idle = not self._reader.is_in_head and not self._reader.is_in_body
        return is_idle and now - self._waiting_since > deadlines.idle

    def _is_request_too_slow(self, now: float, deadlines: ClientDeadlines) -> bool:
        if self._reader.is_in_body:
            return self._reading.is_too_slow(now, self._received)
        self._reading.stop()
        return self._reader.is_in_head and now - self._waiting_since > deadlines.head

    def _arrived(self, parsed: Request | BadRequest) -> None:
        if isinstance(parsed, Request):
            parsed.peer_port = self._peer_port
        self._waiting.append(parsed)
        if self.task is None:
            self._next()
        elif self._transport:
            self._transport.pause_reading()

    def _next(self) -> None:
        self.task = self._loop.create_task(self._reply(self._waiting.popleft()))

    async def _reply(self, parsed: Request | BadRequest) -> None:
        request = parsed if isinstance(parsed, Request) else parsed.request
        is_sent = False
        try:
            response = (
                await self._host.serve(parsed) if isinstance(parsed, Request) else self._host.refuse(parsed)
            )
            with contextlib.suppress(OSError):
                await self._send(request, response)
                is_sent = True
        finally:
            request.body.close()
            self.task = None
            self._waiting_since = self._loop.time()
            self._go_on_or_close(stays_open=is_sent and request.keep_alive, is_unread=request is not parsed)

    def _go_on_or_close(self, *, stays_open: bool, is_unread: bool) -> None:
        if is_unread:
            self._discard_input()
        elif not stays_open:
            self.close()
        elif self._waiting:
            self._next()
        elif self._transport and not self.is_lost:
            self._transport.resume_reading()

    def _discard_input(self) -> None:
        """Read and discard for a while: closing with unread bytes could discard the response."""
        self._is_lingering = True
        if self._transport and not self.is_lost:
            self._transport.resume_reading()
            self._transport.write_eof()
            self._loop.call_later(LINGER, self.close)

    async def _send(self, request: Request, response: Response) -> None:
        head = _head(request, response)
        try:
            if request.method == "HEAD" or response.status in BODILESS:
                self.write(head)
            elif response.body.is_small:
                self.write(head + response.body.whole())
                await self.drained()
            else:
                await self._send_parts(head, response)
        finally:
            response.body.close()

    async def _send_parts(self, head: bytes, response: Response) -> None:
        self.write(head)
        for part in response.body.parts():
            self.write(part)
            await self.drained()

    def _go_on(self) -> None:
        if self.task is None:
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _head(request: Request, response: Response) -> bytes:
    lines = [b"HTTP/1.1 %d %s" % (response.status, reason_phrase(response.status).encode())]
    lines += [name + b": " + value for name, value in response.headers]
    if not request.keep_alive:
        lines.append(b"Connection: close")
    lines.append(b"\r\n")
    return b"\r\n".join(lines)


def http_date(seconds: float | None = None) -> bytes:
    return formatdate(seconds, usegmt=True).encode()
