"""Untrusted image bytes in, clean prints out: what is decoded, within which limits, and how it is scaled."""

import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

from timeline.errors import ImageBroken, ImageTooManyPixels, ImageUnsupported
from timeline.pictures.encoder import SIDES, EncodedImage, encode_jpeg, encode_webp
from timeline.pictures.header import DECODE_ERRORS, FORMATS, MAX_PIXELS, SIDEWAYS
from timeline.pictures.thumbhash import thumbhash
from timeline.pictures.truncation import count_scans

MEMORY_LIMIT = 900_000_000
"""Bytes one decode may take: an instance of 1,536 MB less the process, the uploads in flight and slack."""

PEAK_BYTES_PER_PIXEL = {"JPEG": 10, "MPO": 10, "PNG": 7, "GIF": 7, "WEBP": 17, "HEIF": 12}
"""Measured at 50 megapixels in the worst mode of each format; WebP's decoder keeps two more canvases."""

MAX_SCANS, MAX_SCANS_OF_CMYK = 12, 18
"""Of the largest picture, in proportion of smaller ones: each scan of a progressive JPEG visits all pixels.

Cameras write ten; libjpeg writes eighteen where there are four inks.
"""

TOO_MANY_SCANS = "The picture is stored in far more passes than any camera writes."

FINE = Image.Resampling.BICUBIC
"""SSIM 0.992 against LANCZOS, which takes 10 ms more of 107 for a photo; HAMMING takes 10 less, and 0.978."""

REDUCING_GAP = 1.5
"""Average down to this multiple of the target before the fine filter: SSIM 0.997; 1.1 fell to 0.956."""

BAND = 64
"""Rows of the result that are made at once from a transparent picture."""

PLACEHOLDER_SIDE = 32
"""Seven waves need no more samples than this; more only cost time."""

Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
"""Pillow warns at this size and refuses at twice as much, for some formats before it allocates anything."""


@dataclass(frozen=True, slots=True)
class RenderedPhoto:
    """Everything made from one original; its own sides are as seen, after the orientation in EXIF."""

    width: int
    height: int
    placeholder: bytes
    images: tuple[EncodedImage, ...]


def render(image: bytes) -> RenderedPhoto:
    """Decode a picture once, and make every rendition and the placeholder from that.

    Raises:
        ImageUnsupported: not a picture, or not of a format read here.
        ImageTooManyPixels: over 50 megapixels, or more than the memory of an instance can decode.
        ImageBroken: damaged, or cut off.
    """
    width, height, sizes = _sizes(image)
    prints = tuple(map(encode_jpeg, SIDES, sizes))
    return RenderedPhoto(width, height, _placeholder(_fitted(sizes[-1], PLACEHOLDER_SIDE)), prints)


def render_as_webp(image: bytes) -> RenderedPhoto:
    """The same sizes in fewer bytes: no prints at all where JPEG takes fewer. Raises as `render`."""
    width, height, sizes = _sizes(image)
    prints = tuple(map(encode_webp, SIDES, sizes))
    is_worth_it = _bytes_of(prints) < _bytes_of(map(encode_jpeg, SIDES, sizes))
    return RenderedPhoto(width, height, b"", prints if is_worth_it else ())


def _bytes_of(prints: Iterable[EncodedImage]) -> int:
    return sum(len(each.content) for each in prints)


def _sizes(image: bytes) -> tuple[int, int, list[Image.Image]]:
    """Give the sides of the original, as seen, and the picture in every size, largest first."""
    with _opened(image) as picture:
        sides = picture.size
        largest = _seen(picture, SIDES["large"])
        width, height = reversed(sides) if _is_sideways(picture) else sides
    return width, height, list(accumulate(SIDES.values(), _fitted, initial=largest))[1:]


@contextmanager
def _opened(image: bytes) -> Iterator[Image.Image]:
    with warnings.catch_warnings(), _damage_named():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(image), formats=FORMATS) as picture:
            _refuse_too_large(picture)
            _refuse_too_many_scans(picture, image)
            yield picture


@contextmanager
def _damage_named() -> Iterator[None]:
    """Pillow's decoders raise nearly anything on damaged files; all of it means the same here."""
    try:
        yield
    except UnidentifiedImageError as error:
        raise ImageUnsupported from error
    except Image.DecompressionBombError as error:
        raise ImageTooManyPixels from error
    except DECODE_ERRORS as error:
        raise ImageBroken from error


def _refuse_too_large(picture: Image.Image) -> None:
    if picture.width * picture.height * PEAK_BYTES_PER_PIXEL[str(picture.format)] > MEMORY_LIMIT:
        raise ImageTooManyPixels


def _refuse_too_many_scans(picture: Image.Image, image: bytes) -> None:
    scans = count_scans(str(picture.format), image)
    if picture.width * picture.height * scans > MAX_PIXELS * max_scans(picture.mode):
        raise ImageBroken(TOO_MANY_SCANS)


def max_scans(mode: str) -> int:
    return MAX_SCANS_OF_CMYK if mode == "CMYK" else MAX_SCANS


def _is_sideways(picture: Image.Image) -> bool:
    return picture.getexif().get(ExifTags.Base.Orientation) in SIDEWAYS


def _seen(picture: Image.Image, side: int) -> Image.Image:
    """Scale first, then turn and convert: that works on a fraction of the pixels.

    `info` is where EXIF, XMP, profile and comment of a picture hide; Pillow would write the comment again.
    """
    profile = picture.info.get("icc_profile")
    seen = _in_srgb(ImageOps.exif_transpose(_scaled(picture, side)), profile)
    seen.info.clear()
    return seen


def _scaled(picture: Image.Image, side: int) -> Image.Image:
    """Shrink coarsely, then finely; a box says where the coarse picture ends, to part of a pixel."""
    width, height = picture.size
    target = _fitting(width, height, side)
    coarse = max(1, int(max(width, height) / (max(target) * REDUCING_GAP)))
    drafted = picture.draft(None, (int(target[0] * REDUCING_GAP), int(target[1] * REDUCING_GAP)))
    if drafted is not None:
        return _scalable(picture).resize(target, FINE, box=drafted[1], reducing_gap=REDUCING_GAP)
    if picture.has_transparency_data and picture.mode != "I;16":
        box = (0, 0, width / coarse, height / coarse)
        return _on_white(picture, coarse).resize(target, FINE, box=box)
    return _scalable(picture).resize(target, FINE, reducing_gap=REDUCING_GAP)


def _fitting(width: int, height: int, side: int) -> tuple[int, int]:
    """Give the size that fits into a square of this side; never larger than it is."""
    ratio = min(1, side / max(width, height))
    return max(1, round(width * ratio)), max(1, round(height * ratio))


def _scalable(picture: Image.Image) -> Image.Image:
    """Give a mode that a filter can work on; palettes and single bits cannot be averaged."""
    if picture.mode == "I;16":
        return picture.point(lambda value: value / 256).convert("L")
    return picture if picture.mode in ("L", "RGB", "CMYK") else picture.convert("RGB")


def _on_white(picture: Image.Image, factor: int) -> Image.Image:
    """Average blocks of `factor` pixels a side, band by band: a second picture of this size may not fit."""
    width, height = picture.size
    ground = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    for top in range(0, height, BAND * factor):
        band = picture.crop((0, top, width, min(height, top + BAND * factor))).convert("RGBA")
        white = Image.new("RGB", band.size, "white")
        white.paste(band, mask=band)
        ground.paste(white.reduce(factor), (0, top // factor))
    ground.info = dict(picture.info)
    return ground


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert by the embedded profile; one that is damaged or meant for other colours counts as none."""
    if not profile:
        return picture.convert("RGB")
    try:
        source = ImageCms.getOpenProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, _srgb(), outputMode="RGB")
    except ImageCms.PyCMSError:
        return picture.convert("RGB")
    return converted or picture.convert("RGB")


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _fitted(picture: Image.Image, side: int) -> Image.Image:
    size = _fitting(*picture.size, side)
    return picture.resize(size, FINE, reducing_gap=REDUCING_GAP)


def _placeholder(picture: Image.Image) -> bytes:
    return thumbhash(picture.width, picture.height, picture.tobytes())
