"""The server's side of one HTTP/2 connection (RFC 9113): frames, streams and flow control."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from gaelocal.http2.errors import ErrorCode, Http2Error
from gaelocal.http2.hpack import MAX_HEADER_BYTES, Decoder, Headers

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

_DATA, _HEADERS, _RST_STREAM, _SETTINGS, _PUSH_PROMISE = 0, 1, 3, 4, 5
_PING, _GOAWAY, _WINDOW_UPDATE, _CONTINUATION = 6, 7, 8, 9
_ACK = _END_STREAM = 0x1
_END_HEADERS, _PADDED, _HAS_PRIORITY = 0x4, 0x8, 0x20
_INITIAL_WINDOW_SIZE, _MAX_FRAME_SIZE, _MAX_CONCURRENT_STREAMS = 4, 5, 3
_HEAD = 9
_DEFAULT_WINDOW = 65_535
_LARGEST_WINDOW = (1 << 31) - 1
_SMALLEST_FRAME_SIZE, _LARGEST_FRAME_SIZE = 1 << 14, (1 << 24) - 1

FRAME_BYTES = 1 << 20
WINDOW_BYTES = 8 << 20
MOST_STREAMS = 1_000
# Streams that the client resets before they end cost it nothing; this bounds what they cost the server.
MOST_RESETS = 10_000


class Request(NamedTuple):
    """`body` is None where the client sent more than the connection admits."""

    stream: int
    headers: Headers
    body: bytes | None


@dataclass(slots=True)
class _Stream:
    headers: Headers
    send_window: int
    body: bytearray | None = field(default_factory=bytearray)
    unacknowledged: int = 0
    has_ended: bool = False
    pending: bytes = b""
    trailers: bytes | None = None


class Http2Connection:
    """Parses what the client sends, hands complete requests to `on_request`, and writes responses.

    `on_headers` is called with each stream that begins, and may respond already; `on_cancel` is called with
    each stream that the client resets.
    """

    def __init__(
        self,
        write: Callable[[bytes], None],
        on_request: Callable[[Request], None],
        on_cancel: Callable[[int], None],
        max_body: int,
        on_headers: Callable[[int, Headers], None],
    ) -> None:
        self._write = write
        self._on_request = on_request
        self._on_cancel = on_cancel
        self._max_body = max_body
        self._on_headers = on_headers
        self._decoder = Decoder()
        self._buffer = bytearray()
        self._output: list[bytes] = []
        self._waiting_acks: list[bytes] = []
        self._is_receiving = False
        self._has_preface = False
        self._streams: dict[int, _Stream] = {}
        self._last_stream = 0
        self._frames = 0
        self._resets = 0
        self._header_block: tuple[int, int, bytearray] | None = None
        self._send_window = _DEFAULT_WINDOW
        self._peer_window = _DEFAULT_WINDOW
        self._peer_frame = 16_384
        self._unacknowledged = 0
        self._handlers: dict[int, Callable[[int, int, bytes], None]] = {
            _DATA: self._handle_data,
            _HEADERS: self._handle_headers,
            _RST_STREAM: self._handle_reset,
            _SETTINGS: self._handle_settings,
            _PUSH_PROMISE: self._refuse_push,
            _PING: self._handle_ping,
            _WINDOW_UPDATE: self._handle_window_update,
            _CONTINUATION: self._handle_continuation,
        }

    @property
    def is_idle(self) -> bool:
        return not self._streams

    def waiting_streams(self) -> list[int]:
        """Return the streams that wait for the client: to send the rest, or to take a response.

        A negative number stands for a frame or a header block that has not arrived completely.
        """
        streams = [number for number, state in self._streams.items() if not state.has_ended or state.trailers]
        is_partial = self._buffer or self._header_block or not self._has_preface
        return [~self._frames, *streams] if is_partial else streams

    def start(self) -> None:
        """Announce the server's limits."""
        limits = {
            _MAX_CONCURRENT_STREAMS: MOST_STREAMS,
            _INITIAL_WINDOW_SIZE: WINDOW_BYTES,
            _MAX_FRAME_SIZE: FRAME_BYTES,
        }
        payload = b"".join(
            name.to_bytes(2, "big") + value.to_bytes(4, "big") for name, value in limits.items()
        )
        self._send(_SETTINGS, 0, 0, payload)
        self._send(_WINDOW_UPDATE, 0, 0, (WINDOW_BYTES - _DEFAULT_WINDOW).to_bytes(4, "big"))
        self._flush()

    def receive(self, data: bytes) -> None:
        """Handle what arrived.

        Raises:
            Http2Error: the client breaks the protocol; GOAWAY is already written.
        """
        self._is_receiving = True
        try:
            self._handle_frames(data)
        except Http2Error as error:
            self.go_away(error.code)
            raise
        finally:
            self._is_receiving = False
            self._flush()

    def respond(self, stream: int, headers: bytes, body: bytes, trailers: bytes) -> None:
        """Send a whole response: encoded headers, body, encoded trailers."""
        state = self._streams.get(stream)
        if state is None:
            return
        self._send(_HEADERS, _END_HEADERS, stream, headers)
        if 0 < len(body) <= min(self._peer_frame, state.send_window, self._send_window):
            self._send_window -= len(body)
            self._send(_DATA, 0, stream, body)
            self._send(_HEADERS, _END_HEADERS | _END_STREAM, stream, trailers)
            del self._streams[stream]
        else:
            state.pending, state.trailers = body, trailers
            self._send_pending(stream, state)
        self._flush()

    def respond_without_body(self, stream: int, headers: bytes) -> None:
        if self._streams.pop(stream, None) is not None:
            self._send(_HEADERS, _END_HEADERS | _END_STREAM, stream, headers)
            self._flush()

    def go_away(self, code: ErrorCode = ErrorCode.NO_ERROR) -> None:
        """Tell the client that no further streams are accepted."""
        self._send(_GOAWAY, 0, 0, self._last_stream.to_bytes(4, "big") + code.to_bytes(4, "big"))
        self._flush()

    @property
    def has_waiting_acks(self) -> bool:
        return bool(self._waiting_acks)

    def send_waiting_acks(self) -> None:
        """Acknowledge pings that no response has carried along."""
        if self._waiting_acks:
            self._write(b"".join(self._waiting_acks))
            self._waiting_acks.clear()

    def _flush(self) -> None:
        if self._output and not self._is_receiving:
            self._write(b"".join((*self._waiting_acks, *self._output)))
            self._waiting_acks.clear()
            self._output.clear()

    def _send(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        head = (len(payload) << 16 | kind << 8 | flags).to_bytes(5, "big") + stream.to_bytes(4, "big")
        self._output.append(head + payload)

    def _handle_frames(self, data: bytes) -> None:
        """Handle the complete frames and keep the rest; most often there is none, and nothing is copied."""
        buffer: bytes | bytearray = data
        if self._buffer:
            self._buffer += data
            buffer = self._buffer
        place = self._handle_complete(buffer)
        if buffer is self._buffer:
            del self._buffer[:place]
        else:
            self._buffer += buffer[place:]

    def _handle_complete(self, buffer: bytes | bytearray) -> int:
        """Handle the complete frames; return the place where they end."""
        place = 0
        if not self._has_preface:
            if not PREFACE.startswith(buffer[: len(PREFACE)]):
                raise Http2Error(ErrorCode.PROTOCOL_ERROR, "the connection does not begin with the preface")
            if len(buffer) < len(PREFACE):
                return 0
            self._has_preface, place = True, len(PREFACE)
        while len(buffer) - place >= _HEAD:
            length = int.from_bytes(buffer[place : place + 3], "big")
            if length > FRAME_BYTES:
                raise Http2Error(ErrorCode.FRAME_SIZE_ERROR, "a frame is larger than allowed")
            end = place + _HEAD + length
            if end > len(buffer):
                break
            stream = int.from_bytes(buffer[place + 5 : place + _HEAD], "big") & _LARGEST_WINDOW
            payload = bytes(buffer[place + _HEAD : end])
            self._handle(buffer[place + 3], buffer[place + 4], stream, payload)
            place = end
        return place

    def _handle(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if self._header_block is not None and kind != _CONTINUATION:
            raise Http2Error(ErrorCode.PROTOCOL_ERROR, "a header block is interrupted")
        if kind != _CONTINUATION:
            self._frames += 1
        handler = self._handlers.get(kind)
        if handler is not None:
            handler(flags, stream, payload)

    def _handle_ping(self, flags: int, _stream: int, payload: bytes) -> None:
        if not flags & _ACK:
            head = (len(payload) << 16 | _PING << 8 | _ACK).to_bytes(5, "big") + bytes(4)
            self._waiting_acks.append(head + payload)

    def _refuse_push(self, _flags: int, _stream: int, _payload: bytes) -> None:
        raise Http2Error(ErrorCode.PROTOCOL_ERROR, "a client must not push")

    def _handle_headers(self, flags: int, stream: int, payload: bytes) -> None:
        block = _without_padding(flags, payload)
        if flags & _HAS_PRIORITY:
            block = block[5:]
        if flags & _END_HEADERS:
            self._begin_stream(flags, stream, block)
        else:
            self._header_block = (flags, stream, bytearray(block))

    def _handle_continuation(self, flags: int, stream: int, payload: bytes) -> None:
        if self._header_block is None or self._header_block[1] != stream:
            raise Http2Error(ErrorCode.PROTOCOL_ERROR, "a continuation has no header block")
        begun, _, block = self._header_block
        block += payload
        if len(block) > MAX_HEADER_BYTES:
            raise Http2Error(ErrorCode.ENHANCE_YOUR_CALM, "the headers are too large")
        if flags & _END_HEADERS:
            self._header_block = None
            self._begin_stream(begun, stream, bytes(block))

    def _begin_stream(self, flags: int, stream: int, block: bytes) -> None:
        headers = self._decoder.decode(block)
        if stream in self._streams:
            self._end_request(stream)
            return
        if not stream & 1 or stream <= self._last_stream:
            raise Http2Error(ErrorCode.PROTOCOL_ERROR, f"the stream {stream} cannot begin")
        self._last_stream = stream
        if len(self._streams) >= MOST_STREAMS:
            self._send(_RST_STREAM, 0, stream, ErrorCode.REFUSED_STREAM.to_bytes(4, "big"))
            return
        self._streams[stream] = _Stream(headers, self._peer_window)
        self._on_headers(stream, headers)
        if stream not in self._streams:
            self._end_unread(flags, stream)
        elif flags & _END_STREAM:
            self._end_request(stream)

    def _end_unread(self, flags: int, stream: int) -> None:
        """Tell the client not to send the rest of a request that has its response already."""
        if not flags & _END_STREAM:
            self._send(_RST_STREAM, 0, stream, ErrorCode.NO_ERROR.to_bytes(4, "big"))

    def _handle_data(self, flags: int, stream: int, payload: bytes) -> None:
        self._unacknowledged += len(payload)
        if self._unacknowledged > WINDOW_BYTES // 2:
            self._send(_WINDOW_UPDATE, 0, 0, self._unacknowledged.to_bytes(4, "big"))
            self._unacknowledged = 0
        state = self._streams.get(stream)
        if state is None or state.has_ended:
            return
        _append(state, _without_padding(flags, payload), self._max_body)
        if flags & _END_STREAM:
            self._end_request(stream)
            return
        state.unacknowledged += len(payload)
        if state.unacknowledged > WINDOW_BYTES // 2:
            self._send(_WINDOW_UPDATE, 0, stream, state.unacknowledged.to_bytes(4, "big"))
            state.unacknowledged = 0

    def _end_request(self, stream: int) -> None:
        state = self._streams[stream]
        if state.has_ended:
            return
        state.has_ended = True
        body = None if state.body is None else bytes(state.body)
        state.body = None
        self._on_request(Request(stream, state.headers, body))

    def _handle_reset(self, _flags: int, stream: int, _payload: bytes) -> None:
        self._resets += 1
        if self._resets > MOST_RESETS:
            raise Http2Error(ErrorCode.ENHANCE_YOUR_CALM, "too many streams were reset")
        if self._streams.pop(stream, None) is not None:
            self._on_cancel(stream)

    def _handle_settings(self, flags: int, _stream: int, payload: bytes) -> None:
        if flags & _ACK:
            return
        for place in range(0, len(payload) - 5, 6):
            name = int.from_bytes(payload[place : place + 2], "big")
            self._apply_setting(name, int.from_bytes(payload[place + 2 : place + 6], "big"))
        self._send(_SETTINGS, _ACK, 0, b"")
        self._send_all_pending()

    def _apply_setting(self, name: int, value: int) -> None:
        if name == _MAX_FRAME_SIZE:
            if not _SMALLEST_FRAME_SIZE <= value <= _LARGEST_FRAME_SIZE:
                raise Http2Error(ErrorCode.PROTOCOL_ERROR, f"the frame size {value} is not allowed")
            self._peer_frame = min(value, FRAME_BYTES)
        elif name == _INITIAL_WINDOW_SIZE:
            if value > _LARGEST_WINDOW:
                raise Http2Error(ErrorCode.FLOW_CONTROL_ERROR, "the initial window is too large")
            for state in self._streams.values():
                state.send_window += value - self._peer_window
            self._peer_window = value

    def _handle_window_update(self, _flags: int, stream: int, payload: bytes) -> None:
        increment = int.from_bytes(payload, "big") & _LARGEST_WINDOW
        if not increment:
            raise Http2Error(ErrorCode.PROTOCOL_ERROR, "a window update of 0")
        if not stream:
            self._send_window += increment
            if self._send_window > _LARGEST_WINDOW:
                raise Http2Error(ErrorCode.FLOW_CONTROL_ERROR, "the window is too large")
            self._send_all_pending()
            return
        state = self._streams.get(stream)
        if state is not None:
            state.send_window += increment
            if state.trailers is not None:
                self._send_pending(stream, state)

    def _send_all_pending(self) -> None:
        if not self._streams:
            return
        for stream, state in list(self._streams.items()):
            self._send_pending(stream, state)

    def _send_pending(self, stream: int, state: _Stream) -> None:
        if state.trailers is None:
            return
        place = 0
        while place < len(state.pending):
            size = min(len(state.pending) - place, self._peer_frame, state.send_window, self._send_window)
            if size <= 0:
                state.pending = state.pending[place:]
                return
            self._send(_DATA, 0, stream, state.pending[place : place + size])
            state.send_window -= size
            self._send_window -= size
            place += size
        self._send(_HEADERS, _END_HEADERS | _END_STREAM, stream, state.trailers)
        del self._streams[stream]


def _append(state: _Stream, data: bytes, max_body: int) -> None:
    if state.body is None:
        return
    state.body += data
    if len(state.body) > max_body:
        state.body = None


def _without_padding(flags: int, payload: bytes) -> bytes:
    if not flags & _PADDED:
        return payload
    if not payload or payload[0] >= len(payload):
        raise Http2Error(ErrorCode.PROTOCOL_ERROR, "a frame has more padding than content")
    return payload[1 : len(payload) - payload[0]]
