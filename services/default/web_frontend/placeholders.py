"""Draw the ThumbHash of a photo as a tiny PNG, which the browser enlarges and blurs."""

import base64
import binascii
import struct
import zlib
from functools import lru_cache

from timeline.pictures import thumbhash

LONGEST_SIDE = 8
"""Pixels. About 250 characters for each photo of a page; a browser smooths them when it enlarges them."""
KEPT = 4096
SIGNATURE = b"\x89PNG\r\n\x1a\n"
EIGHT_BIT_RGB = b"\x08\x02\0\0\0"
NO_FILTER = b"\0"


@lru_cache(maxsize=KEPT)
def data_url(placeholder: str, width: int, height: int) -> str | None:
    """Return the picture of a ThumbHash (base64) as a `data:` URL, or None if it cannot be read."""
    longest = max(width, height, 1)
    columns, rows = (max(1, round(LONGEST_SIDE * side / longest)) for side in (width, height))
    try:
        pixels = thumbhash.draw(base64.b64decode(placeholder, validate=True), columns, rows)
    except (binascii.Error, ValueError):
        return None
    return f"data:image/png;base64,{base64.b64encode(_png(columns, rows, pixels)).decode()}"


def _png(width: int, height: int, pixels: bytes) -> bytes:
    lines = (pixels[at : at + 3 * width] for at in range(0, len(pixels), 3 * width))
    header = struct.pack(">II", width, height) + EIGHT_BIT_RGB
    content = zlib.compress(b"".join(NO_FILTER + line for line in lines), 9)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", content) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
