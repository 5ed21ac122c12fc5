"""The placeholder: the bytes of the format, and the colour read back from them."""

import pytest
from PIL import Image

from tests.pictures import a_picture
from timeline.pictures.thumbhash import average_colour, thumbhash


def _pattern(width: int, height: int) -> bytes:
    """No symmetry: amplitudes of a symmetric picture lie so close to a step that rounding is chance."""
    return bytes(
        (x * x * 7 + y * y * 3 + x * y * 5 + c * 40 + (x * 31 + y * 17 + c * 11) % 29) % 256
        for y in range(height)
        for x in range(width)
        for c in range(3)
    )


def _hash(picture: Image.Image) -> bytes:
    return thumbhash(picture.width, picture.height, picture.tobytes())


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((32, 24), "dff7010d820b1d3b391c4a698534475a2f1655f154"),
        ((24, 32), "dff7010d02625b830685767634037a3a7a6730c0e1"),
        ((17, 5), "9ff7052286422130646424970667087128"),
        ((100, 3), "df07020982b6414419107b342489cf9084"),
    ],
)
def test_the_bytes_are_those_of_other_implementations(size: tuple[int, int], expected: str) -> None:
    assert thumbhash(*size, _pattern(*size)).hex() == expected


@pytest.mark.parametrize("size", [(1, 1), (1, 100), (100, 1), (32, 32), (100, 100)])
def test_a_hash_is_at_most_25_bytes(size: tuple[int, int]) -> None:
    assert len(_hash(a_picture(*size))) <= 25


@pytest.mark.parametrize(
    "colour", [(0, 0, 0), (255, 255, 255), (200, 40, 40), (20, 130, 210), (127, 127, 127)]
)
def test_the_first_bytes_tell_the_average_colour(colour: tuple[int, int, int]) -> None:
    digest = _hash(Image.new("RGB", (20, 30), colour))

    assert average_colour(digest) == pytest.approx(colour, abs=9)


@pytest.mark.parametrize("size", [(101, 10), (10, 101), (0, 5)])
def test_more_than_100_pixels_a_side_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        thumbhash(*size, b"")
