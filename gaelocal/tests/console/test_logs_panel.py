"""The Logs panel: requests with their lines, filters, and the waterfall of a trace."""

import time

import pytest
from playwright.sync_api import Page, expect
from tests.console.html import Html, text
from tests.console.world import TRACE, World, a_line, a_request

from gaelocal.console.logs.groups import group_entries
from gaelocal.console.logs.waterfall import bars_of


def shown(world: World, **parameters: object) -> list[str]:
    page = Html(world.get("/logs", params=parameters).text)
    return [text(item) for item in page.root.iter("span") if item.get("class") == "what"]


def test_a_request_is_one_entry_with_its_lines(world: World) -> None:
    page = world.get(f"/logs?trace={'d' * 32}&open={'d' * 32}")

    assert len(shown(world, trace="d" * 32)) == 1
    assert "ValueError: odd" in page.text


def test_lines_belong_to_the_request_of_their_service_at_their_time() -> None:
    first = a_request("/a", time=100.0, latency=1.0, trace="t", request_id="1")
    second = a_request("/b", time=102.0, latency=1.0, trace="t", request_id="2")
    other = a_request("/c", time=102.5, latency=2.5, trace="t", request_id="3", service="worker")
    lines = [
        a_line("in a", time=99.5, trace="t"),
        a_line("in b", time=101.5, trace="t"),
        a_line("in c", time=101.5, trace="t", service="worker"),
        a_line("by id", time=500.0, request_id="1"),
        a_line("alone", time=101.0),
    ]

    groups = {
        group.first.text if group.request else "": group
        for group in group_entries([*lines, first, second, other])
    }

    found = {group.first.request_id: [line.message for line in group.lines] for group in groups.values()}
    assert found == {"1": ["in a", "by id"], "2": ["in b"], "3": ["in c"], "": ["alone"]}


@pytest.mark.parametrize(
    ("parameters", "included", "left_out"),
    [
        ({"q": "CLEO"}, "/user/cleo/", "/user/ana/?page=1"),
        ({"q": "valueerror: odd"}, "/user/cleo/", "/user/ana/?page=1"),
        ({"q": '"photo": 17'}, "/api/v1/photos", "/user/cleo/"),
        ({"severity": "error"}, "/user/cleo/", "/user/ana/?page=4"),
        ({"severity": "warning"}, "/tasks/renditions", "/user/ana/?page=1"),
        ({"status": "4xx"}, "/user/ana/?page=4", "/user/ana/?page=3"),
        ({"status": "201"}, "/api/v1/photos", "/user/cleo/"),
        ({"service": "api-backend"}, "/api/v1/photos", "/user/cleo/"),
        ({"request_id": "a" * 32}, "/api/v1/photos", "/tasks/renditions"),
        ({"trace": TRACE}, "/tasks/renditions", "/user/cleo/"),
        ({"static": "1"}, "/static/site.css", "nothing"),
        ({}, "/user/cleo/", "/static/site.css"),
    ],
)
def test_entries_are_filtered(world: World, parameters: dict[str, str], included: str, left_out: str) -> None:
    found = " ".join(f"{one} " for one in shown(world, **parameters))

    assert f" {included} " in f" {found} "
    assert f" {left_out} " not in f" {found} "


def test_entries_are_filtered_by_time(world: World) -> None:
    old = 1_700_000_000.0
    world.log(a_request("/long-ago", time=old, request_id="e" * 32))

    def at(seconds: float) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(seconds))

    assert "GET /long-ago" in shown(world, range="custom", start=at(old - 1), end=at(old + 1))
    assert shown(world, range="custom", end=at(old - 1)) == []
    assert "GET /long-ago" not in shown(world, range="1h")
    assert "GET /user/cleo/" in shown(world, range="1h")


def test_older_entries_are_on_the_next_page(world: World) -> None:
    world.log(
        *(
            a_request(f"/paged/{number}", time=1_600_000_000 + number, request_id=f"p{number}")
            for number in range(150)
        )
    )

    first = Html(world.get("/logs?q=/paged/").text)
    second = Html(world.get(first.link("Older")).text)

    addresses = [
        text(item)
        for page in (first, second)
        for item in page.root.iter("span")
        if item.get("class") == "what"
    ]
    assert addresses == [f"GET /paged/{number}" for number in range(149, -1, -1)]


def test_the_waterfall_has_every_request_of_the_trace(world: World) -> None:
    page = Html(world.get(f"/logs/trace/{TRACE}").text)

    rows = page.rows("waterfall")
    assert [row[0] for row in rows] == [
        "api-backend POST /api/v1/photos",
        "tasks-backend POST /tasks/renditions",
    ]
    assert [row[1:4] for row in rows] == [["201", "0 ms", "1.2 s"], ["200", "400 ms", "600 ms"]]
    bars = [element for element in page.root.iter("rect") if element.get("x")]
    assert [(bar.get("x"), bar.get("width")) for bar in bars] == [("0", "1000"), ("333", "500")]


def test_a_task_that_logs_under_the_trace_of_its_creator_is_in_its_waterfall(world: World) -> None:
    now = time.time()
    world.log(
        a_request("/buy", time=now - 30, latency=1.0, trace="5" * 32, request_id="buy"),
        a_line("sent", time=now - 21, trace="5" * 32, request_id="task", service="worker"),
        a_request(
            "/tasks/send", time=now - 20, latency=2.0, trace="6" * 32, request_id="task", service="worker"
        ),
    )

    rows = Html(world.get(f"/logs/trace/{'5' * 32}").text).rows("waterfall")

    assert [row[0] for row in rows] == ["default GET /buy", "worker GET /tasks/send"]
    assert [row[2] for row in rows] == ["0 ms", "9.0 s"]
    assert shown(world, trace="5" * 32) == ["GET /tasks/send", "GET /buy"]


def test_a_request_inside_another_is_indented() -> None:
    outer = a_request("/a", time=10.0, latency=5.0)
    inner = a_request("/b", time=9.0, latency=2.0)
    later = a_request("/c", time=12.0, latency=1.0)

    bars, seconds = bars_of(group_entries([outer, inner, later]))

    assert [(bar.group.first.request.url, bar.depth) for bar in bars if bar.group.first.request] == [
        ("/a", 0),
        ("/b", 1),
        ("/c", 0),
    ]
    assert seconds == 7.0


def test_what_an_attacker_logged_is_text(world: World) -> None:
    page = world.get("/logs?q=onerror")

    assert "&lt;img src=x onerror=alert(1)&gt;" in page.text
    assert "<img src=x" not in page.text


def test_the_panel_in_a_browser(page: Page) -> None:
    page.goto("/logs")

    page.get_by_label("Search").fill("cleo")
    expect(page.locator(".log > li")).to_have_count(1)
    page.locator(".log a.entry").click()
    expect(page.locator(".lines .message")).to_contain_text("ValueError: odd")
    page.wait_for_url(f"**open={'d' * 32}**")
    page.get_by_role("link", name="Waterfall of this trace").click()
    expect(page.get_by_role("heading", name="1 request in")).to_be_visible()

    page.go_back()
    expect(page.locator(".lines .message")).to_contain_text("ValueError: odd")
    page.get_by_role("link", name="Reset").click()
    page.get_by_label("At least").select_option("ERROR")
    expect(page.locator(".log > li .severity").first).to_have_text("Error")
    expect(page.locator(".log > li", has_text="Info")).to_have_count(0)


def test_a_filter_chosen_while_another_page_arrives_is_applied(page: Page) -> None:
    page.goto("/logs")

    page.get_by_label("At least").evaluate("""select => {
        select.value = "ERROR";
        select.dispatchEvent(new Event("change", { bubbles: true }));
        select.value = "";  // as the form of a page that arrives now
    }""")

    page.wait_for_url("**severity=ERROR**")
