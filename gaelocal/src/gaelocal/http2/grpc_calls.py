"""Unary gRPC calls over one HTTP/2 connection."""

import asyncio
import logging
import re
import string
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import NamedTuple, cast
from urllib.parse import quote

from gaelocal.client_deadlines import ClientDeadlines, Pace
from gaelocal.http2.connection import Http2Connection, Request
from gaelocal.http2.errors import Http2Error
from gaelocal.http2.hpack import Headers, encode
from gaelocal.http2.status import GrpcError, Status

Method = Callable[[bytes], bytes | Awaitable[bytes]]
"""Takes a serialized request and returns a serialized response, or raises GrpcError."""

Refuse = Callable[[str], GrpcError]
"""Returns the error for the path of a method that is not served."""

# Clients accept at most 8 KiB of headers, and percent-encoding makes a message up to three times as long.
_MESSAGE_BYTES = 2_048
# Clients ping after each response to measure the connection. The acknowledgement waits this long for the next
# response, so that both are sent together.
_ACK_SECONDS = 0.01
_PLAIN = string.punctuation.replace("%", "") + " "
_FRAME_HEAD = 5
# A client whose deadline has passed sends a timeout of one millisecond, because it rounds up. No call over a
# network is that fast, so such a call fails.
_SHORTEST_TIMEOUT = 0.001
_DEADLINE_MESSAGE = "Deadline Exceeded"
_TIMEOUT = re.compile(rb"(\d{1,8})([HMSmun])")
"""gRPC over HTTP/2, "Timeout"."""

_UNITS = {b"H": 3600.0, b"M": 60.0, b"S": 1.0, b"m": 1e-3, b"u": 1e-6, b"n": 1e-9}
_RESPONSE = encode((b":status", b"200"), (b"content-type", b"application/grpc"))
_SUCCESS = encode((b"grpc-status", b"0"))
_NOT_GRPC = encode((b":status", b"415"))

_log = logging.getLogger(__name__)


class _CallHeaders(NamedTuple):
    is_grpc: bool
    path: bytes
    encoding: bytes
    timeout: float | None


class GrpcConnection(asyncio.Protocol):
    """Answers the calls of one client. `methods` maps request paths to methods."""

    def __init__(
        self,
        methods: Mapping[bytes, Method],
        max_message: int,
        connections: "set[GrpcConnection]",
        refuse: Refuse,
    ) -> None:
        self._methods = methods
        self._refuse = refuse
        self._max_message = max_message
        self._connections = connections
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._acks: asyncio.TimerHandle | None = None
        self._waiting_since: dict[int, float] = {}
        self._is_paused = False
        self._writing: Pace | None = None
        self._transport: asyncio.Transport
        self._http2: Http2Connection

    @property
    def is_idle(self) -> bool:
        return self._http2.is_idle

    def is_too_slow(self, now: float, deadlines: ClientDeadlines) -> bool:
        """Return whether the client stopped reading, or a call has waited for it for too long."""
        if self._is_paused:
            self._writing = self._writing or Pace(deadlines)
            return self._writing.is_too_slow(now, self._transport.get_write_buffer_size())
        waiting = self._http2.waiting_streams()
        self._waiting_since = {stream: self._waiting_since.get(stream, now) for stream in waiting}
        return any(now - since > deadlines.call for since in self._waiting_since.values())

    def pause_writing(self) -> None:
        self._is_paused, self._writing = True, None
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._is_paused = False
        self._transport.resume_reading()

    def abort(self) -> None:
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._http2 = Http2Connection(
            self._transport.write,
            self._answer,
            self._cancel,
            self._max_message + _FRAME_HEAD,
            self._refuse_unknown,
        )
        self._connections.add(self)
        self._http2.start()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._connections.discard(self)
        for task in self._tasks.values():
            task.cancel()
        if self._acks is not None:
            self._acks.cancel()

    def data_received(self, data: bytes) -> None:
        try:
            self._http2.receive(data)
        except Http2Error:
            self._transport.close()
            return
        if self._http2.has_waiting_acks and self._acks is None:
            self._acks = asyncio.get_running_loop().call_later(_ACK_SECONDS, self._acknowledge)

    def _acknowledge(self) -> None:
        self._acks = None
        self._http2.send_waiting_acks()

    def go_away(self) -> None:
        self._http2.go_away()

    def _cancel(self, stream: int) -> None:
        task = self._tasks.pop(stream, None)
        if task is not None:
            task.cancel()

    def _refuse_unknown(self, stream: int, headers: Headers) -> None:
        """Refuse at once: a client of a streaming call may send for as long as it likes."""
        found = _call_headers(headers)
        if found.is_grpc and found.path not in self._methods:
            self._fail(stream, self._refuse(found.path.decode(errors="replace")))

    def _answer(self, request: Request) -> None:
        received = time.monotonic()
        headers = _call_headers(request.headers)
        if not headers.is_grpc:
            self._http2.respond_without_body(request.stream, _NOT_GRPC)
            return
        try:
            method = self._methods[headers.path]
            result = method(self._message(request.body, headers.encoding))
        except Exception as error:  # noqa: BLE001 - the client gets every failure as a status
            self._fail(request.stream, error)
            return
        seconds = headers.timeout
        if not isinstance(result, bytes):
            finishing = self._finish(request.stream, result, seconds)
            self._tasks[request.stream] = asyncio.ensure_future(finishing)
        elif seconds is not None and (seconds <= _SHORTEST_TIMEOUT or time.monotonic() - received > seconds):
            self._fail(request.stream, GrpcError(Status.DEADLINE_EXCEEDED, _DEADLINE_MESSAGE))
        else:
            self._succeed(request.stream, result)

    async def _finish(self, stream: int, result: Awaitable[bytes], seconds: float | None) -> None:
        try:
            message = await asyncio.wait_for(result, seconds)
        except TimeoutError:
            self._fail(stream, GrpcError(Status.DEADLINE_EXCEEDED, _DEADLINE_MESSAGE))
        except Exception as error:  # noqa: BLE001 - as above
            self._fail(stream, error)
        else:
            self._succeed(stream, message)
        finally:
            self._tasks.pop(stream, None)

    def _succeed(self, stream: int, message: bytes) -> None:
        head = b"\x00" + len(message).to_bytes(4, "big")
        self._http2.respond(stream, _RESPONSE, head + message, _SUCCESS)

    def _fail(self, stream: int, error: Exception) -> None:
        if not isinstance(error, GrpcError):
            _log.error("a call failed", exc_info=error)
            error = GrpcError(Status.INTERNAL, "internal error; see the server's log")
        status = str(int(error.status)).encode()
        trailers = encode((b"grpc-status", status), (b"grpc-message", _escaped(error.message)))
        self._http2.respond_without_body(stream, _RESPONSE + trailers)

    def _message(self, body: bytes | None, encoding: bytes) -> bytes:
        if body is None:
            raise GrpcError(
                Status.RESOURCE_EXHAUSTED, f"Received message larger than max ({self._max_message})"
            )
        if len(body) < _FRAME_HEAD or len(body) != _FRAME_HEAD + int.from_bytes(body[1:_FRAME_HEAD], "big"):
            raise GrpcError(Status.INTERNAL, "the call must have exactly one message")
        if not body[0]:
            return body[_FRAME_HEAD:]
        if encoding not in (b"gzip", b"deflate"):
            raise GrpcError(
                Status.UNIMPLEMENTED, f"the compression {encoding.decode(errors='replace')} is not supported"
            )
        return _decompressed(body[_FRAME_HEAD:], self._max_message)


@lru_cache(maxsize=64)
def _call_headers(headers: Headers) -> _CallHeaders:
    found = dict(headers)
    return _CallHeaders(
        found.get(b"content-type", b"").startswith(b"application/grpc"),
        found.get(b":path", b""),
        found.get(b"grpc-encoding", b"identity"),
        _timeout(found.get(b"grpc-timeout")),
    )


def _timeout(header: bytes | None) -> float | None:
    """Return the seconds of a grpc-timeout header, such as `100m`, or None without a valid one."""
    found = _TIMEOUT.fullmatch(header or b"")
    return int(found[1]) * _UNITS[found[2]] if found else None


def method_not_found(_path: str) -> GrpcError:
    return GrpcError(Status.UNIMPLEMENTED, "Method not found!")


def _decompressed(message: bytes, most: int) -> bytes:
    try:
        engine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        plain = engine.decompress(message, most + 1)
    except zlib.error as error:
        raise GrpcError(Status.INTERNAL, "the message cannot be decompressed") from error
    if len(plain) > most:
        raise GrpcError(Status.RESOURCE_EXHAUSTED, f"Received message larger than max ({most})")
    return plain


def _escaped(message: str) -> bytes:
    """Shorten the message, and percent-encode the characters that a header cannot contain."""
    return quote(message.encode()[:_MESSAGE_BYTES], safe=_PLAIN).encode()
