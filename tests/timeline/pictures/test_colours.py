"""Colours come out as they were meant, whatever the file keeps them in."""

import io

import pytest
from PIL import Image

from tests import colour_profiles, pictures
from tests.colour_profiles import ADOBE_RGB, DISPLAY_P3, INKS, Colour, Matrix
from timeline.pictures.renderer import render, render_as_webp

NEAR = 6
"""Of 255: what JPEG at its finest and a colour engine's rounding take."""

SPACES = {"Display P3": DISPLAY_P3, "Adobe RGB": ADOBE_RGB}
SAMPLES: list[Colour] = [(180, 90, 60), (60, 140, 90), (70, 80, 170), (200, 200, 200), (30, 20, 25)]
BEYOND: list[Colour] = [(255, 0, 0), (0, 255, 0)]
"""More vivid than anything sRGB has."""


def shown(image: bytes) -> Colour:
    """The colour in the middle of the largest rendition."""
    return pixel(render(image).images[0].content)


def pixel(content: bytes) -> Colour:
    with Image.open(io.BytesIO(content)) as picture:
        found = picture.convert("RGB").getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


def near(colour: Colour, by: int = NEAR) -> object:
    return pytest.approx(colour, abs=by)


def flat(colour: Colour | tuple[int, ...], mode: str, kind: str, **options: object) -> bytes:
    return pictures.encoded(Image.new(mode, (64, 48), colour), kind, **options)


@pytest.mark.parametrize("space", SPACES.values(), ids=SPACES.keys())
@pytest.mark.parametrize("colour", SAMPLES + BEYOND)
@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("JPEG", {"quality": 98, "subsampling": 0})])
def test_wide_gamut_colours_are_brought_to_srgb(
    kind: str, options: dict[str, object], colour: Colour, space: Matrix
) -> None:
    image = flat(colour, "RGB", kind, icc_profile=colour_profiles.an_rgb_profile(space), **options)

    assert shown(image) == near(colour_profiles.in_srgb(colour, space))


@pytest.mark.parametrize(("mode", "colour"), [("L", (55,)), ("LA", (55, 255)), ("LA", (55, 128))])
def test_greys_of_a_profile_are_brought_to_srgb_with_and_without_alpha(
    mode: str, colour: tuple[int, ...]
) -> None:
    image = flat(colour, mode, "PNG", icc_profile=colour_profiles.a_grey_profile(1.0))
    opaque, alpha = 128, colour[-1] / 255 if mode == "LA" else 1

    assert shown(image) == near((round(opaque * alpha + 255 * (1 - alpha)),) * 3)


@pytest.mark.parametrize("colour", SAMPLES)
def test_a_wide_gamut_webp_is_brought_to_srgb(colour: Colour) -> None:
    profile = colour_profiles.an_rgb_profile(DISPLAY_P3)
    image = flat(colour, "RGB", "WEBP", lossless=True, icc_profile=profile)

    assert shown(image) == near(colour_profiles.in_srgb(colour, DISPLAY_P3))


def test_who_ignored_the_profile_would_be_seen() -> None:
    assert colour_profiles.in_srgb((180, 90, 60), DISPLAY_P3) != near((180, 90, 60), 8)
    assert colour_profiles.in_srgb((180, 90, 60), ADOBE_RGB) != near((180, 90, 60), 8)


def test_transparency_and_a_wide_gamut_go_together() -> None:
    profile = colour_profiles.an_rgb_profile(DISPLAY_P3)
    image = flat((180, 90, 60, 255), "RGBA", "PNG", icc_profile=profile)

    assert shown(image) == near(colour_profiles.in_srgb((180, 90, 60), DISPLAY_P3))


@pytest.mark.parametrize(
    ("colour", "ink"), [((255, 0, 0, 0), "c"), ((0, 255, 0, 0), "m"), ((0, 0, 255, 0), "y")]
)
def test_inks_look_as_their_profile_says(colour: tuple[int, ...], ink: str) -> None:
    image = flat(colour, "CMYK", "JPEG", quality=98, icc_profile=colour_profiles.a_cmyk_profile())

    assert shown(image) == near(colour_profiles.lab_in_srgb(INKS[ink]), 8)


@pytest.mark.parametrize(
    ("inks", "colour"),
    [
        ((255, 0, 0, 0), (0, 255, 255)),
        ((0, 255, 0, 0), (255, 0, 255)),
        ((0, 0, 255, 0), (255, 255, 0)),
        ((0, 0, 0, 255), (0, 0, 0)),
        ((0, 0, 0, 0), (255, 255, 255)),
    ],
)
def test_inks_without_a_profile_are_not_inverted(inks: tuple[int, ...], colour: Colour) -> None:
    assert shown(flat(inks, "CMYK", "JPEG", quality=98)) == near(colour, 6)


def test_sixteen_bits_of_each_colour_are_scaled_not_clipped() -> None:
    image = pictures.a_deep_colour_png((0x8000, 0x2000, 0xF000))

    assert shown(image) == near((128, 32, 240))


def test_sixteen_bits_with_transparency_lie_on_white() -> None:
    half = pictures.a_deep_colour_png((0x8000, 0x2000, 0xF000, 0x8000))

    assert shown(half) == near((191, 143, 247))


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_the_colours_of_a_palette_are_those_in_it(kind: str) -> None:
    picture = Image.new("P", (64, 48), 7)
    picture.putpalette([0] * 21 + [200, 30, 90])

    assert shown(pictures.encoded(picture, kind)) == near((200, 30, 90))


def test_a_gif_is_its_first_frame() -> None:
    frames = [Image.new("RGB", (64, 48), colour) for colour in ((200, 30, 90), (0, 255, 0), (0, 0, 255))]
    image = pictures.encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

    assert shown(image) == near((200, 30, 90))


def test_webp_shows_the_same_colours() -> None:
    noisy = pictures.a_noisy_jpeg(400, 300)
    jpeg, webp = (output(noisy).images[0].content for output in (render, render_as_webp))

    assert pixel(webp) == near(pixel(jpeg), 24)


@pytest.mark.parametrize("space", SPACES.values(), ids=SPACES.keys())
def test_no_profile_is_handed_on(space: Matrix) -> None:
    image = flat((180, 90, 60), "RGB", "PNG", icc_profile=colour_profiles.an_rgb_profile(space))

    made = [*render(image).images, *render_as_webp(image).images]

    assert not any(Image.open(io.BytesIO(each.content)).info.get("icc_profile") for each in made)
