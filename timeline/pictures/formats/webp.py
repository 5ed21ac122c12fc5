"""WebP: a still image, or the first frame of an animation on its canvas."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from timeline.pictures.formats import exif
from timeline.pictures.formats.layout import MAX_PARTS, Content, DecoderInput, MalformedImage, Structure

RIFF, WEBP = b"RIFF", b"WEBP"

_HAS_PROFILE, _HAS_ALPHA, _HAS_ANIMATION = 0x20, 0x10, 0x02
_LOSSY, _LOSSLESS = b"VP8 ", b"VP8L"
_EXTENDED_BYTES = 10
_FRAME_HEADER = 16
"""Position, size, duration and flags before the parts of a frame."""


@dataclass(frozen=True, slots=True)
class Part:
    name: bytes
    payload: int
    end: int


def read_structure(content: Content) -> Structure:
    """Raises MalformedImage, IndexError."""
    file = _File(content)
    width, height = file.canvas
    if file.first_frame is None and _still_size(content, _pixels(file.parts)) != file.canvas:
        raise MalformedImage
    return Structure(width, height, file.orientation, file.is_complete)


def decoder_input(content: bytes) -> DecoderInput:
    """Raises MalformedImage, IndexError."""
    file = _File(content)
    frame = file.first_frame
    size = file.canvas if frame is None else _frame_size(content, frame)
    parts = file.parts if frame is None else list(_parts(content, frame.payload + _FRAME_HEADER, frame.end))
    return DecoderInput(
        content=_still(content, parts, size, has_alpha=file.has_alpha or frame is not None),
        orientation=file.orientation,
        profile=file.profile,
        canvas=None if frame is None else file.canvas,
        position=(0, 0) if frame is None else _frame_position(content, frame),
    )


class _File:
    def __init__(self, content: Content) -> None:
        self._content = content
        self.end = 8 + int.from_bytes(content[4:8], "little")
        self.parts = list(_parts(content, 12, min(self.end, len(content))))
        self.is_complete = self.end <= len(content) and all(part.end <= self.end for part in self.parts)
        self._extended = self.parts[0] if self.parts and self.parts[0].name == b"VP8X" else None
        self._flags = content[self._extended.payload] if self._extended else 0

    @property
    def canvas(self) -> tuple[int, int]:
        if self._extended is not None:
            if self._extended.end - self._extended.payload < _EXTENDED_BYTES:
                raise MalformedImage
            sides = self._content[self._extended.payload + 4 : self._extended.payload + _EXTENDED_BYTES]
            return _uint24(sides[:3]) + 1, _uint24(sides[3:]) + 1
        return _still_size(self._content, _pixels(self.parts))

    @property
    def has_alpha(self) -> bool:
        """Without VP8X the lossless bitstream alone decides."""
        return self._extended is None or bool(self._flags & _HAS_ALPHA)

    @property
    def orientation(self) -> int:
        block = self._first(b"EXIF") if self._extended else b""
        prefix = len(exif.HEADER) + 1
        return exif.orientation_in(block[prefix:] if block.startswith(exif.HEADER) else block)

    @property
    def profile(self) -> bytes | None:
        """Browsers apply it to still images only."""
        is_used = self._flags & _HAS_PROFILE and not self._flags & _HAS_ANIMATION
        return self._first(b"ICCP") or None if is_used else None

    @property
    def first_frame(self) -> Part | None:
        """Raises MalformedImage for an animation without frames."""
        if not self._flags & _HAS_ANIMATION:
            return None
        frame = next((part for part in self.parts if part.name == b"ANMF"), None)
        if frame is None or frame.end - frame.payload < _FRAME_HEADER:
            raise MalformedImage
        return frame

    def _first(self, name: bytes) -> bytes:
        part = next((part for part in self.parts if part.name == name), None)
        return b"" if part is None else self._content[part.payload : part.end]


def _parts(content: Content, at: int, end: int) -> Iterator[Part]:
    for _ in range(MAX_PARTS):
        if at + 8 > end:
            return
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        yield Part(content[at : at + 4], at + 8, at + 8 + length)
        at += 8 + length + length % 2
    raise MalformedImage


def _still_size(content: Content, part: Part) -> tuple[int, int]:
    head = content[part.payload : part.payload + 10]
    if len(head) < 10:  # noqa: PLR2004 - RFC 9649: frame tag, start code and sides
        raise MalformedImage
    if part.name == _LOSSY:
        width, height = struct.unpack("<HH", head[6:])
        return width & 0x3FFF, height & 0x3FFF
    bits = int.from_bytes(head[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _pixels(parts: list[Part]) -> Part:
    part = next((part for part in parts if part.name in (_LOSSY, _LOSSLESS)), None)
    if part is None:
        raise MalformedImage
    return part


def _frame_size(content: bytes, frame: Part) -> tuple[int, int]:
    sides = content[frame.payload + 6 : frame.payload + 12]
    return _uint24(sides[:3]) + 1, _uint24(sides[3:]) + 1


def _frame_position(content: bytes, frame: Part) -> tuple[int, int]:
    place = content[frame.payload : frame.payload + 6]
    return 2 * _uint24(place[:3]), 2 * _uint24(place[3:])


def _still(content: bytes, parts: list[Part], size: tuple[int, int], *, has_alpha: bool) -> bytes:
    """Write a file of the pixels alone; alpha that is not announced is left out, as browsers do."""
    pixels = _pixels(parts)
    alpha = next((part for part in parts if part.name == b"ALPH"), None)
    if pixels.name == _LOSSY and alpha is not None and has_alpha:
        sides = b"".join((side - 1).to_bytes(3, "little") for side in size)
        extended = _part(b"VP8X", bytes([_HAS_ALPHA, 0, 0, 0]) + sides)
        return _riff(
            extended, *(_part(each.name, content[each.payload : each.end]) for each in (alpha, pixels))
        )
    return _riff(_part(pixels.name, content[pixels.payload : pixels.end]))


def _part(name: bytes, payload: bytes) -> bytes:
    return name + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)


def _riff(*parts: bytes) -> bytes:
    body = b"".join([WEBP, *parts])
    return RIFF + struct.pack("<I", len(body)) + body


def _uint24(three: bytes) -> int:
    return int.from_bytes(three, "little")
