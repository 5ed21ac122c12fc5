"""One HTTP/2 connection, frame by frame."""

import pytest

from gaelocal.http2.connection import FRAME_BYTES, PREFACE, Http2Connection, Request
from gaelocal.http2.errors import Http2Error
from gaelocal.http2.hpack import Headers, encode

HEADERS, DATA, RST, SETTINGS, PING, GOAWAY, WINDOW = 1, 0, 3, 4, 6, 7, 8


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return (len(payload) << 16 | kind << 8 | flags).to_bytes(5, "big") + stream.to_bytes(4, "big") + payload


class Peer:
    """A client: the frames that the server has written, and the requests that it received."""

    def __init__(self, max_body: int = 1_000_000) -> None:
        self.output = bytearray()
        self.requests: list[Request] = []
        self.cancelled: list[int] = []
        self.connection = Http2Connection(
            self.output.extend, self.requests.append, self.cancelled.append, max_body, self.refuse_by_path
        )
        self.connection.receive(PREFACE + frame(SETTINGS, 0, 0))
        self.output.clear()

    def refuse_by_path(self, stream: int, headers: Headers) -> None:
        if (b":path", b"/refused") in headers:
            self.connection.respond_without_body(stream, encode((b":status", b"404")))

    def frames(self) -> list[tuple[int, int, int, bytes]]:
        found, place = [], 0
        while place < len(self.output):
            length = int.from_bytes(self.output[place : place + 3], "big")
            kind, flags = self.output[place + 3], self.output[place + 4]
            stream = int.from_bytes(self.output[place + 5 : place + 9], "big")
            found.append((kind, flags, stream, bytes(self.output[place + 9 : place + 9 + length])))
            place += 9 + length
        return found

    def request(self, stream: int, body: bytes = b"hello") -> None:
        headers = frame(HEADERS, 4, stream, encode((b":path", b"/a")))
        self.connection.receive(headers + frame(DATA, 1, stream, body))

    def data_sent(self) -> int:
        return sum(len(payload) for kind, _, _, payload in self.frames() if kind == DATA)


def test_a_request_may_arrive_byte_by_byte() -> None:
    peer = Peer()
    sent = frame(HEADERS, 4, 1, encode((b":path", b"/a"))) + frame(DATA, 1, 1, b"hello")

    for byte in sent:
        peer.connection.receive(bytes([byte]))

    assert peer.requests == [Request(1, ((b":path", b"/a"),), b"hello")]


def test_padding_priority_and_continuation_are_understood() -> None:
    peer = Peer()
    block = encode((b":path", b"/a"), (b"te", b"trailers"))
    head = frame(HEADERS, 0x8 | 0x20, 1, b"\x02" + bytes(5) + block[:4] + b"\x00\x00")

    peer.connection.receive(head + frame(9, 4, 1, block[4:]) + frame(DATA, 0x9, 1, b"\x01hi\x00"))

    assert peer.requests == [Request(1, ((b":path", b"/a"), (b"te", b"trailers")), b"hi")]


def test_a_refused_request_is_answered_before_it_ends() -> None:
    peer = Peer()

    peer.connection.receive(frame(HEADERS, 4, 1, encode((b":path", b"/refused"))))

    refusal, reset = peer.frames()
    assert refusal == (HEADERS, 4 | 1, 1, encode((b":status", b"404")))
    assert reset == (RST, 0, 1, bytes(4))
    peer.output.clear()
    peer.connection.receive(frame(DATA, 1, 1, b"hello"))
    assert (peer.frames(), peer.requests, peer.connection.is_idle) == ([], [], True)


def test_a_response_waits_for_the_windows_of_the_client() -> None:
    peer = Peer()
    peer.request(1)

    peer.connection.respond(1, b"", b"x" * 200_000, b"")
    before = peer.data_sent()
    peer.connection.receive(frame(WINDOW, 0, 0, (1 << 20).to_bytes(4, "big")))
    stream_is_closed = peer.data_sent() == before
    peer.connection.receive(frame(WINDOW, 0, 1, (1 << 20).to_bytes(4, "big")))

    assert (before, stream_is_closed, peer.data_sent()) == (65_535, True, 200_000)
    assert peer.frames()[-1][:3] == (HEADERS, 0x5, 1)
    assert peer.connection.is_idle


def test_a_smaller_window_of_later_settings_counts_for_open_streams() -> None:
    peer = Peer()
    peer.request(1)
    peer.connection.receive(frame(SETTINGS, 0, 0, b"\x00\x04" + (100).to_bytes(4, "big")))

    peer.connection.respond(1, b"", b"x" * 200, b"")

    assert peer.data_sent() == 100


def test_what_is_too_large_reaches_the_server_without_a_body() -> None:
    peer = Peer(max_body=10)

    peer.request(1, b"x" * 11)

    assert peer.requests[0].body is None


def test_large_requests_get_new_window_for_the_stream_and_the_connection() -> None:
    peer = Peer(max_body=100 << 20)
    peer.connection.receive(frame(HEADERS, 4, 1, encode((b":path", b"/a"))))

    for _ in range(12):
        peer.connection.receive(frame(DATA, 0, 1, bytes(FRAME_BYTES)))

    assert {stream for kind, _, stream, _ in peer.frames() if kind == WINDOW} == {0, 1}


def test_a_reset_stream_is_cancelled_and_gets_no_response() -> None:
    peer = Peer()
    peer.request(1)
    peer.connection.receive(frame(RST, 0, 1, bytes(4)))

    peer.connection.respond(1, b"", b"late", b"")

    assert peer.cancelled == [1]
    assert peer.frames() == []


def test_a_response_carries_the_acknowledgement_of_a_ping() -> None:
    peer = Peer()
    peer.request(1)
    peer.connection.receive(frame(PING, 0, 0, b"12345678"))

    peer.connection.respond(1, b"", b"", b"")

    assert [kind for kind, *_ in peer.frames()] == [PING, HEADERS, HEADERS]
    assert not peer.connection.has_waiting_acks


def test_a_ping_is_answered() -> None:
    peer = Peer()

    peer.connection.receive(frame(PING, 0, 0, b"12345678"))
    before = peer.frames()
    peer.connection.send_waiting_acks()

    assert before == []
    assert peer.frames() == [(PING, 1, 0, b"12345678")]


@pytest.mark.parametrize(
    "sent",
    [
        frame(HEADERS, 5, 2, encode((b":path", b"/"))),
        frame(HEADERS, 0, 1) + frame(PING, 0, 0, bytes(8)),
        frame(WINDOW, 0, 0, bytes(4)),
        frame(WINDOW, 0, 0, b"\x7f\xff\xff\xff"),
        (FRAME_BYTES + 1).to_bytes(3, "big") + bytes(6),
        frame(5, 0, 1),
        frame(SETTINGS, 0, 0, b"\x00\x05\x00\x00\x00\x01"),
    ],
    ids=[
        *("even stream", "interrupted headers", "no increment", "too much window", "large frame", "push"),
        "frames of one byte",
    ],
)
def test_a_broken_protocol_ends_the_connection(sent: bytes) -> None:
    peer = Peer()

    with pytest.raises(Http2Error):
        peer.connection.receive(sent)

    assert peer.frames()[-1][0] == GOAWAY
