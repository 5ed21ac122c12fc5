"""Common features of all pages: live updates, keyboard, accessibility, phones."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from google.cloud import datastore
from playwright.sync_api import Browser, Page, expect
from tests.chromium import Chromium
from tests.console.html import Html
from tests.console.world import TRACE, World, a_request

PHONE = {"width": 375, "height": 800}
DESKTOP = {"width": 1280, "height": 800}
PAGES = [
    "/",
    "/services",
    "/services/default/dev",
    f"/logs?q=cleo&open={'d' * 32}&range=custom",
    f"/logs/trace/{TRACE}",
    "/datastore?kind=Photo&f=width&op==&t=integer&v=500",
    "/datastore?mode=gql&gql=SELECT COUNT(*) FROM Photo",
    "/datastore/entity?key=KEY(User,'ana',Photo,5)",
    "/datastore/new?kind=Photo",
    "/datastore/indexes",
    "/storage",
    "/storage/test-project.appspot.com?prefix=photos/ana/",
    "/storage/test-project.appspot.com/object?name=photos/ana/sea.svg",
    "/queues",
    "/queues/renditions?tab=dead",
    "/cron",
    "/cron/cron-yaml-1",
    "/memcache?key=picture",
    "/mail/1",
    "/nope",
]


def errors_of(page: Page) -> list[str]:
    """Return the list to which the errors of the page will be added, such as violations of its policy."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@pytest.fixture
def reused_page(chromium: Chromium, browser: Browser, world: World) -> Page:
    """The page of the test before, if there is one."""
    pages = [page for context in browser.contexts for page in context.pages]
    return pages[0] if pages else chromium.open_page(base_url=world.url)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_and_fits(reused_page: Page, path: str) -> None:
    page, complaints = reused_page, errors_of(reused_page)
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    page.goto(path)
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")

    on_a_phone = Axe().run(page, options={"iframes": False})
    width_of_phone = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light")
    in_light = Axe().run(page, options={"iframes": False, "runOnly": ["color-contrast"]})

    assert on_a_phone.violations_count == 0, on_a_phone.generate_report()
    assert in_light.violations_count == 0, in_light.generate_report()
    assert width_of_phone <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= DESKTOP["width"]
    assert page.locator("h1").count() == 1
    assert [one for one in complaints if "404" not in one and "sandboxed" not in one] == []


def test_every_panel_has_its_own_address(page: Page) -> None:
    page.goto("/")
    titles = [link.inner_text() for link in page.locator("#navigation a").all()]

    for title in titles:
        page.locator("#navigation").get_by_role("link", name=title).click()
        expect(page.locator("#navigation [aria-current]")).to_have_text(title)
        expect(page.locator("h1")).to_be_visible()


def test_a_live_update_keeps_selection_scroll_and_typing(page: Page, world: World) -> None:
    page.goto("/logs?q=/user/ana/")
    expect(page.locator("#state")).to_have_text("Live")
    page.set_viewport_size({"width": 1280, "height": 400})
    page.evaluate("window.scrollTo({top: 200, behavior: 'instant'})")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.log li:last-child .what'))")
    selected = page.evaluate("getSelection().toString()")
    page.locator(".log a.entry").nth(3).evaluate("element => element.focus({preventScroll: true})")
    focused = page.evaluate("document.activeElement.href")
    page.evaluate("window.mark = document.querySelector('.log li:last-child')")

    world.log(a_request("/user/ana/new", request_id="f" * 31 + "1"))

    expect(page.locator(".log")).to_contain_text("/user/ana/new")
    assert page.evaluate("getSelection().toString()") == selected
    assert page.evaluate("document.activeElement.href") == focused
    assert page.evaluate("window.mark.isConnected")
    assert page.evaluate("window.scrollY") >= 200


def test_many_new_entries_keep_the_selection_in_the_one_that_is_read(page: Page, world: World) -> None:
    for number in range(20):
        world.log(a_request(f"/read/{number}", request_id=f"{number:032x}"))
    page.set_viewport_size({"width": 1280, "height": 400})
    page.goto("/logs?q=/read/")
    expect(page.locator("#state")).to_have_text("Live")
    page.evaluate("window.mark = document.querySelector('.log li:nth-child(12) .what')")
    page.evaluate("window.mark.scrollIntoView({block: 'center', behavior: 'instant'})")
    page.evaluate("getSelection().selectAllChildren(window.mark)")
    selected = page.evaluate("getSelection().toString()")

    for number in range(20, 28):
        world.log(a_request(f"/read/{number}", request_id=f"{number:032x}"))
    expect(page.locator(".log")).to_contain_text("/read/27")

    assert page.evaluate("getSelection().toString()") == selected != ""


def test_a_live_update_keeps_a_half_filled_form(page: Page, world: World) -> None:
    page.goto("/datastore/new?kind=Photo")
    page.get_by_label("Name or ID").fill("half")
    with page.expect_response(lambda response: response.status in (200, 304)):
        pass

    expect(page.get_by_label("Name or ID")).to_have_value("half")


def test_a_live_update_keeps_ticked_rows(page: Page, world: World) -> None:
    client = world.datastore
    client.put(datastore.Entity(client.key("Ticked", "a")))
    page.goto("/datastore?kind=Ticked")
    page.get_by_label("Select 'a'").check()

    client.put(datastore.Entity(client.key("Ticked", "b")))

    expect(page.get_by_label("Select 'b'")).to_be_visible()
    expect(page.get_by_label("Select 'a'")).to_be_checked()
    expect(page.get_by_label("Select 'b'")).not_to_be_checked()


def test_an_update_without_news_is_empty(world: World) -> None:
    first = world.get("/datastore/indexes")

    again = world.get("/datastore/indexes", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_a_pause_stops_the_updates(page: Page, world: World) -> None:
    page.goto("/logs")
    expect(page.locator("#state")).to_have_text("Live")

    page.get_by_role("button", name="Pause", exact=True).click()

    expect(page.locator("#state")).to_have_text("Paused")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Queues", exact=True).click()
    expect(page.locator("#state")).to_have_text("Paused")
    page.get_by_role("button", name="Pause", exact=True).click()


def test_the_keyboard_reaches_search_lists_and_content(page: Page) -> None:
    page.goto("/logs")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    page.locator(".log a.entry").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".log a.entry").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".log a.entry").nth(1)).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".log a.entry").nth(1)).to_be_focused()


def test_pages_work_without_scripts(browser: Browser, world: World) -> None:
    page = browser.new_page(java_script_enabled=False, base_url=world.url)
    page.goto("/cron")

    page.get_by_role("button", name="Run /tasks/sweep now").click()

    expect(page.locator("#note")).to_have_text("/tasks/sweep answered 200.")
    page.close()


def test_a_note_is_shown_once(world: World) -> None:
    page = world.post("/queues/mail/resume")
    assert Html(page.text).text_of("note") == "The queue mail runs again."

    assert Html(world.get(page.url.removeprefix(world.url)).text).text_of("note") == ""


def test_a_failing_component_is_shown_with_its_error(world: World) -> None:
    assert "All components are healthy." in world.get("/").text

    world.health.component("queue renditions").failed(OSError("database is locked"))
    world.health.incident("background work failed", ValueError("odd"))

    page = world.get("/").text
    assert "OSError: database is locked" in page
    assert "ValueError: odd" in page
    world.health.component("queue renditions").recovered()
