"""Rendered photos: their sizes, colours and orientation, and that no metadata is left in them."""

import io
import struct
from pathlib import Path

import pytest
import yaml
from PIL import Image

from tests import pictures
from tests.pictures import a_jpeg, a_png, truncated
from timeline.errors import ImageBroken, ImageTooManyPixels, ImageUnsupported
from timeline.pictures import decoder, header
from timeline.pictures.formats.jpeg import count_scans
from timeline.pictures.header import MAX_PIXELS
from timeline.pictures.memory_limits import MEMORY_LIMIT, REST, SHORT_JOB_MEMORY_LIMIT
from timeline.pictures.rendered_photo import EncodedImage, RenderedPhoto
from timeline.pictures.renderer import render
from timeline.pictures.sizes import SIZES, fit

ROOT = Path(__file__).resolve().parents[3]
MEMORY_MB = {"B1": 384, "B2": 768, "B4": 1536, "F4": 1536, "B4_1G": 3072, "B8": 3072}
RED, GREEN, BLUE, WHITE, BLACK = (230, 20, 20), (20, 200, 20), (20, 20, 230), (240, 240, 240), (0, 0, 0)


def printed(photo: RenderedPhoto, name: str = "large") -> EncodedImage:
    return next(made for made in photo.images if made.name == name)


def opened(image: bytes, name: str = "large") -> Image.Image:
    return Image.open(io.BytesIO(printed(render(image), name).content))


def corners(picture: Image.Image) -> list[object]:
    """The colours at top left, top right, bottom left, bottom right."""
    right, bottom = picture.width - 1, picture.height - 1
    return [picture.getpixel(place) for place in ((0, 0), (right, 0), (0, bottom), (right, bottom))]


def near(colour: object) -> object:
    return pytest.approx(colour, abs=24)


def test_every_size_is_made_by_its_longest_side_largest_first() -> None:
    made = render(a_jpeg(4000, 3000)).images

    assert [(p.name, p.width, p.height) for p in made] == [
        (name, side, side * 3 // 4) for name, side in sorted(SIZES.items(), key=lambda size: -size[1])
    ]


def test_a_print_is_a_jpeg_of_the_size_it_says() -> None:
    made = printed(render(a_jpeg(2000, 1500)), "thumb")

    picture = Image.open(io.BytesIO(made.content))

    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (160, 120))


def test_a_small_picture_is_never_enlarged() -> None:
    made = render(a_jpeg(300, 200)).images

    assert {(p.width, p.height) for p in made if SIZES[p.name] >= 300} == {(300, 200)}
    assert {(p.width, p.height) for p in made if p.name == "thumb"} == {(160, 107)}


@pytest.mark.parametrize("size", [(3000, 2), (2, 3000), (1, 1), (1, 2000), (8000, 40)])
def test_extreme_shapes_keep_at_least_one_pixel_each_way(size: tuple[int, int]) -> None:
    made = render(a_png(*size))

    assert (made.width, made.height) == size
    assert all(1 <= p.width <= size[0] and 1 <= p.height <= size[1] for p in made.images)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_ends_upright(orientation: int) -> None:
    upright = pictures.a_picture(300, 200)
    undo = [None, 0, 3, 1, 5, 2, 6, 4][orientation - 1]
    stored = upright if undo is None else upright.transpose(Image.Transpose(undo))
    image = pictures.encoded(stored, "JPEG", exif=pictures.an_exif(orientation))

    made = render(image)

    assert (made.width, made.height) == (300, 200)
    assert corners(opened(image)) == [near(RED), near(GREEN), near(BLUE), near(WHITE)]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_orientation_counts_in_other_formats_too(kind: str) -> None:
    image = pictures.encoded(pictures.a_picture(300, 200), kind, exif=pictures.an_exif(6))

    made = render(image)

    assert (made.width, made.height) == (200, 300)
    assert corners(opened(image)) == [near(BLUE), near(RED), near(WHITE), near(GREEN)]


@pytest.mark.parametrize(
    "image",
    [
        pictures.a_jpeg(),
        pictures.a_jpeg(progressive=True),
        pictures.an_mpo(),
        pictures.a_png(),
        pictures.a_png(mode="P"),
        pictures.a_png(mode="RGBA"),
        pictures.a_gif(),
        pictures.a_webp(),
        pictures.a_webp(lossless=True),
        pictures.a_cmyk_jpeg(),
    ],
    ids=["jpeg", "progressive", "mpo", "png", "palette", "alpha", "gif", "webp", "lossless-webp", "cmyk"],
)
def test_every_accepted_kind_keeps_its_colours(image: bytes) -> None:
    assert corners(opened(image)) == [near(RED), near(GREEN), near(BLUE), near(WHITE)]


@pytest.mark.parametrize(
    "image", [pictures.a_grey_jpeg(), pictures.a_png(mode="L"), pictures.a_png(mode="LA")]
)
def test_grey_pictures_stay_grey(image: bytes) -> None:
    assert corners(opened(image))[0] == near((83, 83, 83))


def test_a_single_bit_per_pixel_is_averaged_not_picked() -> None:
    chequered = Image.new("1", (2560, 2560))
    chequered.putdata([(x + y) % 2 for y in range(2560) for x in range(2560)])

    picture = opened(pictures.encoded(chequered, "PNG"))

    assert picture.getpixel((640, 640)) == near((127, 127, 127))


@pytest.mark.parametrize(("value", "grey"), [(0x8000, 128), (300, 1), (0xFFFF, 255)])
def test_sixteen_bits_are_scaled_not_clipped(value: int, grey: int) -> None:
    assert opened(pictures.a_deep_png(value=value)).getpixel((9, 9)) == pytest.approx((grey,) * 3, abs=2)


@pytest.mark.parametrize(
    "image",
    [
        pictures.a_transparent_png("RGBA"),
        pictures.a_transparent_png("LA"),
        pictures.a_transparent_palette_png(),
        pictures.encoded(Image.new("RGB", (64, 48)), "PNG", transparency=(0, 0, 0)),
        pictures.encoded(Image.new("RGBA", (64, 48)), "WEBP", lossless=True),
        pictures.encoded(Image.new("P", (64, 48)), "GIF", transparency=0),
    ],
    ids=["rgba", "la", "palette", "colour-key", "webp", "gif"],
)
def test_what_is_transparent_turns_white(image: bytes) -> None:
    assert opened(image).getpixel((9, 9)) == near((255, 255, 255))


@pytest.mark.parametrize("size", [(4001, 3001), (5003, 7), (7, 5003)])
def test_a_large_transparent_picture_is_flattened_without_seams(size: tuple[int, int]) -> None:
    half = Image.new("RGBA", size, (0, 0, 0, 128))

    picture = opened(pictures.encoded(half, "PNG", compress_level=1))

    assert picture.size == fit(*size, SIZES["large"])
    assert all(abs(low - 127) <= 3 and abs(high - 127) <= 3 for low, high in picture.getextrema())


def test_colours_follow_the_embedded_profile() -> None:
    image = pictures.a_jpeg_with_profile((255, 0, 0), pictures.a_swapped_profile())

    assert opened(image).getpixel((9, 9)) == near((0, 255, 0))


@pytest.mark.parametrize("profile", [b"no profile at all", b"\x00" * 500], ids=["text", "zeros"])
def test_a_damaged_profile_counts_as_none(profile: bytes) -> None:
    assert opened(pictures.a_jpeg_with_profile((255, 0, 0), profile)).getpixel((9, 9)) == near((255, 0, 0))


def test_an_rgb_profile_on_a_grey_picture_counts_as_none() -> None:
    image = pictures.encoded(Image.new("L", (64, 48), 90), "JPEG", icc_profile=pictures.a_swapped_profile())

    assert opened(image).getpixel((9, 9)) == near((90, 90, 90))


def test_nothing_but_pixels_comes_out() -> None:
    image = pictures.a_jpeg_with_metadata()
    assert all(secret in image for secret in pictures.SECRETS)

    made = render(image).images

    assert not [secret for secret in pictures.SECRETS for p in made if secret in p.content]
    assert [sorted(markers(p.content)) for p in made] == [[0xC0, 0xC4, 0xDA, 0xDB]] * len(SIZES)


def markers(jpeg: bytes) -> set[int]:
    """The kinds of segment: E1 would be EXIF or XMP, E2 a profile, FE a comment."""
    found, at = set(), 2
    while 0xDA not in found:
        found.add(jpeg[at + 1])
        at += 2 + struct.unpack_from(">H", jpeg, at + 2)[0]
    return found


def test_equal_originals_give_equal_digests_and_others_do_not() -> None:
    digests = [printed(render(image)).digest for image in (a_jpeg(80), a_jpeg(80), a_jpeg(81))]

    assert digests[0] == digests[1] != digests[2]


def test_the_placeholder_takes_at_most_40_bytes() -> None:
    assert 5 < len(render(a_jpeg(2000, 1500)).placeholder) <= 40


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize(
    "image",
    [a_jpeg(400, 300), a_jpeg(400, 300, progressive=True), a_png(400, 300), pictures.a_webp(400, 300)],
    ids=["jpeg", "progressive", "png", "webp"],
)
def test_a_truncated_picture_is_broken(image: bytes, kept: float) -> None:
    with pytest.raises(ImageBroken):
        render(truncated(image, kept))


@pytest.mark.parametrize(
    "image",
    [b"", pictures.a_text_named_jpg(), pictures.a_bmp(), pictures.an_svg(), b"\xff\xd8\xff", b"GIF89a"],
    ids=["empty", "text", "bmp", "svg", "three bytes", "gif header"],
)
def test_what_is_no_accepted_picture_is_refused(image: bytes) -> None:
    with pytest.raises((ImageUnsupported, ImageBroken)):
        render(image)


@pytest.mark.parametrize("size", [(10_000, 6_000), (50_001, 1_000), (60_000, 60_000)])
def test_too_many_pixels_are_refused_by_the_header(size: tuple[int, int]) -> None:
    with pytest.raises(ImageTooManyPixels):
        render(pictures.a_png_header_only(*size))


def test_what_the_memory_of_an_instance_cannot_decode_is_refused_before_decoding() -> None:
    with pytest.raises(ImageTooManyPixels):
        decoder._refuse_too_large(header.WEBP, (9_000, 6_000))


def test_fifty_megapixels_of_every_format_fit_the_instance_class() -> None:
    config = yaml.safe_load((ROOT / "services" / "tasks-backend" / "app.yaml").read_text())

    assert max(decoder.PEAK_BYTES_PER_PIXEL.values()) * MAX_PIXELS <= MEMORY_LIMIT
    assert MEMORY_MB[config["instance_class"]] * 2**20 > MEMORY_LIMIT + SHORT_JOB_MEMORY_LIMIT + REST


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_the_largest_picture_may_have_the_scans_that_libjpeg_writes(mode: str) -> None:
    progressive = pictures.encoded(Image.new(mode, (64, 48)), "JPEG", progressive=True)

    assert 1 < count_scans(progressive) <= decoder.max_scans(mode)


def test_damage_anywhere_is_a_refusal_never_another_error() -> None:
    image = a_jpeg(200, 150)
    flipped = [image[:at] + bytes([image[at] ^ 0x55]) + image[at + 1 :] for at in range(0, len(image), 7)]

    for damaged in flipped:
        try:
            render(damaged)
        except (ImageBroken, ImageUnsupported, ImageTooManyPixels):
            continue
