"""Header compression (RFC 7541): a full decoder, and an encoder without compression."""

from gaelocal.http2 import huffman
from gaelocal.http2.errors import ErrorCode, Http2Error

Header = tuple[bytes, bytes]
Headers = tuple[Header, ...]

TABLE_BYTES = 4_096
MAX_HEADER_BYTES = 64 << 10
_ENTRY_OVERHEAD = 32
_KIND_BITS, _SIZE_UPDATE = 0xE0, 0x20
_MOST_SHIFT = 28
# Clients repeat their header blocks: the decoded form of this many short ones is kept.
_MOST_KNOWN, _KNOWN_BYTES = 64, 1_024
_STATIC: tuple[Header, ...] = tuple(
    (name, value)
    for name, _, value in (
        line.strip().encode().partition(b"=")
        for line in """
:authority
:method=GET
:method=POST
:path=/
:path=/index.html
:scheme=http
:scheme=https
:status=200
:status=204
:status=206
:status=304
:status=400
:status=404
:status=500
accept-charset
accept-encoding=gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate
""".strip().splitlines()
    )
)


class Decoder:
    """Decodes the header blocks of one connection, in the order they arrive."""

    def __init__(self) -> None:
        self._dynamic: list[Header] = []
        self._size = 0
        self._max_size = TABLE_BYTES
        self._known: dict[bytes, Headers] = {}
        self._is_table_changed = False

    def decode(self, block: bytes) -> Headers:
        """Return the headers of a block.

        Raises:
            Http2Error: the block is damaged or its headers exceed MAX_HEADER_BYTES.
        """
        known = self._known.get(block)
        if known is not None:
            return known
        self._is_table_changed = False
        headers = tuple(self._decode(block))
        if self._is_table_changed or len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        if not self._is_table_changed and len(block) <= _KNOWN_BYTES:
            self._known[block] = headers
        return headers

    def _decode(self, block: bytes) -> list[Header]:
        headers: list[Header] = []
        place, total = 0, 0
        try:
            while place < len(block):
                place, header = self._field(block, place)
                if header is None:
                    continue
                total += len(header[0]) + len(header[1]) + _ENTRY_OVERHEAD
                if total > MAX_HEADER_BYTES:
                    raise Http2Error(ErrorCode.ENHANCE_YOUR_CALM, "the headers are too large")
                headers.append(header)
        except IndexError as error:
            raise Http2Error(ErrorCode.COMPRESSION_ERROR, "a header block is damaged") from error
        return headers

    def _field(self, block: bytes, place: int) -> tuple[int, Header | None]:
        first = block[place]
        if first & 0x80:
            index, place = _integer(block, place, 7)
            return place, self._entry(index)
        if first & _KIND_BITS == _SIZE_UPDATE:
            size, place = _integer(block, place, 5)
            if size > TABLE_BYTES:
                raise Http2Error(ErrorCode.COMPRESSION_ERROR, "the header table is larger than allowed")
            self._max_size = size
            self._is_table_changed = True
            self._evict()
            return place, None
        is_indexed = first & 0x40
        index, place = _integer(block, place, 6 if is_indexed else 4)
        if index:
            name = self._entry(index)[0]
        else:
            name, place = _string(block, place)
        value, place = _string(block, place)
        if is_indexed:
            self._add((name, value))
        return place, (name, value)

    def _entry(self, index: int) -> Header:
        if not index:
            raise Http2Error(ErrorCode.COMPRESSION_ERROR, "a header has the index 0")
        if index <= len(_STATIC):
            return _STATIC[index - 1]
        return self._dynamic[-(index - len(_STATIC))]

    def _add(self, header: Header) -> None:
        self._is_table_changed = True
        self._dynamic.append(header)
        self._size += _size(header)
        self._evict()

    def _evict(self) -> None:
        while self._size > self._max_size:
            self._size -= _size(self._dynamic.pop(0))


def encode(*headers: Header) -> bytes:
    """Encode headers; what the static table lacks becomes literals that stay out of the peer's table."""
    return b"".join(map(_encode_header, headers))


def _encode_header(header: Header) -> bytes:
    if header in _STATIC:
        return bytes([0x80 | (_STATIC.index(header) + 1)])
    name, value = header
    return b"\x00" + _encode_string(name) + _encode_string(value)


def _encode_string(text: bytes) -> bytes:
    return _encode_integer(len(text), 7) + text


def _encode_integer(number: int, bits: int) -> bytes:
    limit = (1 << bits) - 1
    if number < limit:
        return bytes([number])
    encoded = bytearray([limit])
    number -= limit
    while number >> 7:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _integer(block: bytes, place: int, bits: int) -> tuple[int, int]:
    limit = (1 << bits) - 1
    number = block[place] & limit
    place += 1
    if number < limit:
        return number, place
    shift = 0
    while True:
        byte = block[place]
        place += 1
        number += (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return number, place
        if shift > _MOST_SHIFT:
            raise Http2Error(ErrorCode.COMPRESSION_ERROR, "a number in a header block is too large")


def _string(block: bytes, place: int) -> tuple[bytes, int]:
    is_compressed = block[place] & 0x80
    length, place = _integer(block, place, 7)
    text = block[place : place + length]
    if len(text) < length:
        raise Http2Error(ErrorCode.COMPRESSION_ERROR, "a header string is cut off")
    return (huffman.decode(text) if is_compressed else text), place + length


def _size(header: Header) -> int:
    return len(header[0]) + len(header[1]) + _ENTRY_OVERHEAD
