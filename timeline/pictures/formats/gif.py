"""GIF: the first frame, and the canvas that it is placed on."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from timeline.pictures.formats.layout import Content, DecoderInput, MalformedImage, Structure

MAGICS = (b"GIF87a", b"GIF89a")
MAX_BLOCKS = 300_000
"""A 50 MB GIF has 200,000 blocks of 255 bytes; as blocks of one byte they would take a minute of CPU."""

_HEADER_BYTES = 13
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL, _CONTROL_BYTES = 0xF9, 4
_HAS_COLOUR_TABLE, _HAS_CLEAR_COLOUR = 0x80, 1
_DESCRIPTOR = struct.Struct("<xHHHHB")


@dataclass(frozen=True, slots=True)
class Frame:
    """`start` and `end` enclose its descriptor, colour table and pixels; `clear` is its transparent index."""

    start: int
    end: int
    left: int
    top: int
    width: int
    height: int
    clear: int | None


def read_structure(content: Content) -> Structure:
    """Raises MalformedImage, IndexError."""
    frames = _frames(content)
    first = next(frames, None)
    if first is None:
        raise MalformedImage
    width, height = _canvas(content, first)
    return Structure(width, height, is_complete=_reaches_end(frames))


def decoder_input(content: bytes) -> DecoderInput:
    """Raises MalformedImage, IndexError."""
    frame = next(_frames(content), None)
    if frame is None:
        raise MalformedImage
    table = content[_HEADER_BYTES : _HEADER_BYTES + _colour_table_bytes(content[10])]
    screen = struct.pack("<HH", frame.width, frame.height) + bytes([content[10], 0, 0])
    clear = (
        b"" if frame.clear is None else bytes([_EXTENSION, _CONTROL, _CONTROL_BYTES, 1, 0, 0, frame.clear, 0])
    )
    origin = bytes([_IMAGE]) + bytes(4)
    pixels = content[frame.start + len(origin) : frame.end]
    return DecoderInput(
        content=b"".join([MAGICS[1], screen, table, clear, origin, pixels, bytes([_TRAILER])]),
        canvas=_canvas(content, frame),
        position=(frame.left, frame.top),
    )


def _canvas(content: Content, first: Frame) -> tuple[int, int]:
    """A first frame that does not fit enlarges the screen."""
    width, height = struct.unpack("<HH", content[6:10])
    return max(width, first.left + first.width), max(height, first.top + first.height)


def _reaches_end(frames: Iterator[Frame]) -> bool:
    """A missing trailer is harmless: what counts is that no frame is cut."""
    try:
        for _ in frames:
            pass
    except IndexError:
        return False
    return True


def _frames(content: Content) -> Iterator[Frame]:
    """Yield the frames up to the trailer, the end, or anything that is no block.

    Raises IndexError where a block is cut, MalformedImage after more blocks than any real image has.
    """
    steps = iter(range(MAX_BLOCKS))
    at = _HEADER_BYTES + _colour_table_bytes(content[10])
    clear: int | None = None
    while at < len(content):
        kind = content[at]
        if kind == _EXTENSION:
            if content[at + 1] == _CONTROL:
                clear = _clear_colour(content, at)
            at = _skip_sub_blocks(content, at + 2, steps)
        elif kind == _IMAGE:
            left, top, width, height, flags = _DESCRIPTOR.unpack(_exactly(content, at, _DESCRIPTOR.size))
            end = _skip_sub_blocks(content, at + _DESCRIPTOR.size + _colour_table_bytes(flags) + 1, steps)
            yield Frame(at, end, left, top, width, height, clear)
            at, clear = end, None
        elif kind == 0:
            at += 1
            next(steps, None)
        else:
            return


def _clear_colour(content: Content, at: int) -> int | None:
    control = content[at + 2 : at + 7]
    is_valid = len(control) == _CONTROL_BYTES + 1 and control[0] == _CONTROL_BYTES
    return control[4] if is_valid and control[1] & _HAS_CLEAR_COLOUR else None


def _skip_sub_blocks(content: Content, at: int, steps: Iterator[int]) -> int:
    for _ in steps:
        length = content[at]
        at += length + 1
        if not length:
            return at
    raise MalformedImage


def _exactly(content: Content, at: int, count: int) -> bytes:
    piece = content[at : at + count]
    if len(piece) < count:
        raise IndexError
    return piece


def _colour_table_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & _HAS_COLOUR_TABLE else 0
