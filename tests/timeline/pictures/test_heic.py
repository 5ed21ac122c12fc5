"""HEIC, where the optional codec is installed: `pip install pillow-heif`."""

import io

import pytest
from PIL import Image

from tests import pictures, talkative_pictures
from timeline.errors import ImageBroken, ImageUnsupported
from timeline.pictures.darkroom import develop, develop_as_webp
from timeline.pictures.header import inspect_header
from timeline.pictures.lab import Lab

pillow_heif = pytest.importorskip("pillow_heif")


def a_heic(width: int = 640, height: int = 480, orientation: int = 1) -> bytes:
    out = io.BytesIO()
    file = pillow_heif.from_pillow(pictures.a_picture(width, height))
    file.save(out, quality=95, exif=pictures.an_exif(orientation))
    return out.getvalue()


def corner(image: bytes) -> object:
    with Image.open(io.BytesIO(develop(image).prints[0].content)) as picture:
        return picture.getpixel((0, 0))


def test_its_header_is_read_without_decoding() -> None:
    picture = inspect_header(a_heic())

    assert (picture.format, picture.width, picture.height) == ("HEIF", 640, 480)
    assert picture.content_type == "image/heic"


def test_it_is_developed_like_any_other_also_in_the_lab() -> None:
    lab = Lab()

    made = lab.develop(a_heic())

    lab.close()
    assert next((each.name, each.width, each.height) for each in made.prints) == ("large", 640, 480)
    assert corner(a_heic()) == pytest.approx((230, 20, 20), abs=12)


def test_a_turned_one_ends_upright_with_its_sides_as_seen() -> None:
    """The codec turns it by itself, and says so by an orientation of 1."""
    turned = a_heic(orientation=6)

    picture, made = inspect_header(turned), develop(turned)

    assert (picture.width, picture.height) == (made.width, made.height)
    assert made.prints[0].width == min(made.width, 1280)


def test_nothing_but_pixels_is_left() -> None:
    image = talkative_pictures.a_heic()

    made = [*develop(image).prints, *develop_as_webp(image).prints]

    assert talkative_pictures.SECRET in image
    assert not any(talkative_pictures.SECRET in each.content for each in made)


@pytest.mark.parametrize("kept", [0.02, 0.2, 0.5, 0.9, 0.999])
def test_a_cut_one_is_refused_at_once(kept: float) -> None:
    with pytest.raises((ImageBroken, ImageUnsupported)):
        inspect_header(pictures.truncated(a_heic(), kept))
