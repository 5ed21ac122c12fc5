"""The page in a real browser."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from gaelocal.console import Console, ConsoleParts


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, console: Console) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(console.url)
    yield page
    page.close()


def test_every_part_is_shown(page: Page) -> None:
    for table, text in (
        ("services", "api-backend"),
        ("queues", "renditions"),
        ("services", "66 of 384 MB"),
        ("services", "25 %"),
        ("cron", "every day 09:00"),
        ("cron", "2 missed while gaelocal was stopped"),
        ("mail", "Your day"),
        ("logs", "<img src=x onerror=alert(1)>"),
        ("logs", "canary"),
        ("addresses", "127.0.0.1:1025"),
        ("memcache", "get_hits"),
    ):
        expect(page.locator(f"#{table}-table")).to_contain_text(text)
    expect(page.get_by_role("status").first).to_have_text("Live")


def test_a_job_is_run_by_its_button(page: Page, parts: ConsoleParts) -> None:
    page.get_by_role("button", name="Run /tasks/summary_email/daily now").click()

    expect(page.locator("#cron-said")).to_have_text("/tasks/summary_email/daily answered 200.")
    assert parts.scheduler.ran == ["/tasks/summary_email/daily"]


def test_a_queue_opens_to_its_tasks(page: Page) -> None:
    page.get_by_role("button", name="renditions").click()

    expect(page.locator("#tasks-table tbody tr")).to_have_count(2)
    expect(page.get_by_role("heading", name="Tasks in renditions")).to_be_focused()


def test_a_mail_is_read_and_runs_nothing(page: Page) -> None:
    page.get_by_role("button", name="Second").click()
    mail = page.frame_locator("#message-html")
    expect(mail.locator("p")).to_have_text("Sea")
    assert page.frames[1].title() == ""

    for name, text in (("Text", "Sea"), ("Headers", "List-Unsubscribe"), ("Source", "Söa")):
        page.get_by_role("button", name=name).click()
        expect(page.locator("#message-text")).to_contain_text(text)


def test_mail_is_found_by_its_recipient(page: Page, parts: ConsoleParts) -> None:
    parts.mail.messages()[1]["to"] = "cleo@example.com"

    page.get_by_label("Recipient").fill("cleo")
    expect(page.get_by_role("button", name="Second")).to_have_count(0)
    expect(page.get_by_role("button", name="Your day")).to_be_visible()

    page.get_by_label("Recipient").fill("nobody")
    expect(page.locator("#mail-table")).to_contain_text("No mail to this recipient.")


def test_all_mail_is_deleted_after_a_question(page: Page, parts: ConsoleParts) -> None:
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Delete all").click()
    assert len(parts.mail.messages()) == 2

    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete all").click()

    expect(page.locator("#mail-table")).to_contain_text("No mail yet.")


def test_new_mail_appears_by_itself(page: Page, parts: ConsoleParts) -> None:
    expect(page.locator("#mail-table")).to_contain_text("Second")

    parts.mail.kept.insert(0, parts.mail.kept[0] | {"id": 3, "subject": "Third"})

    expect(page.locator("#mail-table")).to_contain_text("Third")


def test_logs_are_filtered_by_form_and_by_trace(page: Page) -> None:
    with page.expect_response(re.compile("severity=ERROR")):
        page.get_by_label("At least").select_option("ERROR")
    expect(page.locator("#logs-table .chip")).to_have_text("error")

    with page.expect_response(re.compile("trace=abc")):
        page.get_by_role("button", name="abc", exact=True).click()
    expect(page.get_by_label("Trace")).to_have_value("abc")


def test_logs_are_filtered_by_request(page: Page) -> None:
    with page.expect_response(re.compile("request_id=def")):
        page.get_by_role("button", name="def", exact=True).click()

    expect(page.get_by_label("Request ID")).to_have_value("def")


def test_a_pause_stops_the_refreshing(page: Page, parts: ConsoleParts) -> None:
    expect(page.locator("#state")).to_have_text("Live")

    page.get_by_role("button", name="Pause").click()

    expect(page.locator("#state")).to_have_text("Paused")
    expect(page.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_the_page_is_accessible_and_fits(browser: Browser, console: Console, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(console.url)
    page.get_by_role("button", name="renditions").click()
    page.get_by_role("button", name="Second").click()
    expect(page.frame_locator("#message-html").locator("p")).to_have_text("Sea")

    found = Axe().run(page, options={"iframes": False})

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_a_failing_part_is_shown_with_its_error(page: Page, parts: ConsoleParts) -> None:
    expect(page.locator("#health-said")).to_have_text("All components are healthy.")

    parts.health.component("queue renditions").failed(OSError("database is locked"))
    parts.health.incident("background work failed", ValueError("odd"))

    expect(page.locator("#health-said")).to_have_text("queue renditions: failing, retrying.")
    expect(page.locator("#health-table")).to_contain_text("OSError: database is locked")
    expect(page.locator("#incidents-table")).to_contain_text("ValueError: odd")
