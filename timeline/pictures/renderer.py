"""Render every rendition and the placeholder of an image from one decode."""

from collections.abc import Iterable

import pyvips

from timeline.pictures.decoder import decode
from timeline.pictures.encoder import encode_jpeg, encode_webp
from timeline.pictures.rendered_photo import EncodedImage, RenderedPhoto
from timeline.pictures.resampler import shrink, shrink_each
from timeline.pictures.sizes import SIZES, fit_all, fit_square
from timeline.pictures.thumbhash import thumbhash

PLACEHOLDER_SIDE = 32
"""Seven waves need no more samples than this; more only cost time."""


def render(image: bytes) -> RenderedPhoto:
    """Decode an image once, and make every rendition and the placeholder from that. Raises as `decode`."""
    width, height, sizes = _sizes(image)
    images = tuple(encode_jpeg(name, picture) for name, picture in sizes.items())
    return RenderedPhoto(width, height, _placeholder(list(sizes.values())[-1]), images)


def render_as_webp(image: bytes) -> RenderedPhoto:
    """Make the same sizes in fewer bytes: no images at all where JPEG takes fewer. Raises as `decode`."""
    width, height, sizes = _sizes(image)
    images = tuple(encode_webp(name, picture) for name, picture in sizes.items())
    jpegs = (encode_jpeg(name, picture) for name, picture in sizes.items())
    is_smaller = _bytes_of(images) < _bytes_of(jpegs)
    return RenderedPhoto(width, height, b"", images if is_smaller else ())


def _bytes_of(images: Iterable[EncodedImage]) -> int:
    return sum(len(each.content) for each in images)


def _sizes(image: bytes) -> tuple[int, int, dict[str, pyvips.Image]]:
    """Return the sides of the original as displayed, and the image in every size, largest first."""
    decoded = decode(image, max(SIZES.values()))
    dimensions = fit_all(decoded.width, decoded.height)
    pictures = shrink_each(decoded.pixels, dimensions.values())
    return decoded.width, decoded.height, dict(zip(dimensions, pictures, strict=True))


def _placeholder(picture: pyvips.Image) -> bytes:
    small = shrink(picture, fit_square(picture.width, picture.height, PLACEHOLDER_SIDE))
    return thumbhash(small.width, small.height, bytes(small.write_to_memory()))
