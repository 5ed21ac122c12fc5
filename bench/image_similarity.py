"""Structural similarity of two images, and generated images with the statistics of photos."""

import random

import pyvips
from PIL import Image

SIGMA, DARKEST, FLATTEST = 1.5, (0.01 * 255) ** 2, (0.03 * 255) ** 2
"""Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004."""

OCTAVES = 11
BRIGHTNESS, COLOUR = 45.0, 14.0
"""Standard deviations."""


def ssim(one: Image.Image, other: Image.Image) -> float:
    """Return the SSIM of the brightness; 1 for equal images."""
    a, b = _plane(one), _plane(other)
    mean_a, mean_b = _blurred(a), _blurred(b)
    variances = _blurred(a * a) - mean_a * mean_a + _blurred(b * b) - mean_b * mean_b
    together = _blurred(a * b) - mean_a * mean_b
    light = (2 * mean_a * mean_b + DARKEST) / (mean_a * mean_a + mean_b * mean_b + DARKEST)
    return float((light * (2 * together + FLATTEST) / (variances + FLATTEST)).avg())


def a_photo_like_picture(octave: float, width: int, height: int) -> Image.Image:
    """Return noise of all sizes; at 1.0 all octaves are equally strong, above, fine ones are weaker."""
    dice = random.Random(1)
    brightness = _noise(dice, octave, width, height) * BRIGHTNESS + 128
    blue, red = (_noise(dice, octave, width, height) * COLOUR for _ in range(2))
    planes = (brightness + 1.402 * red, brightness - 0.344 * blue - 0.714 * red, brightness + 1.772 * blue)
    joined = planes[0].bandjoin(list(planes[1:])).cast("uchar")
    return Image.frombytes("RGB", (width, height), joined.write_to_memory())


def _noise(dice: random.Random, octave: float, width: int, height: int) -> "pyvips.Image":
    layers = [_layer(dice, size, width, height) * octave**size for size in range(OCTAVES)]
    total = pyvips.Image.sum(layers).copy_memory()
    return (total - total.avg()) / total.deviate()


def _layer(dice: random.Random, size: int, width: int, height: int) -> "pyvips.Image":
    columns, rows = max(2, width >> size) + 4, max(2, height >> size) + 4
    grain = pyvips.Image.new_from_memory(dice.randbytes(columns * rows), columns, rows, 1, "uchar")
    return (grain.cast("float") - 127.5).resize(2**size, kernel="cubic").crop(0, 0, width, height)


def _plane(picture: Image.Image) -> "pyvips.Image":
    grey = picture.convert("L")
    return pyvips.Image.new_from_memory(grey.tobytes(), *grey.size, 1, "uchar").cast("float")


def _blurred(plane: "pyvips.Image") -> "pyvips.Image":
    return plane.gaussblur(SIGMA, precision="float", min_ampl=0.01)
