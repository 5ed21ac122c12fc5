"""Header compression against the examples of RFC 7541, appendix C."""

import pytest

from gaelocal.http2.errors import Http2Error
from gaelocal.http2.hpack import Decoder, encode

HUFFMAN_EXAMPLES = [
    (
        "828684418cf1e3c2e5f23a6ba0ab90f4ff",
        [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com")],
    ),
    (
        "828684be5886a8eb10649cbf",
        [
            (":method", "GET"),
            (":scheme", "http"),
            (":path", "/"),
            (":authority", "www.example.com"),
            ("cache-control", "no-cache"),
        ],
    ),
    (
        "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
        [
            (":method", "GET"),
            (":scheme", "https"),
            (":path", "/index.html"),
            (":authority", "www.example.com"),
            ("custom-key", "custom-value"),
        ],
    ),
]


def test_requests_of_one_connection_share_the_table() -> None:
    decoder = Decoder()

    for block, expected in HUFFMAN_EXAMPLES:
        headers = decoder.decode(bytes.fromhex(block))
        assert headers == tuple((name.encode(), value.encode()) for name, value in expected)


def test_a_repeated_block_follows_changes_of_the_table() -> None:
    decoder = Decoder()

    decoder.decode(b"\x40\x01a\x011")
    first = decoder.decode(b"\xbe")
    again = decoder.decode(b"\xbe")
    decoder.decode(b"\x40\x01b\x012")

    assert first == again == ((b"a", b"1"),)
    assert decoder.decode(b"\xbe") == ((b"b", b"2"),)
    assert decoder.decode(b"\x40\x01b\x012") == ((b"b", b"2"),)
    assert decoder.decode(b"\xc0") == ((b"a", b"1"),)


def test_old_entries_leave_a_full_table() -> None:
    decoder = Decoder()
    for number in range(200):
        name, value = b"name", b"%030d" % number
        decoder.decode(b"\x40" + bytes([len(name)]) + name + bytes([len(value)]) + value)

    assert decoder.decode(b"\xbe") == ((b"name", b"%030d" % 199),)
    with pytest.raises(Http2Error):
        decoder.decode(b"\xff\x21")


def test_what_is_encoded_is_decoded() -> None:
    headers = ((b":status", b"200"), (b"grpc-message", b"x" * 300))

    assert Decoder().decode(encode(*headers)) == headers


@pytest.mark.parametrize("block", ["80", "ff80808080ff", "4003616263", "0085ffffffffff", "3fe2ff7f"])
def test_damaged_blocks_are_refused(block: str) -> None:
    with pytest.raises(Http2Error):
        Decoder().decode(bytes.fromhex(block))
