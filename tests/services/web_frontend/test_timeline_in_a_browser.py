"""The timeline in a real browser: scrolling, days, jumps to a month, and the position of the reader."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import CDPSession, Page, Route, expect

from tests.browser import CHROMIUM
from tests.pictures import a_jpeg
from tests.services.web_frontend.chromium import DESKTOP, LAYOUT_SHIFTS, PHONE, TOUCH, Open
from tests.services.web_frontend.seeds import A_SATURDAY, seed
from tests.services.web_frontend.visitors import Person
from timeline import first_page_cache
from timeline.accounts.users import AccountChanges, change_account

if TYPE_CHECKING:
    from timeline.interfaces import Backends

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

MOST_ELEMENTS = 150
MOST_STEPS = 2000
TEN_THOUSAND = 10_000
MOST_GROWTH = 15_000_000
"""Bytes: the numbers of 10,000 photos, and the elements of a few hundred."""
SCROLL = "(share) => scrollBy({top: share * innerHeight, behavior: 'instant'})"
SEEN = """() => [...document.querySelectorAll('.photo')].filter((photo) => {
    const {top, bottom} = photo.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
}).map((photo) => photo.id)"""
IS_ANY_SEEN = f"(ids) => ({SEEN})().some((id) => ids.includes(id))"
FIRST_SEEN = """() => {
    const topOf = (photo) => Math.round(photo.getBoundingClientRect().top);
    const photo = [...document.querySelectorAll('.photo')].find((each) => topOf(each) > 60);
    return [photo.id, topOf(photo)];
}"""
ROWS_ARE_FULL = """() => [...document.querySelectorAll('.photos')].every((list) => {
    const edge = list.getBoundingClientRect().right;
    const rows = Map.groupBy(list.children, (photo) => photo.offsetTop);
    const full = [...rows.values()].slice(0, list.classList.contains("open") ? -1 : undefined);
    return full.every((row) => Math.abs(edge - row.at(-1).getBoundingClientRect().right) < 1.5);
})"""
NOT_LOADING = """() => ![...document.querySelectorAll('.photos:empty')].some((list) => {
    const {top, bottom} = list.getBoundingClientRect();
    return bottom > 0 && top < innerHeight && list.clientHeight > 0;
})"""
LOADED_IMAGES = """() => performance.getEntriesByType("resource")
    .filter(({name}) => new URL(name).pathname.startsWith("/image/")).length"""
ARE_LOADED = f"(count) => ({LOADED_IMAGES})() === count"
NEXT_WHILE_LOADING = """async () => {
    const site = document.querySelector("script[src$='/site.js']").src;
    const { currentTimeline } = await import(site.replace("site.js", "scripts/timeline/timeline.js"));
    const timeline = currentTimeline();
    const last = timeline.items.at(-1);
    timeline.loadMore();
    return (await timeline.neighbour(last.id, 1)) !== null;
}"""
SCROLL_TO_END = f"""async (mostSteps) => {{
    const isSettled = {NOT_LOADING};
    const photosInView = {SEEN};
    const isAtEnd = () => Math.ceil(scrollY + innerHeight) >= document.documentElement.scrollHeight;
    const hasMore = () => document.body.classList.contains("has-more");
    const nextFrame = () => new Promise(requestAnimationFrame);
    const seen = new Set();
    const until = async (isDone, what) => {{
        const bound = performance.now() + 120_000;
        do await nextFrame(); while (!isDone() && performance.now() < bound);
        if (!isDone()) throw new Error(`${{what}} at ${{scrollY}}`);
    }};
    let most = 0;
    for (let step = 0; step < mostSteps; step += 1) {{
        await until(isSettled, "photos are missing");
        for (const id of photosInView()) seen.add(id);
        most = Math.max(most, document.querySelectorAll(".photo").length);
        await until(() => !isAtEnd() || !hasMore(), "the next page is missing");
        if (isAtEnd()) return [[...seen], most];
        scrollBy({{top: 0.9 * innerHeight, behavior: "instant"}});
    }}
    throw new Error("the end was not reached");
}}"""


def scroll_to_end(page: Page) -> tuple[set[str], int]:
    """Return the IDs of all photos seen, and the highest number of photos that had elements at once."""
    seen, most = page.evaluate(SCROLL_TO_END, MOST_STEPS)
    return set(seen), most


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_scrolling_shows_every_photo_with_few_elements_and_no_shift(
    open_window: Open, ana: Person, backends: "Backends", viewport: dict[str, int]
) -> None:
    stored = seed(backends, 500, timedelta(hours=7))
    window = open_window(viewport=viewport)
    page = window.goes_to("/user/ana/")

    seen, most = scroll_to_end(page)

    assert seen == {f"photo-{photo.id}" for photo in stored}
    assert most <= MOST_ELEMENTS
    assert sum(page.evaluate(LAYOUT_SHIFTS)) < 0.001
    assert window.complaints == []


@pytest.mark.parametrize("viewport", [DESKTOP, {"width": 1280, "height": 2600}], ids=["desktop", "large"])
def test_a_late_page_does_not_move_the_rows_above_it(
    open_window: Open, ana: Person, backends: "Backends", viewport: dict[str, int]
) -> None:
    seed(backends, 200, timedelta(hours=3))
    window = open_window(viewport=viewport)
    held: list[Route] = []
    window.page.route(lambda address: "limit=" in address, lambda route: held.append(route))  # noqa: PLW0108 - Playwright counts its parameters
    page = window.goes_to("/user/ana/")
    page.wait_for_function("() => document.body.classList.contains('has-more')")
    page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    page.evaluate(LAYOUT_SHIFTS)  # waits until this is painted

    count = page.locator(".photo").count()
    held[0].continue_()
    page.wait_for_function("(count) => document.querySelectorAll('.photo').length > count", arg=count)

    assert sum(page.evaluate(LAYOUT_SHIFTS)) < 0.001


@pytest.mark.parametrize(
    ("options", "most"),
    [(TOUCH, 3), ({"viewport": DESKTOP}, 12), ({"viewport": {"width": 1280, "height": 2600}}, 16)],
    ids=["phone", "desktop", "large"],
)
def test_photos_below_the_first_view_are_loaded_when_the_reader_scrolls(
    open_window: Open, ana: Person, make_ready: Callable[[], None], options: dict[str, Any], most: int
) -> None:
    for _ in range(16):
        ana.posts(image=a_jpeg(90, 60))
    make_ready()
    page = open_window(**options).goes_to("/")
    page.wait_for_load_state("networkidle")

    loaded = page.evaluate(LOADED_IMAGES)
    for _ in range(8):
        page.evaluate(SCROLL, 0.9)

    assert loaded <= most
    page.wait_for_function(ARE_LOADED, arg=16)


def test_every_row_but_the_last_fills_the_width(open_window: Open, ana: Person, backends: "Backends") -> None:
    seed(backends, 200, timedelta(hours=7))
    page = open_window().goes_to("/user/ana/")

    for width in (1280, 1920, 700, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(NOT_LOADING)
        page.evaluate(SCROLL, 3)
        page.wait_for_function(NOT_LOADING)

        page.wait_for_function(ROWS_ARE_FULL)


def test_the_photo_at_the_top_stays_there_when_the_window_changes_its_width(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    seed(backends, 200, timedelta(hours=7))
    page = open_window().goes_to("/user/ana/")
    page.evaluate(SCROLL, 4)
    page.wait_for_function(NOT_LOADING)
    before = page.evaluate(SEEN)

    page.set_viewport_size({"width": 900, "height": 860})

    page.wait_for_function(IS_ANY_SEEN, arg=before)


def test_photos_that_could_not_be_loaded_again_appear_without_scrolling(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    seed(backends, 500, timedelta(hours=7))
    page = open_window().goes_to("/user/ana/")
    scroll_to_end(page)
    failed: list[str] = []

    def fails_at_first(route: Route) -> None:
        failed.append(route.request.url)
        route.abort() if len(failed) <= 3 else route.continue_()

    page.route(lambda address: "/user/ana/" in address, fails_at_first)
    page.evaluate("scrollTo({top: 2 * innerHeight, behavior: 'instant'})")

    page.wait_for_function(f"() => ({NOT_LOADING})() && ({SEEN})().length > 3")
    assert len(failed) > 3


@pytest.mark.parametrize("way", ["reload", "back"])
def test_the_position_survives_a_reload_and_back(
    open_window: Open, ana: Person, backends: "Backends", way: str
) -> None:
    seed(backends, 300, timedelta(hours=7))
    page = open_window().goes_to("/user/ana/")
    for _ in range(8):
        page.evaluate(SCROLL, 0.9)
        page.wait_for_function(NOT_LOADING)
    before = page.evaluate(FIRST_SEEN)

    if way == "reload":
        page.reload()
    else:
        page.goto(page.url.replace("/user/ana/", "/signout"))
        page.go_back()
    page.wait_for_function(NOT_LOADING)

    expect(page.locator(f"#{before[0]}")).to_be_in_viewport()
    identifier, top = page.evaluate(FIRST_SEEN)
    assert identifier == before[0]
    assert abs(top - before[1]) <= 2


def test_no_photo_is_missing_after_a_reload_with_many_new_ones(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    stored = seed(backends, 200, timedelta(hours=7))
    page = open_window().goes_to("/user/ana/")
    for _ in range(8):
        page.evaluate(SCROLL, 0.9)
        page.wait_for_function(NOT_LOADING)
    newest = A_SATURDAY + 40 * timedelta(hours=7)
    stored += seed(backends, 40, timedelta(hours=7), newest=newest)
    first_page_cache.invalidate(backends, "ana")

    page.reload()
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    seen, _ = scroll_to_end(page)

    assert seen == {f"photo-{photo.id}" for photo in stored}


def test_the_next_photo_is_found_while_more_are_being_loaded(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    seed(backends, 300, timedelta(hours=7))
    page = open_window().goes_to("/user/ana/")
    page.wait_for_load_state("networkidle")

    assert page.evaluate(NEXT_WHILE_LOADING)


@pytest.mark.parametrize(
    ("timezone", "days"),
    [("UTC", ["20", "19"]), ("Asia/Tokyo", ["21", "20"]), ("America/Lima", ["20", "19"])],
)
def test_days_begin_in_the_time_zone_of_the_reader(
    open_window: Open, ana: Person, backends: "Backends", timezone: str, days: list[str]
) -> None:
    seed(backends, 2, timedelta(days=1))
    window = open_window(timezone_id=timezone)
    page = window.goes_to("/user/ana/")
    expect(page.locator(".date b")).to_have_text(days)

    from_server = page.evaluate("fetch(location).then((response) => response.text())")

    assert re.findall(r"<b>(\d+)</b>", from_server) == days
    assert page.evaluate(LAYOUT_SHIFTS) == []


def test_a_jump_opens_the_timeline_at_a_month(open_window: Open, ana: Person, backends: "Backends") -> None:
    seed(backends, 300, timedelta(days=3))
    window = open_window()
    page = window.goes_to("/user/ana/")

    page.locator("select#month").select_option("March 2025")

    page.wait_for_url("**/user/ana/?month=2025-03")
    expect(page.locator(".date time").first).to_have_attribute("datetime", "2025-03-30")
    page.go_back()
    expect(page.locator(".date time").first).to_have_attribute("datetime", "2026-06-20")
    assert window.complaints == []


def test_keys_look_at_all_months_before_one_is_opened(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    seed(backends, 300, timedelta(days=3))
    page = open_window().goes_to("/user/ana/")
    months = page.locator("select#month")
    expect(months.locator("option")).to_have_count(31)
    expect(page.get_by_role("button", name="Go")).to_be_hidden()

    page.keyboard.press("Tab")
    while not months.evaluate("list => list === document.activeElement"):
        page.keyboard.press("Tab")
    for _ in range(12):
        page.keyboard.press("ArrowDown")

    expect(months).to_have_value("2025-07")
    expect(page.get_by_role("button", name="Go")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/user/ana/?month=2025-07")
    expect(page.locator(".date time").first).to_have_attribute("datetime", "2025-07-31")


def test_the_button_opens_the_month_that_keys_have_chosen(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    seed(backends, 300, timedelta(days=3))
    page = open_window().goes_to("/user/ana/")
    months = page.locator("select#month")
    expect(months.locator("option")).to_have_count(31)

    page.locator("main").focus()
    while not months.evaluate("list => list === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.wait_for_url("**/user/ana/?month=2024-01")


def test_keys_move_the_scrubber_through_months_before_one_is_opened(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    seed(backends, 300, timedelta(days=3))
    page = open_window().goes_to("/user/ana/")
    scrubber = page.get_by_role("slider", name="Jump to a month")
    expect(scrubber).to_have_attribute("aria-valuetext", "June 2026")

    scrubber.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")

    expect(scrubber).to_have_attribute("aria-valuetext", "February 2024")
    page.keyboard.press("Enter")
    page.wait_for_url("**/user/ana/?month=2024-02")


def test_the_scrubber_follows_the_reader_and_jumps_by_keyboard(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    seed(backends, 100, timedelta(days=3))
    page = open_window().goes_to("/user/ana/")
    scrubber = page.get_by_role("slider", name="Jump to a month")
    expect(scrubber).to_have_attribute("aria-valuetext", "June 2026")

    page.evaluate(SCROLL, 3)
    expect(scrubber).not_to_have_attribute("aria-valuetext", "June 2026")
    scrubber.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")

    expect(scrubber).to_have_attribute("aria-valuetext", "June 2026")
    expect(page.locator(".photo").first).to_be_in_viewport()


def test_the_years_beside_the_scrubber_are_one_line_each(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    seed(backends, 100, timedelta(days=5))
    page = open_window().goes_to("/user/ana/")
    years = page.locator(".scrubber span")
    expect(years).to_have_text(["2026", "2025"])

    assert all((box.bounding_box() or {})["height"] < 30 for box in years.all())


def test_the_form_for_months_fits_the_smallest_phones_without_scripts(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    seed(backends, 3, timedelta(days=3))
    small = open_window(java_script_enabled=False, viewport={"width": 320, "height": 600})
    page = small.goes_to("/user/ana/")

    button = page.get_by_role("button", name="Go").bounding_box() or {"x": 0, "width": 999}

    assert button["x"] + button["width"] <= 320


def test_a_month_is_opened_without_scripts(open_window: Open, ana: Person, backends: "Backends") -> None:
    seed(backends, 60, timedelta(days=3))
    page = open_window(java_script_enabled=False).goes_to("/user/ana/")

    page.get_by_label("Jump to").fill("2026-02")
    page.get_by_role("button", name="Go").click()

    expect(page.locator(".date time").first).to_have_attribute("datetime", "2026-02-26")
    page.get_by_role("link", name="Back to the newest photos").click()
    expect(page.locator(".date time").first).to_have_attribute("datetime", "2026-06-20")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_long_words_and_names_do_not_widen_the_page(
    open_window: Open, ana: Person, backends: "Backends", viewport: dict[str, int]
) -> None:
    word = "Donaudampfschifffahrt" * 20
    change_account(backends, "ana", AccountChanges(display_name=word[:80]))
    photo_id = ana.posts(caption=word)
    window = open_window(viewport=viewport)

    for path in ("/", "/user/ana/", f"/photo/{photo_id}/"):
        width = window.goes_to(path).evaluate("document.documentElement.scrollWidth")
        assert width == viewport["width"], path


def test_captions_and_names_have_their_own_direction(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    change_account(backends, "ana", AccountChanges(display_name="עדי"))
    photo_id = ana.posts(caption="ערב טוב!")
    window = open_window()

    page = window.goes_to("/")
    expect(page.locator(".photo .caption")).to_have_css("direction", "rtl")
    expect(page.locator(".photo .by a")).to_have_text("עדי")
    page = window.goes_to(f"/photo/{photo_id}/")
    expect(page.get_by_role("heading", level=1)).to_have_css("direction", "rtl")


def test_scrolling_continues_after_a_failed_request(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    seed(backends, 100, timedelta(hours=7))
    page = open_window().goes_to("/user/ana/?limit=10")
    page.wait_for_function(NOT_LOADING)
    page.route("**/user/ana/?cursor=*", lambda route: route.abort())
    page.reload()

    link = page.get_by_role("link", name="More photos")
    expect(link).to_be_visible()
    page.unroute("**/user/ana/?cursor=*")
    link.click()

    expect(page.locator(".caption:text('Number 30')")).to_have_count(1)


def test_a_card_that_was_off_the_page_while_its_photo_became_ready_shows_it(
    open_window: Open, ana: Person, make_ready: Callable[[], None]
) -> None:
    ana.posts()
    page = open_window().goes_to("/user/ana/")
    expect(page.locator(".photo[data-processing]")).to_have_count(1)
    page.evaluate(
        "window.card = document.querySelector('.photo'), window.block = card.parentNode, card.remove()"
    )
    page.wait_for_timeout(2_500)  # in which polling would end

    make_ready()
    page.evaluate("window.block.append(window.card)")

    expect(page.locator(".photo picture img")).to_have_count(1)


@pytest.mark.slow
def test_ten_thousand_photos_need_few_elements_and_little_memory(
    open_window: Open, ana: Person, backends: "Backends"
) -> None:
    seed(backends, TEN_THOUSAND, timedelta(hours=3))
    window = open_window()
    page = window.goes_to("/user/ana/")
    session = page.context.new_cdp_session(page)
    page.wait_for_function(NOT_LOADING)
    before = heap_of(session)

    seen, most = scroll_to_end(page)

    assert len(seen) == TEN_THOUSAND
    assert most <= MOST_ELEMENTS
    assert sum(page.evaluate(LAYOUT_SHIFTS)) < 0.001
    grown = heap_of(session) - before
    print(f"{TEN_THOUSAND:,} photos: at most {most} elements, {grown / 1e6:.1f} MB more memory")
    assert grown < MOST_GROWTH


def heap_of(session: CDPSession) -> int:
    """Return the bytes of JavaScript's heap after a garbage collection."""
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    return int(session.send("Runtime.getHeapUsage")["usedSize"])
