"""What the header of a picture tells, before any pixel is decoded."""

import pytest

from tests import pictures as made
from timeline.errors import ImageBroken, ImageTooManyPixels, ImageUnsupported
from timeline.pictures.header import Picture, inspect_header

WHOLE = {
    "jpeg": (made.a_jpeg(), "JPEG", "image/jpeg"),
    "progressive jpeg": (made.a_jpeg(320, 240, progressive=True), "JPEG", "image/jpeg"),
    "jpeg with thumbnail, comment and more behind it": (made.a_talkative_jpeg(), "JPEG", "image/jpeg"),
    "mpo": (made.an_mpo(), "MPO", "image/jpeg"),
    "cmyk": (made.a_cmyk_jpeg(), "JPEG", "image/jpeg"),
    "png": (made.a_png(), "PNG", "image/png"),
    "gif": (made.a_gif(frames=3), "GIF", "image/gif"),
    "webp": (made.a_webp(), "WEBP", "image/webp"),
    "lossless webp": (made.a_webp(lossless=True), "WEBP", "image/webp"),
}


@pytest.mark.parametrize("case", WHOLE.values(), ids=WHOLE.keys())
def test_a_whole_picture_is_taken(case: tuple[bytes, str, str]) -> None:
    content, kind, content_type = case

    picture = inspect_header(content)

    assert (picture.format, picture.content_type) == (kind, content_type)
    assert picture.width * 3 == picture.height * 4


@pytest.mark.parametrize("orientation", range(1, 9))
def test_sides_are_as_people_see_them(orientation: int) -> None:
    seen = inspect_header(made.a_jpeg(64, 48, orientation=orientation))

    assert (seen.width, seen.height) == ((48, 64) if orientation >= 5 else (64, 48))


CUT = {
    "jpeg": made.a_jpeg(320, 240),
    "progressive": made.a_jpeg(320, 240, progressive=True),
    "png": made.a_png(320, 240),
    "webp": made.a_webp(320, 240),
    "gif": made.a_gif(320, 240),
}


@pytest.mark.parametrize("content", CUT.values(), ids=CUT.keys())
def test_wherever_a_picture_is_cut_it_is_broken_or_unknown(content: bytes) -> None:
    for kept in range(1, len(content), max(1, len(content) // 60)):
        with pytest.raises((ImageBroken, ImageUnsupported)):
            inspect_header(content[:kept])


def test_bytes_behind_the_end_are_fine() -> None:
    for content in (made.a_jpeg(), made.a_png(), made.a_webp(), made.a_gif()):
        assert inspect_header(content + b"\0" * 4_000 + b"a film").width == 64


def test_an_exif_block_of_nonsense_does_not_matter() -> None:
    content = made.a_jpeg(exif=b"Exif\0\0" + b"\xff" * 60)

    assert inspect_header(content) == Picture("JPEG", 64, 48, "image/jpeg")


def test_pixels_are_counted_from_the_header() -> None:
    with pytest.raises(ImageTooManyPixels):
        inspect_header(made.a_png_header_only(10_000, 6_000))


@pytest.mark.parametrize("content", [made.a_text_named_jpg(), made.a_bmp(), made.an_svg(), b"\0" * 100])
def test_what_is_no_picture_of_ours_is_unsupported(content: bytes) -> None:
    with pytest.raises(ImageUnsupported):
        inspect_header(content)


def test_fifty_megapixels_pass() -> None:
    assert inspect_header(made.a_bomb_png(10_000, 5_000)).width == 10_000
