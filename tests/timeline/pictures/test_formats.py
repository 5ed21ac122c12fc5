"""Files with faults that browsers tolerate are accepted by the header check, and decoded to the same size."""

import struct

import pytest

from tests import pictures
from tests.journeys.differential import gif_faults, heif_faults, jpeg_faults, png_faults, webp_faults
from tests.journeys.differential.samples import Sample
from timeline.errors import ImageBroken, ImageTooManyPixels, ImageUnsupported
from timeline.pictures.decoder import decode
from timeline.pictures.header import inspect_header

REFUSED = {
    "webp structure/RIFF length odd",
    "webp structure/RIFF length of zero",
    "webp structure/RIFF length too small",
    "webp structure/canvas larger than the pixels",
    "webp structure/canvas smaller than the pixels",
    "webp structure/short VP8X",
    "webp animation/still with the animation flag",
    "webp animation/without the animation flag",
}
"""Chromium refuses these, too."""
UNDECODABLE = {
    "gif structure/code size 9",
    *(f"avif turning/rotation {turns} with reserved bits" for turns in range(4)),
}
"""Whole in structure, but nothing can be decoded from them; Chromium shows nothing of them either."""
SAMPLES = {
    sample.title: sample
    for faults in (jpeg_faults, png_faults, gif_faults, webp_faults, heif_faults)
    for sample in faults.samples()
    if "larger than a rendition" not in sample.title
}


def outcome(sample: Sample) -> str:
    try:
        header = inspect_header(sample.content)
        decoded = decode(sample.content, 64)
    except (ImageBroken, ImageUnsupported, ImageTooManyPixels) as refusal:
        return refusal.code
    return "" if (header.width, header.height) == (decoded.width, decoded.height) else "sizes differ"


def test_every_fault_that_browsers_tolerate_is_tolerated() -> None:
    outcomes = {title: outcome(sample) for title, sample in SAMPLES.items()}

    assert len(outcomes) > 600
    assert {title: said for title, said in outcomes.items() if said} == dict.fromkeys(
        REFUSED | UNDECODABLE, "image_broken"
    )


WHOLE = {
    "jpeg": pictures.a_jpeg(320, 240),
    "png": pictures.a_png(320, 240),
    "webp": pictures.a_webp(320, 240),
    "gif": pictures.a_gif(320, 240, frames=1)[:-1],
    "heic": pictures.a_heic(320, 240),
    "avif": pictures.an_avif(320, 240),
}


@pytest.mark.parametrize("content", WHOLE.values(), ids=WHOLE.keys())
def test_a_file_that_lacks_its_last_byte_is_broken(content: bytes) -> None:
    with pytest.raises(ImageBroken):
        inspect_header(content[:-1])


def test_a_gif_without_a_trailer_is_whole() -> None:
    assert inspect_header(WHOLE["gif"]).width == 320


def test_a_first_frame_that_does_not_fit_enlarges_a_gif() -> None:
    half_outside = SAMPLES["gif frames/first frame half outside"].content

    header = inspect_header(half_outside)

    assert (header.width, header.height) == (106, 72)


def test_a_film_that_comes_as_png_shows_its_first_frame_not_its_default_image() -> None:
    decoded = decode(SAMPLES["png animation/a still before the film"].content, 96)

    assert decoded.pixels(2, 2) == [255, 255, 255]
    assert decoded.pixels(40, 30) == [250, 10, 10]


def test_an_image_of_another_codec_in_the_same_container_is_unsupported() -> None:
    content = pictures.an_avif().replace(b"av01", b"j2k1")

    with pytest.raises(ImageUnsupported):
        inspect_header(content)


def test_too_many_pixels_are_told_from_the_boxes() -> None:
    content = pictures.an_avif()
    size = content.index(b"ispe") + 8

    with pytest.raises(ImageTooManyPixels):
        inspect_header(content[:size] + struct.pack(">II", 10_000, 5_001) + content[size + 8 :])
