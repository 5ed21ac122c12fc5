"""HEIC and AVIF are read like every other format, in the sandbox as well."""

import io

import pytest
from PIL import Image

from tests import pictures
from tests.journeys.differential.heif_faults import with_aperture
from timeline.pictures.decoder_sandbox import DecoderSandbox
from timeline.pictures.header import inspect_header
from timeline.pictures.renderer import render

BOTH = {"heic": pictures.a_heic(640, 480), "avif": pictures.an_avif(640, 480)}


@pytest.mark.parametrize("kind", BOTH)
def test_its_header_is_read_without_decoding(kind: str) -> None:
    header = inspect_header(BOTH[kind])

    assert (header.width, header.height, header.content_type) == (640, 480, f"image/{kind}")


@pytest.mark.parametrize("kind", BOTH)
def test_it_is_rendered_in_the_sandbox(kind: str) -> None:
    sandbox = DecoderSandbox()

    made = sandbox.render(BOTH[kind])

    sandbox.close()
    largest = max(made.images, key=lambda each: each.width)
    assert (made.width, made.height, largest.width) == (640, 480, 640)
    with Image.open(io.BytesIO(largest.content)) as picture:
        assert picture.getpixel((0, 0)) == pytest.approx((230, 20, 20), abs=12)


def test_a_turned_heic_ends_upright() -> None:
    scene = pictures.a_picture(64, 48)
    scene.info["exif"] = pictures.an_exif(6)
    turned = pictures.as_heic(scene)
    angle = turned.index(b"irot") + 4

    headers = [inspect_header(turned[:angle] + bytes([turns]) + turned[angle + 1 :]) for turns in range(4)]

    assert [(each.width, each.height) for each in headers] == [(48, 64), (64, 48)] * 2
    assert (render(turned).width, render(turned).height) == (headers[3].width, headers[3].height)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_avif_ends_upright(orientation: int) -> None:
    image = pictures.an_avif(64, 48, exif=pictures.an_exif(orientation))

    header, made = inspect_header(image), render(image)

    assert (header.width, header.height) == (made.width, made.height)
    assert (made.width < made.height) == (orientation >= 5)


@pytest.mark.parametrize(
    ("aperture", "size"),
    [
        ((63, 1, 47, 1, -1, 2, -1, 2), (63, 47)),
        ((32, 1, 24, 1, -16, 1, -12, 1), (32, 24)),
        ((32, 1, 24, 1, 0, 1, 0, 1), (64, 48)),
        ((65, 1, 48, 1, 1, 2, 0, 1), (64, 48)),
        ((32, 0, 24, 0, -16, 0, -12, 0), (64, 48)),
    ],
)
def test_an_avif_is_cropped_at_its_end_as_in_browsers(
    aperture: tuple[int, ...], size: tuple[int, int]
) -> None:
    image = with_aperture(pictures.an_avif(64, 48), *aperture)

    header, made = inspect_header(image), render(image)

    assert (header.width, header.height) == (made.width, made.height) == size
    assert (made.images[0].width, made.images[0].height) == size
