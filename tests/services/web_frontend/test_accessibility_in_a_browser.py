"""Accessibility of every page and state, in light and dark, and layout at 320 pixels."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import CHROMIUM
from tests.pictures import a_png_with_damaged_pixels
from tests.services.web_frontend.chromium import DESKTOP, PHONE, Open, Window
from tests.services.web_frontend.visitors import Person
from timeline.digests import sending

if TYPE_CHECKING:
    from timeline.interfaces import Backends

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

MakeReady = Callable[[], None]
NARROWEST = {"width": 320, "height": 640}
TOO_MANY_WORDS = "Words that are too many for one line where there is little room for them"
COLOURS_ONLY = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""The other rules of axe do not depend on the colours."""


@pytest.fixture
def paths(ana: Person, make_ready: MakeReady, backends: "Backends") -> list[str]:
    """Pages with all kinds of content."""
    ready = ana.posts(caption=TOO_MANY_WORDS)
    failed = ana.posts(image=a_png_with_damaged_pixels())
    make_ready()
    processing = ana.posts()
    photos = [f"/photo/{photo_id}/" for photo_id in (ready, failed, processing)]
    token = sending.unsubscribe_token(backends, "ana")
    return [
        "/",
        "/user/ana/",
        *photos,
        "/post/",
        "/settings",
        "/settings/summary",
        "/no",
        f"/unsubscribe/{token}",
    ]


def states_of(window: Window, files: list[str]) -> Iterator[str]:
    """Bring the page into one state after the other, and yield their names."""
    page = window.goes_to("/")
    page.click(".menu summary")
    yield "the menu is open"
    page.click(".masthead a[data-opens-sheet]")
    page.set_input_files("#image", files[2:])
    page.click("dialog [type=submit]")
    expect(page.locator(".chosen .message.wrong")).to_be_visible()
    yield "a file was refused"
    page = window.goes_to("/")
    page.locator(".photo a.picture").first.click()
    expect(page.locator("dialog.viewer .owner")).to_be_visible()
    yield "the viewer is open"
    page = window.goes_to(page.locator(".photo a.picture").first.get_attribute("href") or "")
    page.locator(".owner > summary").click()
    page.get_by_text("Edit caption").click()
    page.locator("#new-caption").evaluate("(field) => field.removeAttribute('maxlength')")
    page.locator("#new-caption").fill("x" * 501)
    page.get_by_role("button", name="Save caption").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "a caption was refused"
    page.get_by_text("Delete photo").first.click()
    page.get_by_role("button", name="Delete photo").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    yield "a photo was deleted"


def broken_rules(page: Page, options: dict[str, Any] | None = None) -> list[tuple[str, Any]]:
    found = Axe().run(page, options=options).response["violations"]
    return [(rule["id"], rule["nodes"][0]["target"]) for rule in found]


@pytest.mark.parametrize(
    ("viewport", "scheme", "options"), [(PHONE, "light", None), (DESKTOP, "dark", COLOURS_ONLY)]
)
def test_no_page_breaks_a_rule_of_accessibility(
    open_window: Open, paths: list[str], viewport: dict[str, int], scheme: str, options: dict[str, Any] | None
) -> None:
    window = open_window(viewport=viewport, color_scheme=scheme)
    window.signs_in("ana")

    broken = {path: rules for path in paths if (rules := broken_rules(window.goes_to(path), options))}

    assert broken == {}
    assert window.complaints == []


@pytest.mark.parametrize(
    ("viewport", "scheme", "options"), [(PHONE, "light", None), (DESKTOP, "dark", COLOURS_ONLY)]
)
def test_no_state_breaks_a_rule_of_accessibility(
    open_window: Open,
    files: list[str],
    viewport: dict[str, int],
    scheme: str,
    options: dict[str, Any] | None,
) -> None:
    window = open_window(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    empty = broken_rules(window.goes_to("/"), options)
    sign_in = broken_rules(window.goes_to("/signin"), options)
    window.signs_in("ana")

    broken = {state: broken_rules(window.page, options) for state in states_of(window, files)}

    assert (empty, sign_in) == ([], [])
    assert {state: rules for state, rules in broken.items() if rules} == {}
    assert len(broken) == 5


def test_every_page_fits_the_narrowest_phone(open_window: Open, paths: list[str]) -> None:
    window = open_window(viewport=NARROWEST)
    window.signs_in("ana")

    widths = {path: window.goes_to(path).evaluate("document.documentElement.scrollWidth") for path in paths}

    assert widths == dict.fromkeys(paths, NARROWEST["width"])


def test_reduced_motion_disables_animations(open_window: Open, ana: Person) -> None:
    ana.posts()
    page = open_window(reduced_motion="reduce").goes_to("/")

    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((part) => {
            const style = getComputedStyle(part);
            return style.transitionDuration.split(", ").some((each) => each !== "0s")
                || style.animationName !== "none" || style.scrollBehavior === "smooth";
        }).length"""
    )

    assert moving == 0
