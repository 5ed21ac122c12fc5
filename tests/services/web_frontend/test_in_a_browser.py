"""Read the website in a real browser: scrolling, polling, and no layout shifts."""

from collections.abc import Callable
from contextlib import closing, suppress

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser import CHROMIUM, Chromium
from tests.pictures import a_jpeg
from tests.services.web_frontend.chromium import LAYOUT_SHIFTS, HoldsTheRest, Open, opener, served
from tests.services.web_frontend.visitors import Person
from tests.waiting import eventually

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

MakeReady = Callable[[], None]
A_HUNDRED = 100
MOST_LOOKS = 200
PAINTED = "performance.getEntriesByType('paint').length > 0"


def test_new_photos_are_offered_with_a_button(open_window: Open, ana: Person, make_ready: MakeReady) -> None:
    seen = ana.posts()
    make_ready()
    window = open_window()
    window.page.clock.install()
    page = window.goes_to("/")
    for caption in ("one", "two", "three"):
        ana.posts(caption=caption)
    make_ready()

    page.clock.run_for(21_000)
    offer = page.get_by_role("status").get_by_role("button", name="3 new photos")
    expect(offer).to_be_visible()
    expect(page.locator(".photo")).to_have_count(1)
    offer.focus()
    page.keyboard.press("Enter")

    expect(page.locator(".photo .caption")).to_have_text(["three", "two", "one"])
    expect(page.locator(".photo").first.locator("a").first).to_be_focused()
    expect(page.locator(".photo").last).to_have_id(f"photo-{seen}")
    expect(offer).to_have_count(0)
    assert page.evaluate(LAYOUT_SHIFTS) == []
    assert window.complaints == []


def test_photos_of_others_are_offered_after_an_own_one_was_posted(
    open_window: Open, ana: Person, ben: Person, make_ready: MakeReady, files: list[str]
) -> None:
    ana.posts(caption="old")
    make_ready()
    window = open_window()
    window.page.clock.install()
    page = window.signs_in("ana")
    ben.posts(caption="of ben")
    page.click(".masthead a[data-opens-sheet]")
    page.set_input_files("#image", files[0])
    page.locator(".chosen input").fill("my own")
    page.click("dialog [type=submit]")
    expect(page.locator(".photo:not(.pending) .caption")).to_have_text(["my own", "old"])
    make_ready()

    page.clock.run_for(21_000)
    page.get_by_role("button", name="1 new photo").click()

    expect(page.locator(".photo .caption")).to_have_text(["my own", "of ben", "old"])


def test_polling_gets_304_without_new_photos(open_window: Open, ana: Person, make_ready: MakeReady) -> None:
    ana.posts()
    make_ready()
    window = open_window()
    window.page.clock.install()
    page = window.goes_to("/")
    answers: list[int] = []
    page.on("response", lambda answer: "/newest" in answer.url and answers.append(answer.status))

    for _ in range(MOST_LOOKS):
        page.clock.run_for(5_000)
        if len(answers) == 3:
            break

    assert answers == [200, 304, 304]


@pytest.mark.parametrize("path", ["/", "/photo/{}/"])
def test_the_image_covers_its_placeholder(
    open_window: Open, ana: Person, make_ready: MakeReady, path: str
) -> None:
    photo_id = ana.posts(image=a_jpeg(640, 480))
    make_ready()
    page = open_window().goes_to(path.format(photo_id))

    on_top = page.locator(".picture").evaluate(
        """(box) => {
            const {x, y, width, height} = box.getBoundingClientRect();
            return document.elementFromPoint(x + width / 2, y + height / 2).localName;
        }"""
    )

    assert on_top == "img"


@pytest.mark.parametrize("path", ["/", "/user/ana/", "/photo/{}/"])
def test_loading_images_cause_no_layout_shift(
    open_window: Open, ana: Person, make_ready: MakeReady, path: str
) -> None:
    for width in (60, 90, 40, 120):
        photo_id = ana.posts(image=a_jpeg(width, 60))
    make_ready()
    page = open_window().goes_to(path.format(photo_id))
    page.wait_for_load_state("networkidle")

    assert page.evaluate(LAYOUT_SHIFTS) == []


@pytest.mark.parametrize("path", ["/", "/user/ana/"])
def test_a_page_loading_in_parts_causes_no_layout_shift(
    app: Flask, chromium: Chromium, ana: Person, make_ready: MakeReady, path: str
) -> None:
    for width in (60, 90, 40, 120):
        ana.posts(image=a_jpeg(width, 60))
    make_ready()
    slow = HoldsTheRest(app)
    with served(slow) as address, closing(opener(chromium, address)()) as window:
        window.page.goto(f"{address}{path}", wait_until="commit")
        expect(window.page.locator(".photo")).to_have_count(2)
        with suppress(AssertionError):
            eventually(lambda: window.page.evaluate(PAINTED), within=0.5)
        slow.release()
        window.page.wait_for_load_state("networkidle")

        assert window.page.evaluate(LAYOUT_SHIFTS) == []
        assert window.page.locator(".photo").count() == 4
