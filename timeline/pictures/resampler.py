"""Shrink pictures with libvips, whose vectorised filters take a quarter of the time of Pillow's."""

from collections.abc import Iterable, Iterator

import pyvips
from PIL import Image

from timeline.pictures.sizes import Dimensions

FAST_FILTER, FINE_FILTER = "cubic", "lanczos3"
"""Cubic takes 5 ms less; its SSIM is 0.9986 in the first size and 0.995 in the following ones. JPEG needs no
more, WebP saves 2 % of its bytes by the finer ones."""

SHRINK_FACTORS = (8, 4, 2)
MIN_EXCESS = 1.5
"""libjpeg's own averaging may shrink down to this multiple of the target; the filter does the rest."""

MODES = {1: "L", 3: "RGB"}

pyvips.cache_set_max(0)  # its cache would keep whole originals in memory


def shrink_jpeg(content: bytes, dimensions: Dimensions) -> pyvips.Image | None:
    """Decode a JPEG straight to these dimensions; None if libvips cannot."""
    try:
        return shrink(_opened_jpeg(content, dimensions), dimensions, FAST_FILTER)
    except pyvips.Error:
        return None


def shrink_each(
    picture: pyvips.Image, all_dimensions: Iterable[Dimensions], kernel: str
) -> Iterator[pyvips.Image]:
    """Yield a picture in each of these dimensions, each made from the one before."""
    for dimensions in all_dimensions:
        if dimensions != (picture.width, picture.height):
            picture = shrink(picture, dimensions, kernel)
        yield picture


def shrink(picture: pyvips.Image, dimensions: Dimensions, kernel: str = FAST_FILTER) -> pyvips.Image:
    width, height = dimensions
    shrunk = picture.resize(width / picture.width, vscale=height / picture.height, kernel=kernel)
    return shrunk.copy_memory()


def from_pillow(picture: Image.Image) -> pyvips.Image:
    """Return a picture that reads the bytes of an RGB picture of Pillow as long as it lives itself."""
    return pyvips.Image.new_from_memory(picture.tobytes(), *picture.size, len(picture.mode), "uchar")


def to_pillow(picture: pyvips.Image) -> Image.Image:
    return Image.frombytes(MODES[picture.bands], (picture.width, picture.height), picture.write_to_memory())


def _opened_jpeg(content: bytes, dimensions: Dimensions) -> pyvips.Image:
    header = pyvips.Image.jpegload_buffer(content)
    excess = min(header.width / dimensions[0], header.height / dimensions[1]) / MIN_EXCESS
    factor = next((factor for factor in SHRINK_FACTORS if factor <= excess), 1)
    return pyvips.Image.jpegload_buffer(content, shrink=factor, access="sequential", fail_on="truncated")
