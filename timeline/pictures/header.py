"""Inspect an uploaded image by its structure, before any pixel is decoded."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from timeline.errors import ImageBroken, ImageMissing, ImageTooManyPixels, ImageUnsupported
from timeline.pictures.formats import exif, gif, isobmff, jpeg, png, webp
from timeline.pictures.formats.layout import Content, DecoderInput, MalformedImage, Structure

MAX_PIXELS = 50_000_000

STRUCTURE_ERRORS = (MalformedImage, IndexError, struct.error)


@dataclass(frozen=True, slots=True)
class Format:
    """`name` is Pillow's. `read` takes any content, `decoder_input` all of it."""

    name: str
    content_type: str
    read: Callable[[Content], Structure]
    decoder_input: Callable[[bytes], DecoderInput]


JPEG = Format("JPEG", "image/jpeg", jpeg.read_structure, jpeg.decoder_input)
PNG = Format("PNG", "image/png", png.read_structure, png.decoder_input)
GIF = Format("GIF", "image/gif", gif.read_structure, gif.decoder_input)
WEBP = Format("WEBP", "image/webp", webp.read_structure, webp.decoder_input)
HEIC = Format("HEIF", "image/heic", isobmff.read_structure, isobmff.heic_input)
AVIF = Format("AVIF", "image/avif", isobmff.read_structure, isobmff.avif_input)

FORMATS = (JPEG, PNG, GIF, WEBP, HEIC, AVIF)
CONTENT_TYPES = tuple(each.content_type for each in FORMATS)
OTHER_NAMES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "image/heif": "image/heic",
    "image/heic-sequence": "image/heic",
    "image/heif-sequence": "image/heic",
    "image/avif-sequence": "image/avif",
}
"""What phones and old browsers call these formats."""


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """`width` and `height` are as displayed, after the orientation is applied."""

    format: str
    width: int
    height: int
    content_type: str


def content_type_named(name: str) -> str:
    """Return the usual name of a content type, in any case and with parameters. Raises ImageUnsupported."""
    plain = name.partition(";")[0].strip().lower()
    found = OTHER_NAMES.get(plain, plain)
    if found not in CONTENT_TYPES:
        raise ImageUnsupported
    return found


def inspect_header(content: Content) -> ImageHeader:
    """Raises ImageMissing, ImageUnsupported, ImageTooManyPixels, ImageBroken."""
    if not len(content):
        raise ImageMissing
    found = format_of(content)
    try:
        structure = found.read(content)
    except STRUCTURE_ERRORS as error:
        raise ImageBroken from error
    width, height = structure.width, structure.height
    if width * height > MAX_PIXELS:
        raise ImageTooManyPixels
    if not width or not height or not structure.is_complete:
        raise ImageBroken
    displayed = (height, width) if structure.orientation in exif.SIDEWAYS else (width, height)
    return ImageHeader(found.name, *displayed, found.content_type)


def format_of(content: Content) -> Format:
    """Recognise the format by its first bytes. Raises ImageUnsupported, ImageBroken."""
    start = content[:16]
    for found, magics in ((JPEG, (jpeg.MAGIC,)), (PNG, (png.MAGIC,)), (GIF, gif.MAGICS)):
        if start.startswith(magics):
            return found
    if start[:4] == webp.RIFF and start[8:12] == webp.WEBP:
        return WEBP
    if isobmff.is_ours(content):
        return _by_codec(content)
    raise ImageUnsupported


def _by_codec(content: Content) -> Format:
    try:
        codec = isobmff.codec_of(content)
    except STRUCTURE_ERRORS as error:
        raise ImageBroken from error
    if codec not in (isobmff.HEVC, isobmff.AV1):
        raise ImageUnsupported
    return HEIC if codec == isobmff.HEVC else AVIF
