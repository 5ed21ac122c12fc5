"""Live updates and errors: forms keep what was typed, messages stay, lists stay where they are read."""

import itertools
import time
from typing import Any

import pytest
from google.cloud import datastore
from playwright.sync_api import Browser, Page, expect
from tests.console.html import Html
from tests.console.world import World, a_request

LONG_AGO = time.time() - 30 * 86_400
TICKS = itertools.count()
UPDATE = 2_500
"""Milliseconds of the page's own clock until the next live update."""
SCROLL = "row => row.scrollIntoView({ block: 'center', behavior: 'instant' })"


def an_entity(world: World, name: str, **properties: object) -> str:
    client = world.datastore
    entity = datastore.Entity(client.key("Typed", name))
    entity.update(properties)
    client.put(entity)
    return f"/datastore/entity?key=KEY(Typed,'{name}')"


def update(page: Page) -> None:
    with page.expect_response(lambda response: response.request.resource_type == "fetch"):
        page.clock.run_for(UPDATE)


def top_of(page: Page, row_id: str) -> Any:
    """Return the place of a row; an update may move it by a part of a pixel."""
    top = page.evaluate("id => document.getElementById(id).getBoundingClientRect().top", row_id)
    return pytest.approx(top, abs=2)


def log_requests(world: World, path: str, count: int) -> None:
    """Log requests, each later than all before, of a time that no other test asks for."""
    names = [f"{path}{number}" for number in range(count)]
    world.log(*(a_request(name, request_id=name, time=LONG_AGO + next(TICKS)) for name in names))


def test_a_refused_form_keeps_what_was_typed_and_says_why(page: Page, world: World) -> None:
    page.clock.install()
    page.goto(an_entity(world, "refused", count=1, title="old"))
    address = page.url
    page.get_by_label("Value").first.fill("many")
    page.get_by_label("Value").nth(1).fill("a long text")

    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("count: “many” is not a valid integer: write a whole")
    update(page)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Value").nth(1)).to_have_value("a long text")
    assert page.url == address

    page.get_by_label("Value").first.fill("7")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#note")).to_have_text("Saved.")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_form_keeps_what_was_typed_when_nothing_answers(page: Page, world: World) -> None:
    page.goto(an_entity(world, "offline", title="old"))
    page.get_by_label("Value").first.fill("typed")
    page.context.set_offline(True)

    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("gaelocal did not answer.")
    expect(page.get_by_label("Value").first).to_have_value("typed")


def test_a_form_keeps_what_was_typed_when_the_entity_is_changed(page: Page, world: World) -> None:
    page.clock.install()
    page.goto(an_entity(world, "raced", title="old"))
    page.get_by_label("Value").first.fill("typed")
    page.get_by_label("Name").last.fill("added")

    an_entity(world, "raced", a_new="first", title="by a request")
    update(page)

    expect(page.locator("pre.code").first).to_contain_text("by a request")
    expect(page.get_by_label("Value").first).to_have_value("typed")
    expect(page.get_by_label("Name").last).to_have_value("added")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("was changed since you opened it")


def test_a_form_keeps_what_was_typed_when_the_entity_is_deleted(page: Page, world: World) -> None:
    page.clock.install()
    page.goto(an_entity(world, "deleted", title="old"))
    page.get_by_label("Value").first.fill("typed")

    world.datastore.delete(world.datastore.key("Typed", "deleted"))
    update(page)

    expect(page.get_by_label("Value").first).to_have_value("typed")


def test_a_message_stays_until_the_next_page(page: Page, world: World) -> None:
    page.clock.install()
    page.goto("/queues/mail")
    page.get_by_role("button", name="Pause").last.click()
    expect(page.locator("#note")).to_have_text("The queue mail is paused.")

    world.create_task("mail", "/tasks/later", later=3600)
    update(page)

    expect(page.locator("#note")).to_have_text("The queue mail is paused.")
    page.get_by_role("link", name="Finished").click()
    expect(page.locator("#note")).to_be_hidden()
    world.post("/queues/mail/resume")
    world.post("/queues/mail/purge")


def test_a_pressed_button_offers_the_opposite_afterwards(page: Page, world: World) -> None:
    page.goto("/queues/mail")
    actions = page.locator("h1 + .actions")

    for label, state in (("Pause", "PAUSED"), ("Resume", "RUNNING")):
        actions.get_by_role("button", name=label).click()

        expect(page.locator(".figures .chip")).to_have_text(state)
        expect(actions.get_by_role("button", name=label)).to_have_count(0)


def test_a_refused_action_is_explained_on_its_page(page: Page, world: World) -> None:
    task = world.create_task("mail", "/tasks/gone", later=3600)
    page.goto("/queues/mail")
    world.post(f"/queues/mail/tasks/{task}/delete")

    page.get_by_role("button", name=f"Run {task} now").evaluate("button => button.click()")

    expect(page.get_by_role("alert")).to_contain_text(f"there is no task {task}")
    assert page.url.endswith("/queues/mail")


def test_what_a_refused_form_contained_is_shown_without_scripts(browser: Browser, world: World) -> None:
    page = browser.new_page(java_script_enabled=False, base_url=world.url)
    page.goto("/datastore/new?kind=Typed")
    page.get_by_label("Parent key").fill("KEY(broken")
    page.get_by_label("Value").last.fill("a long text")

    page.get_by_role("button", name="Create").click()

    expect(page.get_by_role("alert")).to_contain_text("“KEY(broken” is not a key.")
    expect(page.locator("#sent")).to_contain_text("a long text")
    page.close()


def test_the_entry_that_is_read_stays_in_place_while_others_arrive(page: Page, world: World) -> None:
    page.clock.install()
    log_requests(world, "/still/", 100)
    page.goto("/logs?q=/still/")
    row = page.locator(".log > li").nth(40)
    row.evaluate(SCROLL)
    row_id = str(row.get_attribute("id"))
    top = top_of(page, row_id)

    for batch in ("/still/b", "/still/c", "/still/d"):
        log_requests(world, batch, 45)
        update(page)
        expect(page.locator(".log")).to_contain_text(f"{batch}44")
        assert top_of(page, row_id) == top

    log_requests(world, "/still/e", 300)
    update(page)
    expect(page.locator("#entries-title")).to_contain_text("535 entries")
    assert top_of(page, row_id) == top

    page.evaluate("window.scrollTo({ top: 0, behavior: 'instant' })")
    update(page)
    expect(page.locator(".log > li").first).to_contain_text("/still/e299")
    expect(page.locator(".log > li")).to_have_count(100)


def test_an_open_entry_stays_open_and_in_place(page: Page, world: World) -> None:
    page.clock.install()
    log_requests(world, "/open/", 100)
    page.goto("/logs?q=/open/")
    page.evaluate("document.body.style.paddingBottom = '3000px'")
    entry = page.locator(".log a.entry").nth(8)
    top = top_of(page, str(page.locator(".log > li").nth(8).get_attribute("id")))
    log_requests(world, "/open/b", 30)

    entry.click()

    opened = page.locator(".log > li[aria-current]")
    expect(opened).to_contain_text("/open/91")
    row_id = str(opened.get_attribute("id"))
    assert top_of(page, row_id) == top
    for batch in ("/open/c", "/open/d"):
        log_requests(world, batch, 60)
        update(page)
        expect(page.locator(".log")).to_contain_text(f"{batch}59")
        assert top_of(page, row_id) == top

    opened.locator("a.entry").click()
    expect(page.locator(".opened")).to_have_count(0)


def test_the_address_of_an_entry_shows_it_whatever_came_after(world: World) -> None:
    log_requests(world, "/bookmark/", 1)
    log_requests(world, "/bookmarked/later", 150)

    page = Html(world.get("/logs?q=/bookmark&open=/bookmark/0").text)

    assert "/bookmark/0" in " ".join(page.by_id("log-/bookmark/0").itertext())
