"""No public byte tells more than the picture: not where, not by whom, not with what."""

import io
import struct

import pytest
from PIL import Image

from tests import images_with_metadata
from tests.images_with_metadata import SECRET, words_in
from timeline.pictures.header import inspect_header
from timeline.pictures.rendered_photo import EncodedImage
from timeline.pictures.renderer import render, render_as_webp
from timeline.pictures.sizes import SIZES

ORIGINALS = images_with_metadata.all_of_them()
CHUNKS_OF_WEBP = {b"VP8 "}
SEGMENTS_OF_JPEG = {0xC0, 0xC4, 0xDA, 0xDB}
"""Frame, tables and scan; E1 would be EXIF or XMP, E2 a profile, ED IPTC, FE a comment."""


@pytest.fixture(params=ORIGINALS.values(), ids=ORIGINALS.keys())
def original(request: pytest.FixtureRequest) -> bytes:
    content: bytes = request.param
    return content


def test_the_originals_do_talk(original: bytes) -> None:
    assert words_in(original).count(SECRET) >= 2
    assert inspect_header(original).width == 320


def test_no_print_repeats_a_word_of_it(original: bytes) -> None:
    made = [*render(original).images, *render_as_webp(original).images]

    assert len(made) in (len(SIZES), 2 * len(SIZES))
    assert not [each.name for each in made if SECRET[:9] in words_in(each.content)]
    assert not [each.name for each in made if {"exif", "xmp", "comment", "icc_profile"} & told_by(each)]


def test_a_print_holds_pixels_and_nothing_behind_its_end(original: bytes) -> None:
    jpegs, webps = render(original).images, render_as_webp(original).images

    assert [segments(each.content) for each in jpegs] == [SEGMENTS_OF_JPEG] * len(SIZES)
    assert all(each.content.find(b"\xff\xd9") == len(each.content) - 2 for each in jpegs)
    assert all(chunks(each.content) <= CHUNKS_OF_WEBP for each in webps)


def test_the_placeholder_is_too_short_for_words(original: bytes) -> None:
    assert len(render(original).placeholder) <= 25


def told_by(made: EncodedImage) -> set[str]:
    with Image.open(io.BytesIO(made.content)) as picture:
        picture.load()
        assert not picture.getexif()
        return {str(key) for key in picture.info}


def segments(jpeg: bytes) -> set[int]:
    found: set[int] = set()
    at = 2
    while 0xDA not in found:
        found.add(jpeg[at + 1])
        at += 2 + struct.unpack_from(">H", jpeg, at + 2)[0]
    return found


def chunks(webp: bytes) -> set[bytes]:
    found, at = set(), 12
    assert struct.unpack_from("<I", webp, 4)[0] + 8 == len(webp)
    while at < len(webp):
        found.add(webp[at : at + 4])
        size = struct.unpack_from("<I", webp, at + 4)[0]
        at += 8 + size + size % 2
    return found
