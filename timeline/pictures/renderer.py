"""Render every rendition and the placeholder of an image from one decode."""

from collections.abc import Iterable

import pyvips
from PIL import Image

from timeline.pictures.decoder import REDUCING_GAP, decode
from timeline.pictures.encoder import encode_jpeg, encode_webp
from timeline.pictures.rendered_photo import EncodedImage, RenderedPhoto
from timeline.pictures.resampler import FAST_FILTER, FINE_FILTER, shrink_each, to_pillow
from timeline.pictures.sizes import SIZES, fit_all, fit_square
from timeline.pictures.thumbhash import thumbhash

PLACEHOLDER_SIDE = 32
"""Seven waves need no more samples than this; more only cost time."""


def render(image: bytes) -> RenderedPhoto:
    """Decode an image once, and make every rendition and the placeholder from that. Raises as `decode`."""
    width, height, sizes = _sizes(image, FAST_FILTER)
    images = tuple(encode_jpeg(name, picture) for name, picture in sizes.items())
    return RenderedPhoto(width, height, _placeholder(list(sizes.values())[-1]), images)


def render_as_webp(image: bytes) -> RenderedPhoto:
    """Make the same sizes in fewer bytes: no images at all where JPEG takes fewer. Raises as `decode`."""
    width, height, sizes = _sizes(image, FINE_FILTER)
    images = tuple(encode_webp(name, picture) for name, picture in sizes.items())
    jpegs = (encode_jpeg(name, picture) for name, picture in sizes.items())
    is_smaller = _bytes_of(images) < _bytes_of(jpegs)
    return RenderedPhoto(width, height, b"", images if is_smaller else ())


def _bytes_of(images: Iterable[EncodedImage]) -> int:
    return sum(len(each.content) for each in images)


def _sizes(image: bytes, kernel: str) -> tuple[int, int, dict[str, pyvips.Image]]:
    """Return the sides of the original as displayed, and the image in every size, largest first."""
    decoded = decode(image, max(SIZES.values()))
    dimensions = fit_all(decoded.width, decoded.height)
    pictures = shrink_each(decoded.pixels, dimensions.values(), kernel)
    return decoded.width, decoded.height, dict(zip(dimensions, pictures, strict=True))


def _placeholder(picture: pyvips.Image) -> bytes:
    """Shrink with Pillow, because libvips takes 2 ms to start."""
    size = fit_square(picture.width, picture.height, PLACEHOLDER_SIDE)
    small = to_pillow(picture).resize(size, Image.Resampling.BICUBIC, reducing_gap=REDUCING_GAP)
    return thumbhash(small.width, small.height, small.tobytes())
