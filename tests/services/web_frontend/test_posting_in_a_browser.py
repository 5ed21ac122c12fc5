"""Post in a real browser: several photos, all sources, bad connections, and without JavaScript."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.pictures import a_jpeg, a_png_with_damaged_pixels
from tests.services.web_frontend.chromium import (
    CHROMIUM,
    TOUCH,
    HoldsPosts,
    LosesTheFirstAnswer,
    Open,
    opener,
    served,
)
from tests.services.web_frontend.visitors import Person

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

MakeReady = Callable[[], None]
BRING = """([content, bring]) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], "brought.jpg", {type: "image/jpeg"}));
    const event = bring === "paste"
        ? new ClipboardEvent("paste", {clipboardData: dataTransfer, bubbles: true, cancelable: true})
        : new DragEvent("drop", {dataTransfer, bubbles: true, cancelable: true});
    document.body.dispatchEvent(event);
}"""
"""Simulate a paste or drop of an image."""


def choose(page: Page, files: list[str]) -> None:
    page.click(".masthead a[data-opens-sheet]")
    page.set_input_files("#image", files)


def test_three_photos_are_posted_and_become_ready(
    app: Flask, browser: Browser, files: list[str], make_ready: MakeReady
) -> None:
    held = HoldsPosts(app)
    with served(held) as address:
        window = opener(browser, address)()
        page = window.signs_in("ana")
        choose(page, files[:3])
        expect(page.locator(".chosen img")).to_have_count(3)
        page.fill(".chosen li:nth-child(1) input", "The wide one")
        page.click("dialog [type=submit]")
        expect(page.locator(".chosen progress:visible")).to_have_count(3)
        held.release()

        expect(page.locator(".photo[data-processing]")).to_have_count(3)
        make_ready()
        expect(page.locator(".photo[data-processing]")).to_have_count(0)
        expect(page.locator(".photo img")).to_have_count(3)
        expect(page.get_by_text("The wide one")).to_be_visible()
        assert window.complaints == []
        page.context.close()


def test_a_file_error_is_shown_next_to_it(open_window: Open, files: list[str]) -> None:
    page = open_window().signs_in("ana")

    choose(page, files[2:])
    page.click("dialog [type=submit]")

    expect(page.locator(".chosen .message.wrong")).to_contain_text("not a supported image")
    expect(page.locator(".chosen li")).to_have_count(1)
    expect(page.locator(".photo")).to_have_count(1)


def test_a_file_too_large_is_refused_before_it_is_sent(open_window: Open) -> None:
    page = open_window().signs_in("ana")
    sent: list[Any] = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))

    page.click(".masthead a[data-opens-sheet]")
    huge = "new File([new Uint8Array(21 * 1024 * 1024)], 'huge.jpg', {type: 'image/jpeg'})"
    page.locator("#image").evaluate(
        f"""(input) => {{
            const chosen = new DataTransfer();
            chosen.items.add({huge});
            input.files = chosen.files;
            input.dispatchEvent(new Event("change"));
        }}"""
    )
    page.click("dialog [type=submit]")

    expect(page.locator(".chosen .message.wrong")).to_contain_text("larger than 20 MB")
    assert sent == []


@pytest.mark.parametrize("bring", ["paste", "drop"])
def test_a_picture_is_pasted_or_dropped_on_any_page(open_window: Open, ana: Person, bring: str) -> None:
    photo_id = ana.posts()
    window = open_window()
    window.signs_in("ana")
    page = window.goes_to(f"/photo/{photo_id}/")

    page.evaluate(BRING, [base64.b64encode(a_jpeg()).decode(), bring])
    expect(page.get_by_role("dialog").get_by_text("brought.jpg")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Post photo").click()

    page.wait_for_url("**/user/ana/")
    expect(page.locator(".photo")).to_have_count(2)


def test_a_phone_offers_its_camera(open_window: Open, files: list[str]) -> None:
    page = open_window(**TOUCH).signs_in("ana")

    page.click(".masthead a[data-opens-sheet]")
    expect(page.get_by_text("Take a photo")).to_be_visible()
    page.get_by_label("Take a photo").set_input_files(files[0])

    expect(page.locator(".chosen li")).to_have_count(1)


def test_a_lost_response_creates_no_second_photo(app: Flask, browser: Browser, files: list[str]) -> None:
    unlucky = LosesTheFirstAnswer(app)
    with served(unlucky) as address:
        page = opener(browser, address)().signs_in("ana")
        choose(page, files[:1])
        page.click("dialog [type=submit]")

        expect(page.locator(".photo")).to_have_count(1)
        page.reload()
        expect(page.locator(".photo")).to_have_count(1)
        page.context.close()
    assert unlucky.lost == ["201 CREATED"]


def test_a_photo_waits_for_the_connection_to_come_back(open_window: Open, files: list[str]) -> None:
    page = open_window().signs_in("ana")
    choose(page, files[:1])
    page.context.set_offline(True)

    page.click("dialog [type=submit]")
    expect(page.locator(".chosen .message")).to_contain_text("retrying")
    page.context.set_offline(False)

    expect(page.locator(".photo")).to_have_count(1)


def test_a_failed_photo_shows_the_reason_and_is_retried(
    open_window: Open, ana: Person, make_ready: MakeReady
) -> None:
    ana.posts(image=a_png_with_damaged_pixels())
    page = open_window().signs_in("ana")
    make_ready()

    card = page.locator(".photo:not([data-processing])")
    expect(card).to_contain_text("cut off or damaged")
    card.locator("a").first.click()
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_text("Processing")).to_be_visible()


def test_the_site_works_without_javascript(open_window: Open, files: list[str], ana: Person) -> None:
    for _ in range(21):
        ana.posts()
    page = open_window(java_script_enabled=False).signs_in("ana")

    page.click(".more a")
    expect(page.locator(".photo")).to_have_count(1)
    page.click(".masthead a[href='/post/']")
    page.set_input_files("#image", files[0])
    page.fill("#caption", "By hand")
    page.click("main [type=submit]")
    page.get_by_text("By hand").wait_for()
    page.locator(".photo a.picture").first.click()
    page.get_by_text("Delete photo").first.click()
    page.get_by_role("button", name="Delete photo").click()
    expect(page.get_by_text("By hand")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("heading", name="By hand")).to_be_visible()
