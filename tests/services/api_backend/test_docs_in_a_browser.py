"""The API reference in a browser: search, try it with a token, phones, and no request to other servers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser import CHROMIUM
from tests.services.api_backend.conftest import Api
from tests.services.web_frontend.chromium import DESKTOP, PHONE, served

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

LOADED_WITHIN = 30_000  # milliseconds; the reference renders its sections one after the other


@dataclass
class Reference:
    """The opened page, with its console errors and the URLs that it requested."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    def open(self, fragment: str = "") -> Page:
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self._listen(message.type, message.text))
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.goto(f"{self.address}/api/docs{fragment}")
        expect(self.page.get_by_role("heading", name="Photo timeline").first).to_be_visible(
            timeout=LOADED_WITHIN
        )
        return self.page

    def _listen(self, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text:
            self.complaints.append(text)


@pytest.fixture
def reference(browser: Browser, app: Flask) -> Iterator[Reference]:
    with served(app) as address:
        context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
        context.set_default_timeout(LOADED_WITHIN)
        yield Reference(context.new_page(), address)
        context.close()


def test_the_page_asks_only_this_server(reference: Reference) -> None:
    page = reference.open()
    page.get_by_role("button", name="Photos").first.click()
    expect(page.get_by_role("heading", name="Post a photo").first).to_be_visible(timeout=LOADED_WITHIN)

    assert all(url.startswith((reference.address, "blob:", "data:")) for url in reference.requested)
    assert reference.complaints == []


def test_search_finds_an_operation(reference: Reference) -> None:
    page = reference.open()

    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("caption of your photo")

    expect(page.get_by_role("option").first).to_contain_text(
        "Change the caption of your photo", timeout=LOADED_WITHIN
    )


def test_a_request_is_sent_with_the_readers_token(reference: Reference, api: Api) -> None:
    token = api.as_("ana").headers["Authorization"].removeprefix("Bearer ")
    page = reference.open()

    page.get_by_placeholder("Token").first.fill(token)
    page.goto(f"{reference.address}/api/docs#tag/accounts/GET/api/v1/me")
    section = page.locator('section[id$="tag/accounts/GET/api/v1/me"]')
    section.get_by_role("button", name="Test Request").click()
    with page.expect_response("**/api/v1/me") as answer:
        page.get_by_role("button", name=re.compile("^Send get request|^Send$", re.IGNORECASE)).click()

    assert answer.value.request.headers["authorization"] == f"Bearer {token}"
    assert answer.value.json()["user"] == "ana"


def test_the_command_for_posting_sends_a_file(reference: Reference) -> None:
    page = reference.open("#tag/photos/POST/api/v1/photos")
    section = page.locator('section[id$="tag/photos/POST/api/v1/photos"]')

    command = section.locator("pre", has_text="curl").first

    expect(command).to_contain_text("--form 'image=@filename'", timeout=LOADED_WITHIN)
    expect(command).to_contain_text("--form 'caption=sea'")


def test_the_type_of_a_problem_leads_to_the_table_of_errors(reference: Reference) -> None:
    page = reference.open("#image_broken")

    expect(page.get_by_role("heading", name="Errors").first).to_be_visible(timeout=LOADED_WITHIN)
    page.wait_for_url("**#description/errors")


def test_phones_need_no_horizontal_scrolling(reference: Reference) -> None:
    reference.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page = reference.open()
    expect(page.locator('section[id$="GET/api/openapi.json"]')).to_be_attached(timeout=LOADED_WITHIN)

    page.evaluate("() => { scrollTo(9999, 0); }")
    assert page.evaluate("scrollX") == 0
