"""What the header of a picture tells, before any pixel is decoded."""

import struct
import warnings
import zlib
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from PIL import Image, UnidentifiedImageError

from timeline.errors import ImageBroken, ImageMissing, ImageTooManyPixels, ImageUnsupported
from timeline.pictures.bounded_reader import bounded_reader
from timeline.pictures.ranged_content import RangedContent
from timeline.pictures.truncation import is_complete

MAX_PIXELS = 50_000_000
CONTENT_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # a JPEG with a second picture behind it: what many phones make
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "HEIF": "image/heic",
}
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
ORIENTATION = 0x0112
SIDEWAYS = frozenset({5, 6, 7, 8})

DECODE_ERRORS: tuple[type[BaseException], ...] = (
    OSError,
    SyntaxError,
    ValueError,
    ArithmeticError,
    LookupError,
    TypeError,
    RuntimeError,
    EOFError,
    struct.error,
    zlib.error,
)
"""Pillow's readers raise nearly anything on damaged files, and all of it means the same."""


@dataclass(frozen=True, slots=True)
class Picture:
    """`width` and `height` are as people see it, after the orientation in EXIF."""

    format: str
    width: int
    height: int
    content_type: str


def inspect_header(content: bytes | RangedContent) -> Picture:
    """Raises ImageMissing, ImageUnsupported, ImageTooManyPixels, ImageBroken."""
    if not len(content):
        raise ImageMissing
    with _opened(content) as image:
        width, height = image.size
        image_format = str(image.format)
        is_sideways = _orientation(image) in SIDEWAYS
    if width * height > MAX_PIXELS:
        raise ImageTooManyPixels
    if not width or not height or not is_complete(image_format, content):
        raise ImageBroken
    seen = (height, width) if is_sideways else (width, height)
    return Picture(image_format, *seen, CONTENT_TYPES[image_format])


def _readable_formats() -> tuple[str, ...]:
    if find_spec("pillow_heif") is None:
        return ("JPEG", "PNG", "WEBP", "GIF")
    codec = import_module("pillow_heif")
    codec.options.DECODE_THREADS = 1
    codec.register_heif_opener(thumbnails=False)
    return ("JPEG", "PNG", "WEBP", "GIF", "HEIF")


FORMATS = _readable_formats()
"""For every Image.open: Pillow's other seventy readers never see a byte of ours."""


def _opened(content: bytes | RangedContent) -> Image.Image:
    """Pillow's warnings are silenced: the limit that counts here is ours, and odd phones are fine."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Image.open(bounded_reader(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise ImageTooManyPixels from error
    except UnidentifiedImageError as error:
        raise (ImageBroken if _claims_to_be_ours(content) else ImageUnsupported) from error
    except DECODE_ERRORS as error:
        raise ImageBroken from error


def _claims_to_be_ours(content: bytes | RangedContent) -> bool:
    begin = content[:12]
    return begin.startswith(MAGIC) or (begin[:4] == b"RIFF" and begin[8:] == b"WEBP")


def _orientation(image: Image.Image) -> int:
    """Read from the header only: Pillow's own getexif decodes a whole PNG that has none."""
    exif = Image.Exif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exif.load(image.info.get("exif") or b"")
        return int(exif.get(ORIENTATION, 1))
    except DECODE_ERRORS:
        return 1
