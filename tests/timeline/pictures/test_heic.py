"""HEIC, where the optional codec is installed: `pip install pillow-heif`."""

import io

import pytest
from PIL import Image

from tests import pictures, pictures_with_metadata
from timeline.errors import ImageBroken, ImageUnsupported
from timeline.pictures.decoder_sandbox import DecoderSandbox
from timeline.pictures.header import inspect_header
from timeline.pictures.renderer import render, render_as_webp

pillow_heif = pytest.importorskip("pillow_heif")


def a_heic(width: int = 640, height: int = 480, orientation: int = 1) -> bytes:
    out = io.BytesIO()
    file = pillow_heif.from_pillow(pictures.a_picture(width, height))
    file.save(out, quality=95, exif=pictures.an_exif(orientation))
    return out.getvalue()


def corner(image: bytes) -> object:
    with Image.open(io.BytesIO(render(image).images[0].content)) as picture:
        return picture.getpixel((0, 0))


def test_its_header_is_read_without_decoding() -> None:
    picture = inspect_header(a_heic())

    assert (picture.format, picture.width, picture.height) == ("HEIF", 640, 480)
    assert picture.content_type == "image/heic"


def test_it_is_developed_like_any_other_also_in_the_lab() -> None:
    sandbox = DecoderSandbox()

    made = sandbox.render(a_heic())

    sandbox.close()
    assert next((each.name, each.width, each.height) for each in made.images) == ("large", 640, 480)
    assert corner(a_heic()) == pytest.approx((230, 20, 20), abs=12)


def test_a_turned_one_ends_upright_with_its_sides_as_seen() -> None:
    """The codec turns it by itself, and says so by an orientation of 1."""
    turned = a_heic(orientation=6)

    picture, made = inspect_header(turned), render(turned)

    assert (picture.width, picture.height) == (made.width, made.height)
    assert made.images[0].width == min(made.width, 1280)


def test_nothing_but_pixels_is_left() -> None:
    image = pictures_with_metadata.a_heic()

    made = [*render(image).images, *render_as_webp(image).images]

    assert pictures_with_metadata.SECRET in image
    assert not any(pictures_with_metadata.SECRET in each.content for each in made)


@pytest.mark.parametrize("kept", [0.02, 0.2, 0.5, 0.9, 0.999])
def test_a_cut_one_is_refused_at_once(kept: float) -> None:
    with pytest.raises((ImageBroken, ImageUnsupported)):
        inspect_header(pictures.truncated(a_heic(), kept))
