"""The sizes and formats of renditions."""

import math

JPEG, WEBP = "image/jpeg", "image/webp"

SIZES = {
    "thumb": 160,
    "small": 320,
    "medium": 640,
    "wide": 960,
    "large": 1280,
    "full": 2048,
}
"""Pixels of the longest side. To add a size, add its line here: everything else follows from this table."""

WIDEST, TALLEST = 3.0, 2.0
"""The most extreme shapes that the website's grid shows uncropped: 3:1 and 1:2.

A size limits the longest side of the part that the grid shows. A panorama of 10:1 therefore becomes longer
than the size says, so that it is as sharp as its neighbours where it fills the height of a row.
"""

MAX_AREA = 2.5
"""In squares of the size. The shape 1:10 needs exactly this much; longer pictures get less height."""

MAX_SIDE = 16_383
"""The longest side that WebP can store."""

Dimensions = tuple[int, int]


def fit(width: int, height: int, size: int) -> Dimensions:
    """Return the dimensions of a rendition of this size; never larger than the picture itself."""
    return fit_square(width, height, _longest_side(width, height, size))


def fit_square(width: int, height: int, side: float) -> Dimensions:
    """Return the dimensions that fit into a square, with at least one pixel each way."""
    ratio = min(1.0, side / max(width, height))
    return max(1, round(width * ratio)), max(1, round(height * ratio))


def fit_all(width: int, height: int) -> dict[str, Dimensions]:
    """Return the dimensions of every rendition by name, largest first."""
    largest_first = sorted(SIZES.items(), key=lambda item: -item[1])
    return {name: fit(width, height, size) for name, size in largest_first}


def _longest_side(width: int, height: int, size: int) -> float:
    shape = max(width, height) / max(1, min(width, height))
    uncropped = WIDEST if width > height else TALLEST
    return min(size * max(1.0, shape / uncropped), size * math.sqrt(MAX_AREA * shape), MAX_SIDE)
