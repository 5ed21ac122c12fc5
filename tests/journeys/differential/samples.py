"""A named test image, and helpers that build its parts."""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw

SIZE = (96, 64)
MAGICS = (
    ("JPEG", 0, b"\xff\xd8"),
    ("PNG", 0, b"\x89PNG"),
    ("GIF", 0, b"GIF8"),
    ("WebP", 8, b"WEBP"),
    ("AVIF", 4, b"ftypavi"),
    ("HEIC", 4, b"ftyp"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """`group` and `name` identify the file in the report, as in `png/short pHYs`.

    `reference` is shown by Chromium instead of the file itself where it cannot read the format.
    """

    group: str
    name: str
    content: bytes
    reference: bytes | None = None

    @property
    def format(self) -> str:
        """Recognised by the first bytes, whatever the file is called."""
        return next((name for name, at, magic in MAGICS if self.content[at:].startswith(magic)), "other")

    @property
    def title(self) -> str:
        return f"{self.group}/{self.name}"


def named(group: str, contents: dict[str, bytes]) -> Iterator[Sample]:
    return (Sample(group, name, content) for name, content in contents.items())


def scene(size: tuple[int, int] = SIZE) -> Image.Image:
    """Four coloured quarters and a grey ramp: turning, mirroring and colour shifts are visible."""
    width, height = size
    image = Image.new("RGB", size, (200, 60, 40))
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height // 2), fill=(40, 170, 70))
    draw.rectangle((0, height // 2, width // 2, height), fill=(50, 70, 190))
    draw.rectangle((width // 2, height // 2, width, height), fill=(210, 190, 90))
    ramp = Image.linear_gradient("L").resize((max(1, width // 4), max(1, height // 2)))
    image.paste(ramp, (3 * width // 8, height // 4))
    return image


def chunk(kind: bytes, content: bytes, crc: int | None = None) -> bytes:
    checksum = zlib.crc32(kind + content) if crc is None else crc
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def segment(marker: int, content: bytes, length: int | None = None) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2 if length is None else length) + content


def entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
    return struct.pack(">HHI", tag, kind, count) + value.ljust(4, b"\0")[:4]


SIDEWAYS = entry(0x112, 3, 1, b"\0\6")
UPRIGHT = entry(0x112, 3, 1, b"\0\1")


def tiff(
    entries: Iterable[bytes], tail: bytes = b"\0\0\0\0", *, count: int | None = None, at: int = 8
) -> bytes:
    """A big-endian TIFF block with one directory; `count` and `at` are what it claims."""
    rows = list(entries)
    claimed = len(rows) if count is None else count
    return b"MM\0*" + struct.pack(">IH", at, claimed) + b"".join(rows) + tail


def little_tiff(orientation: int = 6) -> bytes:
    return b"II*\0" + struct.pack("<IHHHII", 8, 1, 0x112, 3, 1, orientation) + bytes(4)
