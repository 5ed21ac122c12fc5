"""Edit and delete photos in a real browser, with mouse and keyboard."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import CHROMIUM
from tests.services.web_frontend.chromium import Open
from tests.services.web_frontend.visitors import Person

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

MOST_TABS = 40
FOCUSED = """() => {
    const {innerText, ariaLabel} = document.activeElement;
    return ariaLabel || innerText || document.activeElement.querySelector('img')?.alt || '';
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element with this name has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).strip() == name:
            return
    raise AssertionError(f"{MOST_TABS} times Tab never led to {name!r}")


def test_a_caption_is_edited_on_the_page(open_window: Open, ana: Person) -> None:
    photo_id = ana.posts(caption="see")
    window = open_window()
    window.signs_in("ana")
    page = window.goes_to(f"/photo/{photo_id}/")

    page.locator(".owner > summary").click()
    page.get_by_text("Edit caption").click()
    page.locator("#new-caption").fill("sea")
    page.get_by_role("button", name="Save caption").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("sea")
    expect(page.locator("summary", has_text="Edit caption")).to_be_focused()
    expect(page.locator("#announcements")).to_have_text("Caption saved.")
    assert window.complaints == []


def test_a_caption_error_is_shown_next_to_the_field(open_window: Open, ana: Person) -> None:
    photo_id = ana.posts(caption="sea")
    window = open_window()
    window.signs_in("ana")
    page = window.goes_to(f"/photo/{photo_id}/")

    page.locator(".owner > summary").click()
    page.get_by_text("Edit caption").click()
    caption = page.locator("#new-caption")
    caption.evaluate("(field) => field.removeAttribute('maxlength')")
    caption.fill("x" * 501)
    page.get_by_role("button", name="Save caption").click()

    expect(page.get_by_role("alert")).to_contain_text("at most 500 characters")
    expect(caption).to_be_focused()
    expect(caption).to_have_value("x" * 501)
    expect(page.get_by_role("heading", level=1)).to_have_text("sea")


def test_photos_can_be_edited_with_the_keyboard(open_window: Open, ana: Person) -> None:
    ana.posts(caption="see")
    window = open_window()
    page = window.signs_in("ana")

    tab_to(page, "Skip to content")
    page.keyboard.press("Enter")
    tab_to(page, "see, processing")
    page.keyboard.press("Enter")
    page.wait_for_url("**/photo/*/")
    tab_to(page, "Edit, delete or download this photo")
    page.keyboard.press("Enter")
    tab_to(page, "Edit caption")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("sea")
    tab_to(page, "Save caption")
    page.keyboard.press("Enter")
    expect(page.locator(".words h1")).to_have_text("sea")
    tab_to(page, "Delete photo")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    expect(page.locator(".photo")).to_have_count(0)
    page.keyboard.press("Enter")

    expect(page.get_by_text("Photo restored.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("sea")
    assert window.complaints == []


def test_the_menu_works_by_keyboard(open_window: Open) -> None:
    page = open_window().signs_in("ana")

    page.focus(".menu summary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Settings")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("link", name="Settings")).not_to_be_visible()
    expect(page.locator(".menu summary")).to_be_focused()
