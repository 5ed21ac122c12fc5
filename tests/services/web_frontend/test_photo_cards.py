"""View models of photos."""

import base64
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from timeline.photos.model import Photo, Rendition
from timeline.pictures.thumbhash import thumbhash
from timeline.streams.pages import Page
from web_frontend.formatting import format_age
from web_frontend.photo_cards import (
    NARROWEST,
    NO_COLOUR,
    PHONE_VW,
    SAVING_VW,
    STEP,
    WIDEST,
    CardPage,
    PhotoCard,
    Reader,
    colour_of,
)
from web_frontend.static_files import FOLDER

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def a_photo(**given: Any) -> Photo:
    usual = {
        "id": "0v-ana",
        "user": "ana",
        "caption": "",
        "created": NOW,
        "status": "ready",
        "width": 3000,
        "height": 2000,
        "content_type": "image/jpeg",
    }
    return Photo(**usual | given)


def a_rendition(name: str, width: int) -> Rendition:
    return Rendition(name=name, width=width, height=width, type="image/jpeg", digest="abc")


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(3000, 2000, "r150"), (4032, 3024, "r135"), (100, 100, "r100"), (1, 60_000, "r50"), (60_000, 1, "r300")],
)
def test_a_box_has_the_aspect_ratio_of_its_photo_within_bounds(
    width: int, height: int, expected: str
) -> None:
    assert PhotoCard.of(a_photo(width=width, height=height)).ratio_class == expected


def test_the_style_sheet_has_every_ratio() -> None:
    known = dict(re.findall(r"\.r(\d+)\{--ratio:([\d.]+)\}", (FOLDER / "photos.css").read_text()))

    assert {int(name) for name in known} == set(range(NARROWEST, WIDEST + 1, STEP))
    assert all(float(ratio) == int(name) / 100 for name, ratio in known.items())


def test_a_browser_may_choose_among_all_sizes() -> None:
    card = PhotoCard.of(a_photo(renditions=(a_rendition("large", 1280), a_rendition("thumb", 160))))

    assert card.srcset == "/image/0v-ana/thumb-abc.jpg 160w, /image/0v-ana/large-abc.jpg 1280w"


def test_webp_is_a_separate_source() -> None:
    webp = replace(a_rendition("large", 1280), type="image/webp")
    card = PhotoCard.of(a_photo(renditions=(a_rendition("large", 1280), webp)))

    assert card.srcset == "/image/0v-ana/large-abc.jpg 1280w"
    assert card.webp_srcset == "/image/0v-ana/large-abc.webp 1280w"


def test_a_cropped_panorama_asks_for_the_width_of_the_whole_picture() -> None:
    card = PhotoCard.of(a_photo(width=10_000, height=1_000))

    assert card.grid_sizes.startswith("(max-width: 40rem) 333vw, ")


def test_a_photo_is_as_wide_as_its_row_in_windows_of_both_kinds() -> None:
    """The rows of photos.css are 15rem high, in windows of 90rem 18rem, and stretched by 15 % on average."""
    card = PhotoCard.of(a_photo(width=2_000, height=1_000))

    assert card.grid_sizes.endswith(", (min-width: 90rem) 41.4rem, 34.5rem")


@pytest.mark.parametrize(("width", "height"), [(4000, 3000), (1000, 10_000)])
def test_a_dense_phone_is_told_a_little_less_than_the_width(width: int, height: int) -> None:
    sizes = PhotoCard.of(a_photo(width=width, height=height)).grid_sizes.split(", ")

    assert sizes[0] == f"(max-width: 40rem) and (min-resolution: 1.5dppx) {SAVING_VW}vw"
    assert sizes[1] == f"(max-width: 40rem) {PHONE_VW}vw"


def test_the_page_of_a_photo_asks_for_no_more_than_its_height_allows() -> None:
    sizes = PhotoCard.of(a_photo(width=1_000, height=1_000)).page_sizes

    assert sizes.endswith(", min(100vw, 120rem, 80vh)")


def test_a_tall_screenshot_is_as_wide_as_text_on_its_page() -> None:
    assert PhotoCard.of(a_photo(width=1_000, height=6_000)).page_sizes == "min(100vw, 40rem)"


def test_the_placeholder_is_a_blurred_picture() -> None:
    picture = Image.new("RGB", (32, 16), (10, 20, 30))
    picture.paste((230, 210, 190), (0, 0, 16, 16))
    digest = base64.b64encode(thumbhash(32, 16, picture.tobytes())).decode()

    blur = PhotoCard.of(a_photo(placeholder=digest, width=4000, height=2000)).blur or ""

    drawn = Image.open(io.BytesIO(base64.b64decode(blur.removeprefix("data:image/png;base64,"))))
    left, right = drawn.convert("L").getpixel((0, 2)), drawn.convert("L").getpixel((7, 2))
    assert drawn.size == (8, 4)
    assert isinstance(left, int)
    assert isinstance(right, int)
    assert left - right > 120


@pytest.mark.parametrize("placeholder", [None, "", "not base64!", "AAAA", "////////"])
def test_an_unreadable_placeholder_has_no_picture(placeholder: str | None) -> None:
    assert PhotoCard.of(a_photo(placeholder=placeholder)).blur is None


def test_the_first_photo_of_each_day_is_marked_in_the_time_zone_of_the_reader() -> None:
    photos = tuple(a_photo(id=f"{hour}-ana", created=NOW - timedelta(hours=hour)) for hour in (0, 5, 11, 14))
    page = Page(photos, None)

    assert CardPage.of(page).first_of_days == {"0-ana", "14-ana"}
    assert CardPage.of(page, Reader(zone=ZoneInfo("Asia/Tokyo"))).first_of_days == {"0-ana"}
    assert CardPage.of(page, Reader(zone=ZoneInfo("America/Los_Angeles"))).first_of_days == {"0-ana", "5-ana"}


def test_a_card_has_the_display_name() -> None:
    assert PhotoCard.of(a_photo(), names={"ana": "Ana Sousa"}).name == "Ana Sousa"
    assert PhotoCard.of(a_photo()).name == "ana"


def test_the_caption_is_the_alternative_text() -> None:
    assert PhotoCard.of(a_photo(caption="sea")).alt == "sea"
    assert PhotoCard.of(a_photo()).alt == "A photo by ana"


def test_the_placeholder_has_the_average_colour() -> None:
    digest = thumbhash(8, 8, Image.new("RGB", (8, 8), (200, 100, 50)).tobytes())

    red, green, blue = bytes.fromhex(colour_of(base64.b64encode(digest).decode())[1:])

    assert abs(red - 200) < 8
    assert abs(green - 100) < 8
    assert abs(blue - 50) < 8


@pytest.mark.parametrize("placeholder", [None, "", "not base64!"])
def test_without_a_placeholder_a_box_is_grey(placeholder: str | None) -> None:
    assert colour_of(placeholder) == NO_COLOUR


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=7), "13 Nov 2026"),
    ],
)
def test_ages_are_formatted_briefly(age: timedelta, words: str) -> None:
    assert format_age(NOW - age, NOW) == words
