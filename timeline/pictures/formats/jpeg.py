"""JPEG: segments up to the first scan, read as libjpeg reads them, with stray bytes in between."""

from collections.abc import Iterator
from dataclasses import dataclass

from timeline.pictures.formats import exif
from timeline.pictures.formats.layout import MAX_PARTS, Content, DecoderInput, MalformedImage, Structure

MAGIC = b"\xff\xd8\xff"
END_OF_IMAGE = b"\xff\xd9"
START_OF_SCAN = b"\xff\xda"

_FILL = 0xFF
_DHT, _JPG, _DAC, _DQT, _DRI = 0xC4, 0xC8, 0xCC, 0xDB, 0xDD
_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {_DHT, _JPG, _DAC}
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
_TABLES = frozenset({_DHT, _DAC, _DQT, _DRI})
_NEEDED_TO_DECODE = _FRAMES | _TABLES
_LENGTH_BYTES = 2
_MIN_JFIF, _MIN_ADOBE = 14, 12
"""Shorter ones are ignored by libjpeg."""

_ICC_HEADER = b"ICC_PROFILE\0"
_ICC_PREFIX = len(_ICC_HEADER) + 2
"""The name, the number of the part and the number of parts."""


@dataclass(frozen=True, slots=True)
class Segment:
    """`start` is the offset of its marker, `payload` that of its content."""

    marker: int
    start: int
    payload: int
    end: int


def read_structure(content: Content) -> Structure:
    """Raises MalformedImage, IndexError."""
    segments = list(_header_segments(content))
    height, width = _frame_size(content, segments)
    has_end = content.rfind(END_OF_IMAGE) > segments[-1].start
    return Structure(width, height, _orientation(content, segments), has_end)


def decoder_input(content: bytes) -> DecoderInput:
    """Raises MalformedImage, IndexError."""
    segments = list(_header_segments(content))
    kept = [content[each.start : each.end] for each in segments[:-1] if _is_needed(content, each)]
    return DecoderInput(
        content=b"".join([MAGIC[:2], *kept, content[segments[-1].start :]]),
        orientation=_orientation(content, segments),
        profile=_profile(content, segments),
    )


def count_scans(content: bytes) -> int:
    """Return how many passes over the whole image a decoder makes. Raises MalformedImage, IndexError."""
    return content.count(START_OF_SCAN, list(_header_segments(content))[-1].start)


def _header_segments(content: Content) -> Iterator[Segment]:
    """Yield the segments up to and including the first scan's header."""
    at = 2
    for _ in range(MAX_PARTS):
        segment = _next_segment(content, at)
        if segment.marker in (_SOI, _EOI):
            break
        if segment.end > len(content):
            raise IndexError
        yield segment
        if segment.marker == _SOS:
            return
        at = segment.end
    raise MalformedImage


def _next_segment(content: Content, at: int) -> Segment:
    """Skip what is not a marker. FF00 is no marker, and any number of FF may stand before one."""
    for _ in range(MAX_PARTS):
        at = content.find(b"\xff", at)
        if at < 0:
            raise IndexError
        code = content[at + 1]
        if code not in (0, _FILL):
            break
        at += 1
    else:
        raise MalformedImage
    if code in _WITHOUT_LENGTH or code in (_SOI, _EOI):
        return Segment(code, at, at + 2, at + 2)
    length = max(_LENGTH_BYTES, int.from_bytes(content[at + 2 : at + 4], "big"))
    return Segment(code, at, at + 4, at + 2 + length)


def _frame_size(content: Content, segments: list[Segment]) -> tuple[int, int]:
    """Return height and width."""
    frame = next((each for each in segments if each.marker in _FRAMES), None)
    if frame is None or frame.end - frame.payload < 5:  # noqa: PLR2004 - precision, height, width
        raise MalformedImage
    sides = content[frame.payload + 1 : frame.payload + 5]
    return int.from_bytes(sides[:2], "big"), int.from_bytes(sides[2:], "big")


def _orientation(content: Content, segments: list[Segment]) -> int:
    """Only the first EXIF block that holds anything counts."""
    payloads = (content[each.payload : each.end] for each in segments if each.marker == _APP1)
    prefix = len(exif.HEADER) + 1
    blocks = (each[prefix:] for each in payloads if each.startswith(exif.HEADER) and len(each) > prefix)
    return exif.orientation_in(next(blocks, b""))


def _profile(content: bytes, segments: list[Segment]) -> bytes | None:
    """Join the parts of the profile; None where one is missing, given twice or numbered inconsistently."""
    payloads = (content[each.payload : each.end] for each in segments if each.marker == _APP2)
    parts: dict[int, bytes] = {}
    total = 0
    for payload in payloads:
        if not payload.startswith(_ICC_HEADER) or len(payload) <= _ICC_PREFIX:
            continue
        number, count = payload[_ICC_PREFIX - 2], payload[_ICC_PREFIX - 1]
        total = total or count
        if count != total or not 1 <= number <= count or number in parts:
            return None
        parts[number] = payload[_ICC_PREFIX:]
        if len(parts) == total:
            return b"".join(parts[each] for each in sorted(parts))
    return None


def _is_needed(content: bytes, segment: Segment) -> bool:
    """Besides tables and frames, JFIF and Adobe say which colour model the components are in."""
    if segment.marker in _NEEDED_TO_DECODE:
        return True
    payload = content[segment.payload : segment.end]
    if segment.marker == _APP0:
        return payload.startswith(b"JFIF\0") and len(payload) >= _MIN_JFIF
    return segment.marker == _APP14 and payload.startswith(b"Adobe") and len(payload) >= _MIN_ADOBE
