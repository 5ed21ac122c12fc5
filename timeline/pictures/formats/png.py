"""PNG: chunks read as browsers read them. Faulty ancillary chunks count as absent."""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from timeline.pictures.formats import colour, exif
from timeline.pictures.formats.layout import MAX_PARTS, Content, DecoderInput, MalformedImage, Structure

MAGIC = b"\x89PNG\r\n\x1a\n"
END = b"\0\0\0\0IEND\xaeB`\x82"

MAX_PROFILE_BYTES = 8 * 1024 * 1024
"""Profiles of printers with large tables have four. A bomb of 16 MB would unpack to 16 GB."""

_GREY, _RGB, _PALETTE, _GREY_ALPHA = 0, 2, 3, 4
_HEADER = struct.Struct(">IIBB")
_HEADER_BYTES = 13
_FRAME = struct.Struct(">5I2H2B")
_DEEP = 16
_CHECKSUM_BYTES = 4


@dataclass(frozen=True, slots=True)
class Chunk:
    kind: bytes
    payload: int
    end: int
    """Of the payload; four bytes of checksum follow."""


def read_structure(content: Content) -> Structure:
    """Raises MalformedImage, IndexError, struct.error."""
    before = _Chunks(content)
    width, height, _, _ = before.header
    return Structure(width, height, before.orientation, _has_end(content))


def decoder_input(content: bytes) -> DecoderInput:
    """Raises MalformedImage, IndexError, struct.error."""
    chunks = _Chunks(content)
    frame = _first_frame(content) if chunks.is_film_without_default_image else None
    pixels = _pixels(content) if frame is None else frame.pixels
    size = chunks.header[:2] if frame is None else frame.size
    start = _chunk(b"IHDR", struct.pack(">II", *size) + chunks.header_bytes[8:_HEADER_BYTES])
    return DecoderInput(
        content=b"".join([MAGIC, start, *chunks.palette, *chunks.transparency, *_idat(pixels), END]),
        orientation=chunks.orientation,
        profile=chunks.profile,
        canvas=None if frame is None else chunks.header[:2],
        position=(0, 0) if frame is None else frame.position,
        is_grey=chunks.is_grey,
        clear_grey=chunks.clear_grey,
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    size: tuple[int, int]
    position: tuple[int, int]
    pixels: bytes


def _first_frame(content: bytes) -> _Frame | None:
    """Return the first frame of a film whose default image is not part of it, as browsers play it."""
    control: Chunk | None = None
    parts: list[bytes] = []
    for chunk in _chunks(content):
        if chunk.kind == b"fdAT":
            parts.append(content[chunk.payload + 4 : chunk.end])
        elif parts:
            break
        elif chunk.kind == b"fcTL":
            control = chunk
    if not parts or control is None or control.end - control.payload != _FRAME.size:
        return None
    _, width, height, left, top, *_ = _FRAME.unpack(content[control.payload : control.end])
    return _Frame((width, height), (left, top), b"".join(parts))


class _Chunks:
    """The chunks before the pixels; of several of a kind the first valid one counts."""

    def __init__(self, content: Content) -> None:
        self._found: dict[bytes, bytes] = {}
        self._order: list[bytes] = []
        for chunk in _chunks(content):
            if chunk.kind == b"IDAT":
                break
            if chunk.kind in _USED and chunk.kind not in self._found:
                self._add(content, chunk)
        else:
            raise MalformedImage
        if b"IHDR" not in self._found:
            raise MalformedImage
        self.header_bytes = self._found[b"IHDR"]
        self.header: tuple[int, int, int, int] = _HEADER.unpack_from(self.header_bytes)
        if self._kind == _PALETTE and b"PLTE" not in self._found:
            raise MalformedImage

    def _add(self, content: Content, chunk: Chunk) -> None:
        payload = content[chunk.payload : chunk.end]
        checksum = content[chunk.end : chunk.end + 4]
        is_sound = zlib.crc32(chunk.kind + payload).to_bytes(4, "big") == checksum
        if is_sound and _USED[chunk.kind](payload):
            self._found[chunk.kind] = payload
            self._order.append(chunk.kind)

    @property
    def is_film_without_default_image(self) -> bool:
        return b"acTL" in self._found and b"fcTL" not in self._found

    @property
    def orientation(self) -> int:
        return exif.orientation_in(self._found.get(b"eXIf", b""))

    @property
    def palette(self) -> list[bytes]:
        """Indexes beyond a short palette mean its last colour."""
        if self._kind != _PALETTE or b"PLTE" not in self._found:
            return []
        colours = self._found[b"PLTE"]
        missing = 2**self._depth - len(colours) // 3
        last = colours[len(colours) // 3 * 3 - 3 :][:3]
        return [_chunk(b"PLTE", colours[: len(colours) // 3 * 3] + last * max(0, missing))]

    @property
    def transparency(self) -> list[bytes]:
        """Pillow compares the one clear colour with pixels that it has already brought to 8 bits."""
        clear = self._found.get(b"tRNS", b"")
        if self._kind == _PALETTE:
            return self._palette_alpha(clear)
        count = {_GREY: 1, _RGB: 3}.get(self._kind, 0)
        if not count or len(clear) < 2 * count or self.clear_grey is not None:
            return []
        values = struct.unpack_from(f">{count}H", clear)
        return [_chunk(b"tRNS", b"".join(struct.pack(">H", self._in_8_bits(value)) for value in values))]

    def _palette_alpha(self, alpha: bytes) -> list[bytes]:
        if not alpha or b"PLTE" not in self._order[: self._order.index(b"tRNS")]:
            return []
        colours = len(self._found[b"PLTE"]) // 3
        repeated = alpha[colours - 1 : colours] * (2**self._depth - colours)
        return [_chunk(b"tRNS", (alpha[:colours] + repeated)[: 2**self._depth])]

    @property
    def _code_points(self) -> tuple[int, int] | None:
        """Only a cICP chunk before the palette counts. A matrix and video range are not supported."""
        if b"cICP" not in self._found or b"PLTE" in self._order[: self._order.index(b"cICP")]:
            return None
        primaries, transfer, matrix, is_full_range = self._found[b"cICP"]
        is_usable = not matrix and is_full_range == 1 and colour.is_known_cicp(primaries, transfer)
        return (primaries, transfer) if is_usable else None

    @property
    def is_grey(self) -> bool:
        return self._kind in (_GREY, _GREY_ALPHA)

    @property
    def clear_grey(self) -> int | None:
        clear = self._found.get(b"tRNS", b"")
        is_deep_grey = self._kind == _GREY and self._depth == _DEEP
        return int.from_bytes(clear, "big") if is_deep_grey and len(clear) > 1 else None

    @property
    def profile(self) -> bytes | None:
        """In the order of the PNG specification: cICP, iCCP, sRGB, gAMA with cHRM."""
        found = self._found
        points = self._code_points
        if points is not None:
            return colour.profile_from_cicp(*points)
        if b"iCCP" in found and (embedded := _unpacked(found[b"iCCP"])):
            return embedded
        if b"sRGB" in found or b"gAMA" not in found:
            return None
        primaries = struct.unpack(">8I", found[b"cHRM"]) if b"cHRM" in found else None
        return colour.profile_from_gamma(int.from_bytes(found[b"gAMA"], "big"), primaries)

    def _in_8_bits(self, value: int) -> int:
        if self._depth == _DEEP:
            return value >> 8
        return value * (255 // (2**self._depth - 1)) if self._depth in (1, 2, 4) else value

    @property
    def _depth(self) -> int:
        return self.header[2]

    @property
    def _kind(self) -> int:
        return self.header[3]


_USED: dict[bytes, Callable[[bytes], bool]] = {
    b"IHDR": lambda payload: len(payload) >= _HEADER_BYTES,
    b"PLTE": lambda payload: len(payload) >= len("RGB"),
    b"tRNS": bool,
    b"eXIf": bool,
    b"acTL": lambda payload: len(payload) == 8 and 0 < int.from_bytes(payload[:4], "big") < 2**31,  # noqa: PLR2004
    b"fcTL": lambda payload: len(payload) == _FRAME.size,
    b"cICP": lambda payload: len(payload) == struct.calcsize("4B"),
    b"iCCP": bool,
    b"sRGB": lambda payload: len(payload) == 1 and payload[0] in range(4),
    b"gAMA": lambda payload: len(payload) == struct.calcsize(">I"),
    b"cHRM": lambda payload: len(payload) == struct.calcsize(">8I"),
}
"""The chunks that matter, and whether the content of one is valid; others count as absent."""


def _chunks(content: Content) -> Iterator[Chunk]:
    at = len(MAGIC)
    for _ in range(MAX_PARTS):
        start = content[at : at + 8]
        if len(start) < 8:  # noqa: PLR2004
            return
        end = at + 8 + int.from_bytes(start[:4], "big")
        yield Chunk(start[4:], at + 8, end)
        at = end + 4
    raise MalformedImage


def _pixels(content: bytes) -> bytes:
    return b"".join(content[each.payload : each.end] for each in _chunks(content) if each.kind == b"IDAT")


def _idat(pixels: bytes) -> list[bytes]:
    """Put the checksum of the compressed pixels in a chunk of its own: once it has all rows, Pillow stops."""
    return [_chunk(b"IDAT", pixels[:-_CHECKSUM_BYTES]), _chunk(b"IDAT", pixels[-_CHECKSUM_BYTES:])]


def _has_end(content: Content) -> bool:
    """The usual end is looked for first: it is in the last block of remote content."""
    if content.rfind(END) >= 0:
        return True
    return any(
        chunk.kind == b"IEND" and chunk.end + _CHECKSUM_BYTES <= len(content) for chunk in _chunks(content)
    )


def _chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def _unpacked(payload: bytes) -> bytes | None:
    name, zero, packed = payload.partition(b"\0")
    if not zero or not 1 <= len(name) <= 79 or packed[:1] != b"\0":  # noqa: PLR2004 - PNG, section 11.3.2.3
        return None
    stream = zlib.decompressobj()
    try:
        profile = stream.decompress(packed[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return profile if stream.eof else None
