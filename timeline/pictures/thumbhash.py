"""ThumbHash: a picture in ~24 bytes, shown blurred until the real one arrives.

The format is Evan Wallace's (https://evanw.github.io/thumbhash/); every reader of it can draw these bytes.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

MAX_SIDE = 100
MOST_LUMINANCE_WAVES = 7
FEWEST_LUMINANCE_WAVES = 3
COLOUR_WAVES = 3
HEADER_BYTES = 5
SATURATION = 1.25
"""The format's first implementation draws colours this much stronger."""

Plane = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class _Channel:
    """One plane as cosine waves: the mean, the largest other amplitude, and all in units of it (0..1)."""

    mean: float
    scale: float
    waves: list[float]


def thumbhash(width: int, height: int, rgb: bytes) -> bytes:
    """Return the hash (≤ 25 bytes) of an opaque picture, its pixels row by row, three bytes each.

    Raises:
        ValueError: a side is over 100 pixels, the limit of the format.
    """
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise ValueError(f"a thumbhash is made from 1 to {MAX_SIDE} pixels a side, not {width} x {height}")
    luminance, yellow_blue, red_green = _planes(width, height, rgb)
    columns, rows = _luminance_waves(width, height)
    light = _channel(luminance, max(FEWEST_LUMINANCE_WAVES, columns), max(FEWEST_LUMINANCE_WAVES, rows))
    warmth = _channel(yellow_blue, COLOUR_WAVES, COLOUR_WAVES)
    hue = _channel(red_green, COLOUR_WAVES, COLOUR_WAVES)
    is_landscape = width > height
    header = _colour_header(light, warmth, hue)
    shape = _shape_header(rows if is_landscape else columns, is_landscape, warmth, hue)
    return header + shape + _nibbles([*light.waves, *warmth.waves, *hue.waves])


def average_colour(digest: bytes) -> tuple[int, int, int]:
    """Read the mean red, green and blue (0..255) from the first three bytes of a hash."""
    header = int.from_bytes(digest[:3], "little")
    light = (header & 63) / 63
    warmth = (header >> 6 & 63) / 31.5 - 1
    hue = (header >> 12 & 63) / 31.5 - 1
    blue = light - 2 / 3 * warmth
    red = (3 * light - blue + hue) / 2
    return _byte(red), _byte(red - hue), _byte(blue)


def draw(digest: bytes, width: int, height: int) -> bytes:
    """Return the picture of an opaque hash in this size, three bytes for each pixel.

    Raises:
        ValueError: the bytes are not a complete hash.
    """
    if len(digest) < HEADER_BYTES:
        raise ValueError("a thumbhash has at least five bytes")
    steps = _read_nibbles(digest[HEADER_BYTES:])
    planes = [_values(channel, shape, (width, height)) for channel, shape in _read_channels(digest, steps)]
    return b"".join(_rgb(*pixel) for pixel in zip(*planes, strict=True))


def _read_channels(digest: bytes, steps: Iterator[float]) -> Iterator[tuple[_Channel, tuple[int, int]]]:
    """Yield each channel with its number of waves across and down. Raises ValueError if some are missing."""
    colours, shape = int.from_bytes(digest[:3], "little"), int.from_bytes(digest[3:5], "little")
    sides = (MOST_LUMINANCE_WAVES, max(FEWEST_LUMINANCE_WAVES, shape & 7))
    of_light = sides if shape >> 15 else (sides[1], sides[0])
    of_colour = (COLOUR_WAVES, COLOUR_WAVES)
    for mean, scale, waves in (
        ((colours & 63) / 63, (colours >> 18 & 31) / 31, of_light),
        ((colours >> 6 & 63) / 31.5 - 1, SATURATION * (shape >> 3 & 63) / 63, of_colour),
        ((colours >> 12 & 63) / 31.5 - 1, SATURATION * (shape >> 9 & 63) / 63, of_colour),
    ):
        amplitudes = [*islice(steps, len(_places(*waves)))]
        if len(amplitudes) < len(_places(*waves)):
            raise ValueError("the thumbhash is cut off")
        yield _Channel(mean, scale, amplitudes), waves


def _read_nibbles(packed: bytes) -> Iterator[float]:
    """Yield each amplitude as -1..1, the low half of each byte first."""
    return (half / 7.5 - 1 for byte in packed for half in (byte & 15, byte >> 4))


@cache
def _places(columns: int, rows: int) -> tuple[tuple[int, int], ...]:
    """Return column and row of each wave in the order of the format, without the mean."""
    return tuple(
        (column, row)
        for row in range(rows)
        for column in range(columns)
        if (column or row) and column * rows < columns * (rows - row)
    )


def _values(channel: _Channel, waves: tuple[int, int], size: tuple[int, int]) -> Iterator[float]:
    """Yield the value of each pixel, row by row: the mean plus all waves."""
    (columns, rows), (width, height) = waves, size
    across, down = _cosines(columns, width), _cosines(rows, height)
    terms = [
        (2 * amplitude * channel.scale, across[column], down[row])
        for amplitude, (column, row) in zip(channel.waves, _places(columns, rows), strict=True)
    ]
    for y in range(height):
        for x in range(width):
            yield channel.mean + sum(amplitude * column[x] * row[y] for amplitude, column, row in terms)


def _rgb(light: float, warmth: float, hue: float) -> bytes:
    blue = light - 2 / 3 * warmth
    red = (3 * light - blue + hue) / 2
    return bytes((_byte(red), _byte(red - hue), _byte(blue)))


def _byte(share: float) -> int:
    return _rounded(255 * min(1.0, max(0.0, share)))


def _planes(width: int, height: int, rgb: bytes) -> tuple[Plane, Plane, Plane]:
    """Split the pixels into luminance, yellow against blue, and red against green."""
    reds, greens, blues = ([value / 255 for value in rgb[at::3]] for at in range(3))
    pixels = list(zip(reds, greens, blues, strict=True))
    return (
        _by_row(width, height, [(r + g + b) / 3 for r, g, b in pixels]),
        _by_row(width, height, [(r + g) / 2 - b for r, g, b in pixels]),
        _by_row(width, height, [r - g for r, g, b in pixels]),
    )


def _by_row(width: int, height: int, values: list[float]) -> Plane:
    return [values[row * width : (row + 1) * width] for row in range(height)]


def _luminance_waves(width: int, height: int) -> tuple[int, int]:
    """Return how many waves fit across and down: seven along the longer side, fewer along the other."""
    longer = max(width, height)
    return (
        max(1, _rounded(MOST_LUMINANCE_WAVES * width / longer)),
        max(1, _rounded(MOST_LUMINANCE_WAVES * height / longer)),
    )


def _channel(plane: Plane, columns: int, rows: int) -> _Channel:
    """Transform across, then down: the same sums as all at once, in a fraction of the steps."""
    height, width = len(plane), len(plane[0])
    across = [[_dot(wave, row) for row in plane] for wave in _cosines(columns, width)]
    down = _cosines(rows, height)
    mean, *waves = (
        _dot(down[row], across[column]) / (width * height)
        for row in range(rows)
        for column in range(columns)
        if column * rows < columns * (rows - row)
    )
    scale = max((abs(wave) for wave in waves), default=0.0)
    return _Channel(mean, scale, [0.5 + 0.5 * wave / scale if scale else 0.0 for wave in waves])


def _cosines(count: int, length: int) -> list[list[float]]:
    return [[math.cos(math.pi / length * wave * (at + 0.5)) for at in range(length)] for wave in range(count)]


def _dot(left: Iterable[float], right: Iterable[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


def _colour_header(light: _Channel, warmth: _Channel, hue: _Channel) -> bytes:
    """Pack the average colour and the contrast into 24 bits; the top one says: no transparency."""
    return (
        _rounded(63 * light.mean)
        | _rounded(31.5 + 31.5 * warmth.mean) << 6
        | _rounded(31.5 + 31.5 * hue.mean) << 12
        | _rounded(31 * light.scale) << 18
    ).to_bytes(3, "little")


def _shape_header(shorter_waves: int, is_landscape: bool, warmth: _Channel, hue: _Channel) -> bytes:
    return (
        shorter_waves
        | _rounded(63 * warmth.scale) << 3
        | _rounded(63 * hue.scale) << 9
        | int(is_landscape) << 15
    ).to_bytes(2, "little")


def _nibbles(waves: list[float]) -> bytes:
    """Pack each amplitude into four bits, the first of a pair in the low half."""
    steps = [_rounded(15 * wave) for wave in waves]
    pairs = zip(steps[::2], [*steps[1::2], 0] if len(steps) % 2 else steps[1::2], strict=True)
    return bytes(low | high << 4 for low, high in pairs)


def _rounded(value: float) -> int:
    """Round halves up, as the format's first implementation does."""
    return math.floor(value + 0.5)
