"""The header check of images, before any pixel is decoded."""

import zlib

import pytest

from tests import pictures as made
from timeline.errors import ImageBroken, ImageTooManyPixels, ImageUnsupported
from timeline.pictures.formats.gif import MAX_BLOCKS
from timeline.pictures.formats.layout import MAX_PARTS
from timeline.pictures.header import ImageHeader, inspect_header
from timeline.pictures.ranged_content import RangedContent


def a_plain_gif() -> bytes:
    """Its palette belongs to its only frame, so that blocks may stand right behind the first 13 bytes."""
    size = b"\x40\0\x30\0"
    return b"GIF89a" + size + b"\0\0\0," + bytes(4) + size + b"\x80" + bytes(6) + b"\x02\x02D\x01\0;"


WHOLE = {
    "jpeg": (made.a_jpeg(), "JPEG", "image/jpeg"),
    "progressive jpeg": (made.a_jpeg(320, 240, progressive=True), "JPEG", "image/jpeg"),
    "jpeg with thumbnail, comment and more behind it": (made.a_jpeg_with_metadata(), "JPEG", "image/jpeg"),
    "mpo": (made.an_mpo(), "JPEG", "image/jpeg"),
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
    "gif": made.a_gif(320, 240, frames=1),
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

    assert inspect_header(content) == ImageHeader("JPEG", 64, 48, "image/jpeg")


def test_pixels_are_counted_from_the_header() -> None:
    with pytest.raises(ImageTooManyPixels):
        inspect_header(made.a_png_header_only(10_000, 6_000))


@pytest.mark.parametrize("content", [made.a_text_named_jpg(), made.a_bmp(), made.an_svg(), b"\0" * 100])
def test_what_is_no_picture_of_ours_is_unsupported(content: bytes) -> None:
    with pytest.raises(ImageUnsupported):
        inspect_header(content)


def test_fifty_megapixels_pass() -> None:
    assert inspect_header(made.a_bomb_png(10_000, 5_000)).width == 10_000


def behind(place: int, content: bytes, more: bytes) -> bytes:
    return content[:place] + more + content[place:]


A_CHUNK = b"\0\0\0\3tEXtk\0v" + zlib.crc32(b"tEXtk\0v").to_bytes(4, "big")
MANY_PIECES = {
    "fill bytes": behind(2, made.a_jpeg(), b"\xff" * 2 * MAX_PARTS),
    "segments": behind(2, made.a_jpeg(), b"\xff\xfe\x00\x03x" * MAX_PARTS),
    "chunks": behind(33, made.a_png(), A_CHUNK * MAX_PARTS),
    "comments": behind(13, a_plain_gif(), b"!\xfe\x01x\0" * MAX_BLOCKS),
    "frames of nothing": a_plain_gif()[:-1] + b"!\xfe" + b"\x01x" * MAX_BLOCKS + b"\0;",
}


@pytest.mark.parametrize("content", MANY_PIECES.values(), ids=MANY_PIECES.keys())
def test_more_pieces_than_any_picture_has_are_not_gone_through(content: bytes) -> None:
    with pytest.raises(ImageBroken):
        inspect_header(content)
    with pytest.raises(ImageBroken):
        inspect_header(RangedContent(lambda first, last: content[first : last + 1], len(content)))


def test_a_camera_may_write_two_hundred_segments() -> None:
    block = b"\xff\xe1\xff\xff" + bytes(0xFFFF - 2)

    assert inspect_header(behind(2, made.a_jpeg(), block * 200)).width == 64
