"""The layout of the summary email in a browser: aligned edges, one column on phones, readable in the dark."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import CHROMIUM
from tests.timeline.digests.email_pages import LONG_WORD, IllustratedEmail, opened

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

BOXES = """selector => [...document.querySelectorAll(selector)].map((element) => {
    const {left, right, top, width, height} = element.getBoundingClientRect();
    return {left, right, top, width, height};
})"""
CONTRASTS = """() => {
    const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
    const linear = (value) => value <= 10 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    const weights = [0.2126, 0.7152, 0.0722];
    const luminance = (colour) => weights.reduce((sum, part, n) => sum + part * linear(colour[n]), 0);
    const behind = (element) => {
        const colour = rgb(getComputedStyle(element).backgroundColor);
        return colour[3] === 0 ? behind(element.parentElement) : colour;
    };
    const texts = [...document.querySelectorAll("p, h1, h2, a, .quiet, [dir=auto]")]
        .filter((element) => element.innerText.trim());
    return texts.map((element) => {
        const colours = [rgb(getComputedStyle(element).color), behind(element)];
        const [light, dark] = colours.map(luminance).sort((a, b) => b - a);
        return (light + 0.05) / (dark + 0.05);
    });
}"""


@pytest.fixture(scope="module")
def email() -> IllustratedEmail:
    return IllustratedEmail()


def boxes(page: Page, selector: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(BOXES, selector)
    return [{side: round(value) for side, value in box.items()} for box in found]


@pytest.mark.parametrize("width", [320, 375, 399, 400, 600, 1280])
@pytest.mark.parametrize("caption", ["", LONG_WORD])
def test_nothing_is_wider_than_the_window(browser: Browser, width: int, caption: str) -> None:
    with opened(browser, IllustratedEmail(caption), width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [400, 600])
def test_two_columns_have_the_same_edges_and_heights(
    browser: Browser, email: IllustratedEmail, width: int
) -> None:
    with opened(browser, email, width) as page:
        (large, *tiles) = boxes(page, "img")

    assert len({tile["left"] for tile in tiles}) == 2
    assert len({tile["right"] for tile in tiles}) == 2
    assert len({tile["height"] for tile in tiles}) == 1
    assert min(tile["left"] for tile in tiles) == large["left"]
    assert abs(max(tile["right"] for tile in tiles) - large["right"]) <= 1


@pytest.mark.parametrize("width", [320, 399])
def test_phones_show_one_column(browser: Browser, email: IllustratedEmail, width: int) -> None:
    with opened(browser, email, width) as page:
        pictures = boxes(page, "img")

    assert {(picture["left"], picture["right"]) for picture in pictures} == {(16, width - 16)}


def test_the_first_picture_is_large(browser: Browser, email: IllustratedEmail) -> None:
    with opened(browser, email, 600) as page:
        (large, *tiles) = boxes(page, "img")

    assert large["width"] > 2 * max(tile["width"] for tile in tiles)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_are_readable(browser: Browser, email: IllustratedEmail, scheme: str) -> None:
    with opened(browser, email, 600, scheme) as page:
        contrasts = page.evaluate(CONTRASTS)

    assert min(contrasts) >= 4.5


def test_the_dark_email_is_dark(browser: Browser, email: IllustratedEmail) -> None:
    with opened(browser, email, 600, "dark") as page:
        background = page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor")

    assert background == "rgb(27, 32, 35)"
