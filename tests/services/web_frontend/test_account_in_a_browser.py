"""The account in a real browser: settings, preview, export, deletion."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import CHROMIUM
from tests.pictures import a_jpeg
from tests.services.web_frontend.chromium import DESKTOP, PHONE, Open
from tests.services.web_frontend.visitors import Person
from timeline.accounts import users
from timeline.accounts.users import AccountChanges
from timeline.digests.sending import unsubscribe_token

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

NARROWEST = {"width": 320, "height": 640}
Work = Callable[..., None]


@pytest.fixture
def work(cloud: "Cloud", backends: "Backends") -> Work:
    from tasks_backend import create_app as create_worker

    def run(*queues: str) -> None:
        answers = cloud.run_tasks(backends.settings.google_cloud_project, create_worker(backends), *queues)
        assert {status for _, status in answers} == {200}

    return run


def test_settings_are_changed_and_the_browsers_time_zone_is_suggested(open_window: Open) -> None:
    window = open_window(timezone_id="Europe/Lisbon")
    window.signs_in("ana")
    page = window.goes_to("/settings")

    page.fill("#display_name", "Ana Sofía")
    page.get_by_role("button", name="Use Lisbon").click()
    page.get_by_label("Every week").check()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Settings saved.")).to_be_visible()
    expect(page.locator("#timezone")).to_have_value("Europe/Lisbon")
    expect(page.locator("#display_name")).to_have_value("Ana Sofía")
    expect(page.get_by_label("Every week")).to_be_checked()
    assert window.complaints == []


def test_the_preview_is_sandboxed(open_window: Open, ben: Person, work: Work) -> None:
    ben.posts(caption="Worth a mail")
    work("renditions")
    window = open_window()
    window.signs_in("ana")
    page = window.goes_to("/settings/summary")

    mail = page.frame_locator("iframe.mail")

    expect(mail.get_by_role("link", name="Worth a mail")).to_be_visible()
    page.get_by_text("Plain text version").click()
    expect(page.locator("pre")).to_contain_text("Worth a mail")
    assert window.complaints == []


def test_an_export_shows_progress_and_has_the_originals(
    open_window: Open, tmp_path: Path, work: Work
) -> None:
    window = open_window()
    page = window.signs_in("ana")
    contents = [a_jpeg(90, 40), a_jpeg(40, 90)]
    for number, content in enumerate(contents):
        (tmp_path / f"{number}.jpg").write_bytes(content)
    page.click(".masthead a[data-opens-sheet]")
    page.set_input_files("#image", [str(tmp_path / f"{number}.jpg") for number in range(2)])
    page.click("dialog [type=submit]")
    expect(page.locator(".photo")).to_have_count(2)
    window.goes_to("/settings")

    page.get_by_role("button", name="Start an export").click()
    expect(page.get_by_text("Packing your photos: 0 of 2")).to_be_visible()
    work("export")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download photo-timeline-ana").click()

    with zipfile.ZipFile(download.value.path()) as archive:
        originals = [archive.read(name) for name in archive.namelist() if name.startswith("originals/")]
    assert sorted(originals) == sorted(contents)
    assert window.complaints == []


def test_an_account_is_deleted_with_a_receipt(open_window: Open, work: Work) -> None:
    window = open_window()
    window.signs_in("ana")
    page = window.goes_to("/settings")

    page.get_by_role("link", name="Delete my account").click()
    page.get_by_label("to confirm").fill("anna")
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was deleted")
    page.get_by_label("to confirm").fill("ana")
    page.get_by_role("button", name="Delete everything").click()

    expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible()
    work("erase")
    expect(page.get_by_role("heading", name="Everything is erased")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert window.complaints == []


def test_export_and_deletion_work_without_javascript(open_window: Open, work: Work) -> None:
    window = open_window(java_script_enabled=False)
    window.signs_in("ana")
    page = window.goes_to("/settings")

    page.click("text=Start an export")
    work("export")
    page.click("text=Refresh")
    page.reload()
    with page.expect_download():
        page.click("text=Download photo-timeline-ana")
    page.click("text=Delete my account")
    page.fill("#handle", "ana")
    page.click("text=Delete everything")
    work("erase")
    page.click("text=Refresh")

    expect(page.get_by_text("Everything is erased")).to_be_visible()


def test_other_sessions_are_listed_and_ended(open_window: Open) -> None:
    phone, laptop = open_window(viewport=PHONE), open_window()
    phone.signs_in("ana")
    laptop.signs_in("ana")
    page = laptop.goes_to("/settings")

    page.get_by_role("button", name="Sign out Chrome on Linux").click()

    expect(page.get_by_text("That browser is signed out.")).to_be_visible()
    expect(page.get_by_text("This browser")).to_be_visible()
    expect(phone.goes_to("/").locator(".masthead").get_by_role("link", name="Sign in")).to_be_visible()


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")])
def test_no_page_of_the_account_breaks_a_rule_of_accessibility(
    open_window: Open, work: Work, viewport: dict[str, int], scheme: str
) -> None:
    window = open_window(viewport=viewport, color_scheme=scheme)
    window.signs_in("ana")

    found = {
        path: violations(window.goes_to(path))
        for path in ("/settings", "/settings/summary", "/settings/delete")
    }
    page = window.goes_to("/settings")
    page.click("text=Start an export")
    found["packing"] = violations(page)
    work("export")
    expect(page.get_by_role("link", name="Download photo-timeline-ana")).to_be_visible()
    found["packed"] = violations(page)
    window.goes_to("/settings/delete").fill("#handle", "x")
    page.get_by_role("button", name="Delete everything").click()
    found["mistyped"] = violations(page)
    page.fill("#handle", "ana")
    page.get_by_role("button", name="Delete everything").click()
    found["erasing"] = violations(page)
    work("erase")
    expect(page.get_by_role("heading", name="Everything is erased")).to_be_visible()
    found["erased"] = violations(page)

    assert found == dict.fromkeys(found, ())
    assert window.complaints == []


def test_the_pages_of_the_account_fit_the_narrowest_phone(open_window: Open, ana: Person) -> None:
    window = open_window(viewport=NARROWEST)
    window.signs_in("ana")
    paths = ("/settings", "/settings/summary", "/settings/delete")

    widths = {path: window.goes_to(path).evaluate("document.documentElement.scrollWidth") for path in paths}

    assert widths == dict.fromkeys(paths, NARROWEST["width"])


def violations(page: Page) -> tuple[tuple[str, str], ...]:
    found = Axe().run(page).response["violations"]
    return tuple((rule["id"], str(rule["nodes"][0]["target"])) for rule in found)


def test_the_unsubscribe_link_works_without_a_sign_in(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    users.change_account(backends, ana.handle, AccountChanges(summary="daily"))
    page = open_window(viewport=PHONE).goes_to(f"/unsubscribe/{unsubscribe_token(backends, ana.handle)}")

    page.get_by_role("button", name="Unsubscribe").click()

    expect(page.get_by_role("heading", name="You are unsubscribed")).to_be_visible()
    assert users.get_user(backends, ana.handle).summary == "off"
