"""Render every rendition and the placeholder of an image from one decode."""

from collections.abc import Iterable
from itertools import accumulate

from PIL import Image

from timeline.pictures.decoder import decode
from timeline.pictures.encoder import SIDES, EncodedImage, encode_jpeg, encode_webp
from timeline.pictures.rendered_photo import RenderedPhoto
from timeline.pictures.scaling import scaled_to
from timeline.pictures.thumbhash import thumbhash

PLACEHOLDER_SIDE = 32
"""Seven waves need no more samples than this; more only cost time."""


def render(image: bytes) -> RenderedPhoto:
    """Decode an image once, and make every rendition and the placeholder from that. Raises as `decode`."""
    width, height, sizes = _sizes(image)
    images = tuple(map(encode_jpeg, SIDES, sizes))
    return RenderedPhoto(width, height, _placeholder(scaled_to(sizes[-1], PLACEHOLDER_SIDE)), images)


def render_as_webp(image: bytes) -> RenderedPhoto:
    """Make the same sizes in fewer bytes: no images at all where JPEG takes fewer. Raises as `decode`."""
    width, height, sizes = _sizes(image)
    images = tuple(map(encode_webp, SIDES, sizes))
    is_smaller = _bytes_of(images) < _bytes_of(map(encode_jpeg, SIDES, sizes))
    return RenderedPhoto(width, height, b"", images if is_smaller else ())


def _bytes_of(images: Iterable[EncodedImage]) -> int:
    return sum(len(each.content) for each in images)


def _sizes(image: bytes) -> tuple[int, int, list[Image.Image]]:
    """Return the sides of the original as displayed, and the image in every size, largest first."""
    decoded = decode(image, max(SIDES.values()))
    sizes = list(accumulate(SIDES.values(), scaled_to, initial=decoded.pixels))[1:]
    return decoded.width, decoded.height, sizes


def _placeholder(picture: Image.Image) -> bytes:
    return thumbhash(picture.width, picture.height, picture.tobytes())
