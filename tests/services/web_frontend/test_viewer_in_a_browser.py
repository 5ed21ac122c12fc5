"""The viewer in a real browser: stepping, zoom, swipes, the owner's menu, and the page without scripts."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import CHROMIUM
from tests.pictures import a_jpeg
from tests.services.web_frontend.chromium import DESKTOP, TOUCH, Open
from tests.services.web_frontend.seeds import seed
from tests.services.web_frontend.visitors import Person

if TYPE_CHECKING:
    from timeline.interfaces import Backends

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

MakeReady = Callable[[], None]
SWIPE = """([from, to]) => {
    const stage = document.querySelector('.viewer .stage');
    const point = (type, [clientX, clientY]) => stage.dispatchEvent(new PointerEvent(type, {
        pointerId: 1, pointerType: 'touch', isPrimary: true, bubbles: true, clientX, clientY,
    }));
    stage.setPointerCapture = () => {};
    point('pointerdown', from);
    point('pointermove', to);
    point('pointerup', to);
}"""
PINCH = """([from, to]) => {
    const stage = document.querySelector('.viewer .stage');
    const point = (type, pointerId, [clientX, clientY]) => stage.dispatchEvent(new PointerEvent(type, {
        pointerId, pointerType: 'touch', isPrimary: pointerId === 1, bubbles: true, clientX, clientY,
    }));
    stage.setPointerCapture = () => {};
    from.forEach((place, finger) => point('pointerdown', finger + 1, place));
    to.forEach((place, finger) => point('pointermove', finger + 1, place));
    to.forEach((place, finger) => point('pointerup', finger + 1, place));
}"""
"""Two fingers move from two places to two others."""
PLACE = """() => {
    const picture = document.querySelector('.viewer .stage .picture');
    const {left, top, width, height} = picture.getBoundingClientRect();
    return {left, top, width, height};
}"""
IS_STILL = "() => !document.activeViewTransition"
IS_ENLARGED = """(isEnlarged) => isEnlarged === (new DOMMatrix(
    getComputedStyle(document.querySelector('.viewer .stage .picture')).transform).a > 1)"""


@pytest.fixture
def three(ana: Person, make_ready: MakeReady) -> list[str]:
    """Three photos, newest first."""
    ids = [ana.posts(caption=caption, image=a_jpeg(900, 600)) for caption in ("three", "two", "one")]
    make_ready()
    return ids[::-1]


def viewer_of(page: Page) -> Locator:
    return page.locator("dialog.viewer")


def open_photo(page: Page, caption: str) -> Locator:
    """Open a photo, and wait for the end of the transition, during which the pointer reaches nothing."""
    page.locator(".photo", has_text=caption).locator("a.picture").click()
    expect(viewer_of(page).get_by_role("heading", level=1)).to_have_text(caption)
    page.wait_for_function(IS_STILL)
    return viewer_of(page)


def test_a_photo_opens_over_the_timeline_and_escape_returns(open_window: Open, three: list[str]) -> None:
    window = open_window()
    page = window.goes_to("/")

    viewer = open_photo(page, "two")
    expect(page).to_have_url(re.compile(f"/photo/{three[1]}/$"))
    expect(page).to_have_title("two · Photo Timeline")
    expect(viewer.get_by_role("link", name="ana")).to_be_visible()
    expect(viewer.locator("time")).to_be_visible()
    page.keyboard.press("Escape")

    expect(viewer).to_be_hidden()
    expect(page).to_have_url(f"{window.address}/")
    expect(page.locator(f"#photo-{three[1]} a.picture")).to_be_focused()
    assert window.complaints == []


def test_arrow_keys_and_buttons_step_through_the_stream(open_window: Open, three: list[str]) -> None:
    page = open_window().goes_to("/user/ana/")
    viewer = open_photo(page, "one")
    expect(viewer.get_by_role("button", name="Previous photo")).to_be_disabled()

    page.keyboard.press("ArrowRight")
    expect(viewer.get_by_role("heading", level=1)).to_have_text("two")
    viewer.get_by_role("button", name="Next photo").click()
    expect(viewer.get_by_role("heading", level=1)).to_have_text("three")
    expect(viewer.get_by_role("button", name="Next photo")).to_be_disabled()
    page.keyboard.press("ArrowLeft")
    expect(viewer.get_by_role("heading", level=1)).to_have_text("two")
    expect(page).to_have_url(re.compile(f"/photo/{three[1]}/$"))
    page.go_back()

    expect(viewer).to_be_hidden()
    page.go_forward()
    expect(viewer.get_by_role("heading", level=1)).to_have_text("two")


def test_stepping_continues_beyond_the_loaded_photos(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    seed(backends, 130, timedelta(hours=5))
    page = open_window().goes_to("/user/ana/")
    viewer = open_photo(page, "Number 0")

    for number in range(1, 30):
        page.keyboard.press("ArrowRight")
        expect(viewer.get_by_role("heading", level=1)).to_have_text(f"Number {number}")
    page.keyboard.press("Escape")

    expect(viewer).to_be_hidden()
    expect(page.locator(".photo a.picture:focus")).to_be_in_viewport()


def test_wheel_double_click_keys_and_buttons_zoom(open_window: Open, three: list[str]) -> None:
    page = open_window().goes_to("/")
    viewer = open_photo(page, "one")
    page.mouse.move(640, 300)

    page.mouse.wheel(0, -300)
    page.wait_for_function(IS_ENLARGED, arg=True)
    page.mouse.down()
    page.mouse.move(300, 200)
    page.mouse.up()
    page.mouse.dblclick(640, 300)
    page.wait_for_function(IS_ENLARGED, arg=False)
    page.keyboard.press("+")
    page.wait_for_function(IS_ENLARGED, arg=True)
    viewer.get_by_role("button", name="Zoom out").click()
    page.wait_for_function(IS_ENLARGED, arg=False)
    viewer.get_by_role("button", name="Zoom in").click()
    page.wait_for_function(IS_ENLARGED, arg=True)
    page.keyboard.press("-")
    page.wait_for_function(IS_ENLARGED, arg=False)

    expect(viewer.get_by_role("button", name="Zoom out")).to_be_disabled()
    expect(viewer.get_by_role("heading", level=1)).to_have_text("one")


def test_an_enlarged_photo_is_panned_but_not_out_of_the_window(open_window: Open, three: list[str]) -> None:
    page = open_window().goes_to("/")
    viewer = open_photo(page, "one")
    for _ in range(2):
        page.keyboard.press("+")
    before = page.evaluate(PLACE)

    page.mouse.move(640, 300)
    page.mouse.down()
    page.mouse.move(600, 280)
    panned = page.evaluate(PLACE)
    page.mouse.move(-5000, -5000)
    page.mouse.up()
    after = page.evaluate(PLACE)

    assert panned["left"] - before["left"] == pytest.approx(-40, abs=0.5)
    assert panned["top"] - before["top"] == pytest.approx(-20, abs=0.5)
    assert (after["width"], after["height"]) == (before["width"], before["height"])
    stage = viewer.locator(".stage").bounding_box() or {}
    assert after["left"] + after["width"] == pytest.approx(stage["x"] + stage["width"], abs=0.5)
    assert after["top"] + after["height"] == pytest.approx(stage["y"] + stage["height"], abs=0.5)
    expect(viewer.get_by_role("heading", level=1)).to_have_text("one")


def test_two_fingers_enlarge_the_photo_around_the_point_between_them(
    open_window: Open, three: list[str]
) -> None:
    page = open_window(**TOUCH).goes_to("/")
    viewer = open_photo(page, "one")
    before = page.evaluate(PLACE)
    middle = [before["left"] + before["width"] / 4, before["top"] + before["height"] / 2]
    fingers = [[[middle[0] - apart, middle[1]], [middle[0] + apart, middle[1]]] for apart in (40, 60, 20)]

    page.evaluate(PINCH, fingers[:2])
    enlarged = page.evaluate(PLACE)
    page.evaluate(PINCH, [fingers[1], fingers[2]])
    after = page.evaluate(PLACE)

    assert enlarged["width"] / before["width"] == pytest.approx(1.5, abs=0.01)
    assert (middle[0] - enlarged["left"]) / enlarged["width"] == pytest.approx(1 / 4, abs=0.01)
    assert after == pytest.approx(before, abs=0.5)
    expect(viewer.get_by_role("heading", level=1)).to_have_text("one")


def test_an_enlarged_photo_loads_the_full_rendition(
    open_window: Open, ana: Person, make_ready: MakeReady
) -> None:
    ana.posts(caption="large", image=a_jpeg(3000, 2000))
    make_ready()
    page = open_window(viewport={"width": 700, "height": 600}).goes_to("/")
    viewer = open_photo(page, "large")
    image = viewer.locator(".stage img")
    expect(image).to_have_js_property("complete", value=True)
    assert "full-" not in image.evaluate("(image) => image.currentSrc")

    for _ in range(3):
        page.keyboard.press("+")

    page.wait_for_function("() => document.querySelector('.stage img').currentSrc.includes('full-')")


def test_swipes_step_and_dismiss(open_window: Open, three: list[str]) -> None:
    page = open_window(**TOUCH).goes_to("/")
    viewer = open_photo(page, "one")

    page.evaluate(SWIPE, [[300, 300], [80, 310]])
    expect(viewer.get_by_role("heading", level=1)).to_have_text("two")
    page.evaluate(SWIPE, [[80, 300], [300, 310]])
    expect(viewer.get_by_role("heading", level=1)).to_have_text("one")
    page.evaluate(SWIPE, [[200, 200], [210, 400]])

    expect(viewer).to_be_hidden()


def test_the_owner_edits_the_caption_in_the_viewer(open_window: Open, three: list[str]) -> None:
    window = open_window()
    page = window.signs_in("ana")
    viewer = open_photo(page, "two")

    viewer.locator(".owner > summary").click()
    viewer.get_by_text("Edit caption").click()
    viewer.locator("textarea").fill("zwei")
    viewer.get_by_role("button", name="Save caption").click()
    expect(viewer.get_by_role("heading", level=1)).to_have_text("zwei")
    expect(viewer.get_by_role("link", name="Download the original")).to_have_attribute(
        "href", f"/image/{three[1]}/original"
    )
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")

    expect(viewer).to_be_hidden()
    expect(page.locator(f"#photo-{three[1]} .caption")).to_have_text("zwei")
    assert window.complaints == []


def test_the_owner_deletes_a_photo_in_the_viewer(open_window: Open, three: list[str]) -> None:
    page = open_window().signs_in("ana")
    viewer = open_photo(page, "two")

    viewer.locator(".owner > summary").click()
    viewer.get_by_text("Delete photo").first.click()
    viewer.get_by_role("button", name="Delete photo").click()

    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(page.locator(".photo .caption")).to_have_text(["one", "three"])


@pytest.mark.parametrize("options", [{"viewport": DESKTOP}, TOUCH], ids=["desktop", "phone"])
def test_the_buttons_of_the_viewer_do_not_cover_its_text(
    open_window: Open, ana: Person, make_ready: MakeReady, options: dict[str, Any]
) -> None:
    ana.posts(caption="A caption of many lines. " * 12, image=a_jpeg(900, 600))
    make_ready()
    page = open_window(**options).goes_to("/")
    page.locator("a.picture").click()
    expect(viewer_of(page).locator("time")).to_be_visible()
    page.wait_for_function(IS_STILL)

    text = viewer_of(page).locator(".about").bounding_box() or {}

    for button in ("Previous photo", "Next photo"):
        box = viewer_of(page).get_by_role("button", name=button).bounding_box() or {}
        assert box["y"] + box["height"] <= text["y"]


def test_the_owners_menu_has_the_colours_of_the_viewer(open_window: Open, three: list[str]) -> None:
    """The viewer is dark in a light window too."""
    page = open_window(color_scheme="light").signs_in("ana")
    open_photo(page, "two")
    button = viewer_of(page).locator(".owner > summary")
    expect(button).to_be_visible()

    background = button.evaluate("(button) => getComputedStyle(button).backgroundColor")

    assert max(map(int, re.findall(r"\d+", background))) < 100


def test_strangers_have_no_menu(open_window: Open, three: list[str]) -> None:
    page = open_window().goes_to("/")
    viewer = open_photo(page, "two")

    expect(viewer.locator("time")).to_be_visible()
    expect(viewer.locator(".owner")).to_have_count(0)


def test_a_link_is_copied_and_shared(open_window: Open, three: list[str]) -> None:
    window = open_window(permissions=["clipboard-read", "clipboard-write"])
    window.page.add_init_script(
        "navigator.share = (data) => { window.shared = data; return Promise.resolve(); }"
    )
    page = window.goes_to("/")
    viewer = open_photo(page, "two")

    viewer.get_by_role("button", name="Copy link").click()
    expect(viewer.get_by_role("button", name="Link copied")).to_be_visible()
    viewer.get_by_role("button", name="Share").click()

    address = f"{window.address}/photo/{three[1]}/"
    assert page.evaluate("navigator.clipboard.readText()") == address
    assert page.evaluate("window.shared.url") == address


@pytest.mark.parametrize("options", [{"viewport": DESKTOP}, TOUCH], ids=["desktop", "phone"])
@pytest.mark.parametrize("has_scripts", [True, False], ids=["viewer", "page"])
def test_a_tall_screenshot_is_readable(
    open_window: Open, ana: Person, make_ready: MakeReady, options: dict[str, Any], has_scripts: bool
) -> None:
    photo_id = ana.posts(caption="tall", image=a_jpeg(600, 4000))
    make_ready()
    window = open_window(**options, java_script_enabled=has_scripts)
    page = window.goes_to("/" if has_scripts else f"/photo/{photo_id}/")
    image = (open_photo(page, "tall") if has_scripts else page).locator(".picture img").last

    box = image.bounding_box() or {}
    width = options["viewport"]["width"]

    assert box["width"] >= min(0.9 * width, 600)
    assert abs(box["height"] / box["width"] - 4000 / 600) < 0.1


def test_the_page_works_without_scripts(open_window: Open, three: list[str]) -> None:
    page = open_window(java_script_enabled=False).goes_to("/")

    page.locator(".photo", has_text="two").locator("a.picture").click()

    expect(page).to_have_url(re.compile(f"/photo/{three[1]}/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("two")
    expect(page.get_by_role("button", name="Share")).to_have_count(0)


def test_a_view_transition_runs_unless_the_reader_prefers_no_motion(
    open_window: Open, three: list[str]
) -> None:
    counted = {}
    for motion in ("no-preference", "reduce"):
        window = open_window(reduced_motion=motion)
        window.page.add_init_script(
            """window.transitions = 0;
            const start = Document.prototype.startViewTransition;
            Document.prototype.startViewTransition = function (change) {
                window.transitions += 1;
                return start.call(this, change);
            };"""
        )
        page = window.goes_to("/")
        open_photo(page, "two")
        counted[motion] = page.evaluate("window.transitions")

    assert counted == {"no-preference": 1, "reduce": 0}
