"""Read the orientation from an EXIF block as Chromium does, and nothing else.

The first valid value counts: a SHORT with count 1, between 1 and 8, in the first directory or in the Exif
directory that it points to. Anything unreadable means upright.
"""

import struct
from collections.abc import Iterator

UPRIGHT = 1
SIDEWAYS = frozenset({5, 6, 7, 8})
HEADER = b"Exif\0"
"""The byte behind it is padding of any value."""

_ORIENTATION, _EXIF_DIRECTORY = 0x0112, 0x8769
_SHORT, _LONG = 3, 4
_ENTRY_BYTES = 12
_BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}


def orientation_in(block: bytes) -> int:
    """Return the orientation, 1 to 8, from a TIFF block."""
    order = _BYTE_ORDERS.get(block[:4])
    if order is None or len(block) < 8:  # noqa: PLR2004 - byte order and the offset of the first directory
        return UPRIGHT
    (first,) = struct.unpack_from(order + "I", block, 4)
    return next(_orientations(block, order, first, is_first=True), UPRIGHT)


def _orientations(block: bytes, order: str, offset: int, *, is_first: bool) -> Iterator[int]:
    for tag, kind, count, value in _entries(block, order, offset):
        if count != 1:
            continue
        if tag == _ORIENTATION and kind == _SHORT:
            (orientation,) = struct.unpack_from(order + "H", value)
            if UPRIGHT <= orientation <= max(SIDEWAYS):
                yield orientation
        if tag == _EXIF_DIRECTORY and kind == _LONG and is_first:
            (inner,) = struct.unpack(order + "I", value)
            yield from _orientations(block, order, inner, is_first=False)


def _entries(block: bytes, order: str, offset: int) -> Iterator[tuple[int, int, int, bytes]]:
    """Yield tag, type, count and value of the entries that are there, whatever number is claimed."""
    rows = block[offset + 2 :]
    if len(rows) < _ENTRY_BYTES:
        return
    (claimed,) = struct.unpack_from(order + "H", block, offset)
    for at in range(min(claimed, len(rows) // _ENTRY_BYTES)):
        yield struct.unpack_from(order + "HHI4s", rows, at * _ENTRY_BYTES)
