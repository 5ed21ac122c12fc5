"""Post in a real browser: several photos, all sources, bad connections, and without JavaScript."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from tests import pictures
from tests.browser import CHROMIUM, Chromium
from tests.pictures import a_jpeg, a_png_with_damaged_pixels
from tests.services.web_frontend.chromium import (
    PHONE,
    TOUCH,
    HoldsPosts,
    LosesTheFirstAnswer,
    Open,
    opener,
    served,
)
from tests.services.web_frontend.visitors import Person
from timeline.accounts import sessions

if TYPE_CHECKING:
    from timeline.interfaces import Backends

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

MakeReady = Callable[[], None]
MEGABYTE = 1024 * 1024
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
RED = """(message) => {
    const probe = document.createElement("i");
    probe.className = "red";
    const danger = getComputedStyle(document.documentElement).getPropertyValue("--danger");
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = danger;
    const [red, green, blue] = canvas.fillStyle.match(/[0-9a-f]{2}/g).map((part) => parseInt(part, 16));
    return getComputedStyle(message).color === `rgb(${red}, ${green}, ${blue})`;
}"""
"""Whether a message has the colour of errors."""

COLLECT_STATES_OF_UPLOADS = """() => {
    globalThis.states = [];
    const line = document.querySelector(".uploads-text");
    new MutationObserver(() => globalThis.states.push(line.textContent)).observe(line, {childList: true});
}"""
FILL_THE_DISK = """() => {
    globalThis.refusedWrites = 0;
    IDBObjectStore.prototype.put = () => {
        globalThis.refusedWrites += 1;
        throw new DOMException("The disk is full.", "QuotaExceededError");
    };
}"""


def choose(page: Page, files: list[str]) -> None:
    page.click(".masthead a[data-opens-sheet]")
    page.set_input_files("#image", files)
    expect(page.locator(".chosen li")).to_have_count(len(files))


def posts_of(page: Page) -> list[str]:
    """Collect the addresses of all POSTs from now on."""
    sent: list[str] = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    return sent


def test_previews_appear_at_once_and_become_the_photos(
    app: Flask, chromium: Chromium, files: list[str], make_ready: MakeReady
) -> None:
    held = HoldsPosts(app)
    with served(held) as address:
        window = opener(chromium, address)()
        page = window.signs_in("ana")
        choose(page, files[:3])
        page.fill(".chosen li:nth-child(1) input", "The wide one")
        page.click("dialog [type=submit]")

        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.locator(".photo.pending img")).to_have_count(3)
        expect(page.locator(".photo.pending progress")).to_have_count(3)
        assert page.locator(".pending img").first.evaluate("(image) => image.naturalWidth") > 0
        expect(page.locator("#uploads")).to_contain_text("Posting 1 of 3 photos")
        expect(page.get_by_label("Total progress")).to_be_visible()
        held.release()

        expect(page.locator(".photo[data-processing] img")).to_have_count(3)
        expect(page.locator("#uploads")).to_contain_text("3 photos posted")
        make_ready()
        expect(page.locator(".photo[data-processing]")).to_have_count(0)
        expect(page.locator(".photo picture img")).to_have_count(3)
        expect(page.get_by_text("The wide one")).to_be_visible()
        assert window.complaints == []
        page.context.close()


def test_a_new_photo_keeps_the_heading_of_its_day_when_it_is_ready(
    open_window: Open, files: list[str], make_ready: MakeReady
) -> None:
    page = open_window().signs_in("ana")
    choose(page, files[:1])
    page.click("dialog [type=submit]")
    expect(page.locator(".photo[data-processing] .date")).to_have_count(1)

    make_ready()

    expect(page.locator(".photo picture img")).to_have_count(1)
    expect(page.locator(".photo .date")).to_have_count(1)


def test_the_caption_of_a_chosen_photo_is_wide_enough_on_a_phone(open_window: Open, files: list[str]) -> None:
    page = open_window(**TOUCH).signs_in("ana")
    choose(page, files[:1])

    box = page.locator(".chosen input").bounding_box() or {}

    assert box["width"] >= 190


def test_a_batch_is_posted_in_the_chosen_order(open_window: Open, tmp_path: Path) -> None:
    page = open_window().signs_in("ana")
    names = [tmp_path / f"{number}.jpg" for number in range(5)]
    for number, name in enumerate(
        names
    ):  # the first is the largest, so parallel uploads would end in reverse
        name.write_bytes(a_jpeg(600 - 100 * number, 400))
    choose(page, [str(name) for name in names])
    for number in range(5):
        page.locator(".chosen input").nth(number).fill(f"Number {number}")

    page.click("dialog [type=submit]")
    expect(page.locator("#uploads")).to_contain_text("5 photos posted")
    page.reload()

    expect(page.locator(".photo .caption")).to_have_text([f"Number {number}" for number in (4, 3, 2, 1, 0)])


def test_a_refusal_is_red_and_the_others_are_posted(open_window: Open, files: list[str]) -> None:
    page = open_window().signs_in("ana")
    choose(page, files[2:])

    refusal = page.locator(".chosen .message.wrong")
    expect(refusal).to_contain_text("text.jpg is not a supported image")
    assert refusal.evaluate(RED)
    page.click("dialog [type=submit]")

    expect(page.locator(".photo")).to_have_count(1)
    expect(page.locator(".chosen li")).to_have_count(1)
    expect(refusal).to_be_visible()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"new Uint8Array(51 * {MEGABYTE})", "is larger than 50 MB"),
        ("'<!doctype html>'", "is not a supported image"),
        ("''", "is empty"),
    ],
)
def test_size_and_type_are_checked_before_anything_is_sent(
    open_window: Open, content: str, message: str
) -> None:
    page = open_window().signs_in("ana")
    sent = posts_of(page)
    page.click(".masthead a[data-opens-sheet]")

    page.locator("#image").evaluate(
        f"""(input) => {{
            const chosen = new DataTransfer();
            chosen.items.add(new File([{content}], "photo.jpg", {{type: "image/jpeg"}}));
            input.files = chosen.files;
            input.dispatchEvent(new Event("change"));
        }}"""
    )
    expect(page.locator(".chosen .message.wrong")).to_contain_text(message)
    page.locator(".chosen .message.wrong").press("Enter")

    assert sent == []


def test_files_of_every_format_are_posted(open_window: Open, tmp_path: Path, make_ready: MakeReady) -> None:
    """Without a name that gives the format away: the form looks at the bytes."""
    makers = (
        pictures.a_jpeg,
        pictures.a_png,
        pictures.a_webp,
        pictures.a_gif,
        pictures.a_heic,
        pictures.an_avif,
    )
    for maker in makers:
        (tmp_path / maker.__name__).write_bytes(maker())
    page = open_window().signs_in("ana")
    choose(page, [str(tmp_path / maker.__name__) for maker in makers])
    expect(page.locator(".chosen .without-preview")).to_have_count(1)  # Chromium does not show HEIC

    page.click("dialog [type=submit]")
    expect(page.locator("#uploads")).to_contain_text("6 photos posted")
    make_ready()

    expect(page.locator(".photo picture img")).to_have_count(len(makers))


@pytest.mark.parametrize("bring", ["paste", "drop"])
def test_a_picture_is_pasted_or_dropped_on_any_page(open_window: Open, ana: Person, bring: str) -> None:
    photo_id = ana.posts()
    window = open_window()
    window.signs_in("ana")
    page = window.goes_to(f"/photo/{photo_id}/")

    page.evaluate(BRING, [base64.b64encode(a_jpeg()).decode(), bring])
    expect(page.get_by_role("dialog").get_by_text("brought.jpg")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Post photo").click()
    page.get_by_label("Uploads").get_by_role("link", name="View").click()

    page.wait_for_url("**/user/ana/")
    expect(page.locator(".photo")).to_have_count(2)


def test_a_phone_offers_its_camera(open_window: Open, files: list[str]) -> None:
    page = open_window(**TOUCH).signs_in("ana")

    page.click(".masthead a[data-opens-sheet]")
    expect(page.get_by_text("Take a photo")).to_be_visible()
    page.get_by_label("Take a photo").set_input_files(files[0])

    expect(page.locator(".chosen li")).to_have_count(1)


@pytest.mark.parametrize("path", ["/", "/post/"])
def test_the_post_button_stays_visible_under_many_photos(
    open_window: Open, files: list[str], path: str
) -> None:
    window = open_window(viewport=PHONE)
    window.signs_in("ana")
    page = window.goes_to(path)
    if path == "/":
        page.click(".masthead a[data-opens-sheet]")

    page.set_input_files("#image", files[:3] * 4)

    button = page.get_by_role("button", name="Post 12 photos")
    expect(button).to_be_in_viewport(ratio=1)
    expect(page.locator("[data-total]")).to_contain_text("KB")


@pytest.mark.parametrize("way", ["back", "reload", "another page"])
def test_chosen_photos_and_captions_survive_leaving_the_page(
    open_window: Open, files: list[str], way: str
) -> None:
    window = open_window()
    page = window.signs_in("ana")
    choose(page, files[:2])
    page.locator(".chosen input").nth(1).fill("Not lost")
    if way == "back":
        page.goto(f"{window.address}/settings")
        page.go_back()
    elif way == "reload":
        page.reload()
    else:
        window.goes_to("/user/ana/")

    page.get_by_label("Uploads").get_by_role("link", name="Continue").click()
    expect(page.locator(".chosen li")).to_have_count(2)
    expect(page.locator(".chosen input").nth(1)).to_have_value("Not lost")
    page.click("dialog [type=submit]")

    expect(page.locator(".photo")).to_have_count(2)
    expect(page.locator(".photo .caption", has_text="Not lost")).to_be_visible()


def test_a_failure_stays_visible_on_every_page_until_it_is_retried(
    open_window: Open, tmp_path: Path, files: list[str]
) -> None:
    (tmp_path / "broken.jpg").write_bytes(a_jpeg(300, 200)[:200])  # its type is right, its content is cut off
    window = open_window()
    page = window.signs_in("ana")
    choose(page, [str(tmp_path / "broken.jpg"), files[0]])
    page.click("dialog [type=submit]")

    uploads = page.get_by_label("Uploads")
    expect(uploads).to_contain_text("1 photo could not be posted.")
    expect(page.locator(".photo:not(.pending)")).to_have_count(1)
    window.goes_to("/settings")
    uploads.get_by_text("Show each photo").click()
    expect(uploads.locator(".message.wrong")).to_contain_text("cut off or damaged")
    assert uploads.locator(".message.wrong").evaluate(RED)
    with page.expect_response("**/post/ana/"):
        uploads.get_by_role("button", name="Try again").first.click()
    expect(uploads).to_contain_text("1 photo could not be posted.")
    uploads.get_by_role("button", name="Remove").click()

    expect(uploads).to_be_hidden()


def test_a_refused_photo_is_edited_and_posted(
    open_window: Open, files: list[str], backends: "Backends"
) -> None:
    page = open_window().signs_in("ana")
    choose(page, files[:1])
    page.locator(".chosen input").evaluate("(caption) => caption.removeAttribute('maxlength')")
    page.locator(".chosen input").fill("x" * 501)
    page.click("dialog [type=submit]")
    uploads = page.get_by_label("Uploads")
    expect(uploads).to_contain_text("could not be posted")

    uploads.get_by_text("Show each photo").click()
    uploads.get_by_role("button", name="Edit").click()
    page.locator(".chosen input").fill("Short")
    page.click("dialog [type=submit]")

    expect(page.locator(".photo .caption")).to_have_text("Short")
    expect(page.locator(".photo.pending")).to_have_count(0)


def test_a_refused_photo_is_kept_if_the_browser_cannot_store_its_edit(
    open_window: Open, files: list[str]
) -> None:
    page = open_window().signs_in("ana")
    choose(page, files[:1])
    page.locator(".chosen input").evaluate("(caption) => caption.removeAttribute('maxlength')")
    page.locator(".chosen input").fill("x" * 501)
    page.click("dialog [type=submit]")
    uploads = page.get_by_label("Uploads")
    expect(uploads).to_contain_text("could not be posted")
    page.evaluate(FILL_THE_DISK)

    uploads.get_by_text("Show each photo").click()
    uploads.get_by_role("button", name="Edit").click()
    page.wait_for_function("() => globalThis.refusedWrites > 0")
    page.reload()

    expect(uploads).to_contain_text("1 photo could not be posted.")


def test_all_chosen_photos_are_queued_together(app: Flask, chromium: Chromium, files: list[str]) -> None:
    held = HoldsPosts(app)
    with served(held) as address:
        page = opener(chromium, address)().signs_in("ana")
        choose(page, files[:3] * 4)

        page.evaluate(COLLECT_STATES_OF_UPLOADS)
        page.click("dialog [type=submit]")
        expect(page.locator("#uploads")).to_contain_text("Posting 1 of 12 photos")
        states = page.evaluate("globalThis.states")
        held.release()

    assert all("of 12" in state for state in states if state.startswith("Posting")), states


def test_a_lost_response_creates_no_second_photo(app: Flask, chromium: Chromium, files: list[str]) -> None:
    unlucky = LosesTheFirstAnswer(app)
    with served(unlucky) as address:
        page = opener(chromium, address)().signs_in("ana")
        choose(page, files[:1])
        page.click("dialog [type=submit]")

        expect(page.locator(".photo:not(.pending)")).to_have_count(1)
        page.reload()
        expect(page.locator(".photo")).to_have_count(1)
        page.context.close()
    assert unlucky.lost == ["201 CREATED"]


def test_photos_wait_for_a_new_sign_in_when_the_session_has_ended(
    open_window: Open, files: list[str], backends: "Backends"
) -> None:
    page = open_window().signs_in("ana")
    choose(page, files[:2])
    sessions.close_all(backends, "ana")
    page.click("dialog [type=submit]")

    uploads = page.get_by_label("Uploads")
    expect(uploads).to_contain_text("Your session has ended. 2 photos wait in this browser.")
    uploads.get_by_role("link", name="Sign in").click()
    page.fill("#user", "ana")
    page.click("button.primary")

    expect(page.locator(".photo:not(.pending)")).to_have_count(2)


def test_a_caption_after_the_end_of_the_session_offers_to_sign_in(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    photo_id = ana.posts()
    window = open_window()
    window.signs_in("ana")
    page = window.goes_to(f"/photo/{photo_id}/")
    sessions.close_all(backends, "ana")

    page.locator(".menu.owner > summary").click()
    page.get_by_text("Edit caption").click()
    page.fill("#new-caption", "Too late")
    page.get_by_role("button", name="Save caption").click()

    message = page.locator("#caption-error")
    expect(message).to_contain_text("Sign in")
    expect(message.get_by_role("link", name="Sign in")).to_have_attribute(
        "href", f"/signin?next=%2Fphoto%2F{photo_id}%2F"
    )


def a_large_jpeg(megabytes: int) -> bytes:
    """Return a JPEG with that many megabytes of comments, each as long as one can be."""
    picture = a_jpeg(64, 48)
    comment = b"\xff\xfe\xff\xff" + bytes(65_533)
    return picture[:2] + comment * (megabytes * MEGABYTE // len(comment) + 1) + picture[2:]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sheet_and_the_status_are_accessible_and_fit(
    open_window: Open, tmp_path: Path, files: list[str], scheme: str
) -> None:
    (tmp_path / "broken.jpg").write_bytes(a_jpeg(300, 200)[:200])
    page = open_window(viewport=PHONE, color_scheme=scheme).signs_in("ana")
    choose(page, [files[3], str(tmp_path / "broken.jpg")])

    sheet = Axe().run(page)
    page.click("dialog [type=submit]")
    page.locator(".chosen .refused button").click()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Uploads")).to_contain_text("could not be posted")
    page.get_by_text("Show each photo").click()
    status = Axe().run(page)

    assert (sheet.violations_count, status.violations_count) == (0, 0), sheet.generate_report() + str(
        status.generate_report()
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_photo_too_large_for_a_form_goes_to_cloud_storage(
    open_window: Open, tmp_path: Path, make_ready: MakeReady
) -> None:
    (tmp_path / "large.jpg").write_bytes(a_large_jpeg(21))
    window = open_window()
    page = window.signs_in("ana")
    parts: list[str] = []
    page.on(
        "request", lambda request: request.method == "PUT" and parts.append(request.headers["content-range"])
    )
    choose(page, [str(tmp_path / "large.jpg")])
    page.fill(".chosen input", "Large")

    page.click("dialog [type=submit]")
    expect(page.locator(".photo[data-processing]")).to_have_count(1)
    make_ready()

    expect(page.locator(".photo picture img")).to_have_count(1)
    expect(page.get_by_text("Large")).to_be_visible()
    assert parts[0].startswith("bytes */")
    assert len(parts) == 23
    assert window.complaints == []


def test_an_interrupted_upload_continues_where_it_stopped(open_window: Open, tmp_path: Path) -> None:
    (tmp_path / "large.jpg").write_bytes(a_large_jpeg(4))
    page = open_window(service_workers="block").signs_in("ana")  # it would hide requests from `route`
    ranges: list[str] = []

    def break_the_third_part(route: Any) -> None:
        ranges.append(route.request.headers.get("content-range", ""))
        if len(ranges) == 4:
            return route.abort()
        return route.continue_()

    page.route("**/upload/**", break_the_third_part)
    page.locator("form[data-upload]").evaluate(f"(form) => {{ form.dataset.formBytes = {MEGABYTE}; }}")
    choose(page, [str(tmp_path / "large.jpg")])
    page.click("dialog [type=submit]")

    expect(page.locator(".photo[data-processing]")).to_have_count(1)
    parts = [each for each in ranges if "*/" not in each]
    assert len(parts) == len(set(parts)) + 1  # only the part that was lost is sent again


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


def test_the_page_of_the_form_leads_to_the_photos(open_window: Open, files: list[str]) -> None:
    window = open_window()
    window.signs_in("ana")
    page = window.goes_to("/post/")
    page.set_input_files("#image", files[:2])
    expect(page.locator(".chosen li")).to_have_count(2)

    page.click("main [type=submit]")

    page.wait_for_url("**/user/ana/")
    expect(page.locator(".photo:not(.pending)")).to_have_count(2)
    assert window.complaints == []


def test_the_site_works_without_javascript(open_window: Open, files: list[str], ana: Person) -> None:
    for _ in range(21):
        ana.posts()
    page = open_window(java_script_enabled=False).signs_in("ana")

    page.click(".more a")
    expect(page.locator(".photo")).to_have_count(1)
    page.click(".masthead a[href='/post/']")
    page.set_input_files("#image", files[3])
    page.fill("#caption", "By hand")
    page.click("main [type=submit]")
    expect(page.get_by_role("alert")).to_contain_text("not a supported image")
    expect(page.locator("#caption")).to_have_value("By hand")
    page.set_input_files("#image", files[0])
    page.click("main [type=submit]")
    page.get_by_text("By hand").wait_for()
    page.locator(".photo a.picture").first.click()
    page.locator(".menu.owner > summary").click()
    page.get_by_text("Delete photo").first.click()
    page.get_by_role("button", name="Delete photo").click()
    expect(page.get_by_text("By hand")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("heading", name="By hand")).to_be_visible()
