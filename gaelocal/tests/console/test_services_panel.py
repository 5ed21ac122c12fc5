"""The Services panel: start, stop, restart and delete; number of instances, traffic split, memory and CPU."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.console.html import Html
from tests.console.world import World

from gaelocal.console.usage_history import UsageHistory
from tests.waiting import eventually

DEV = "/services/default/dev"


def instances(world: World) -> list[dict[str, Any]]:
    return world.engine.control.list_instances("default", "dev")


def states(world: World) -> list[str]:
    return [row["state"] for row in instances(world)]


def shares(world: World) -> dict[str, float]:
    return dict(world.engine.traffic.split_of("default").allocations)


def a_row(instance: str = "0", memory: int = 100, cpu: float = 0.0, requests: int = 0) -> dict[str, Any]:
    at = {"service": "default", "version": "dev", "instance": instance, "pid": 1}
    return {**at, "memory": memory, "cpu": cpu, "requests": requests}


def test_versions_are_listed_with_traffic_and_instances(world: World) -> None:
    page = Html(world.get("/services").text)

    text = page.text_of("v-default-dev")
    assert "SERVING" in text
    assert "100.0 %" in text
    assert "manual" in text
    assert "0.0 %" in page.text_of("v-default-two")


def test_instances_are_listed_with_their_use_of_resources(world: World) -> None:
    rows = Html(world.get(DEV).text).rows("instances")

    assert len(rows) == 2
    assert "of 768 MB" in rows[0][2]
    assert str(instances(world)[0]["pid"]) in rows[0]


def test_instance_hours_are_listed_with_their_price(world: World) -> None:
    rows = Html(world.get("/services").text).rows("hours")

    assert ["default", "B2"] in [row[:2] for row in rows]
    assert rows[-1][0] == "Total"
    assert all(row[5].startswith("$") for row in rows)


def test_an_instance_is_restarted_stopped_and_started(world: World) -> None:
    before = [row["pid"] for row in instances(world)]
    first = instances(world)[0]["id"]

    world.post(f"{DEV}/instances/{first}/restart")
    eventually(lambda: states(world) == ["running", "running"])
    after = instances(world)
    assert after[0]["pid"] not in before
    assert after[1]["pid"] == before[1]

    world.post(f"{DEV}/instances/{after[0]['id']}/stop")
    eventually(lambda: states(world) == ["stopped", "running"])
    world.post(f"{DEV}/instances/0/start")
    eventually(lambda: states(world) == ["running", "running"])
    assert world.post(f"{DEV}/instances/nope/stop").status_code == 404


def test_a_version_is_stopped_and_started(world: World) -> None:
    page = world.post(f"{DEV}/stop")
    assert "default dev was stopped." in page.text
    assert "STOPPED" in Html(world.get("/services").text).text_of("v-default-dev")

    world.post(f"{DEV}/start")
    eventually(lambda: states(world) == ["running", "running"])


def test_the_number_of_instances_is_changed(world: World) -> None:
    world.post(f"{DEV}/count", {"count": "3"})
    eventually(lambda: states(world) == ["running"] * 3)

    world.post(f"{DEV}/count", {"count": "2"})
    eventually(lambda: states(world) == ["running"] * 2)
    assert [world.post(f"{DEV}/count", {"count": text}).status_code for text in ("0", "201", "x", "²")] == [
        400
    ] * 4


def test_the_traffic_is_split(world: World) -> None:
    world.post("/services/default/traffic", {"v-dev": "75", "v-two": "25", "shard_by": "COOKIE"})
    assert shares(world) == {"dev": 0.75, "two": 0.25}

    world.post("/services/default/traffic", {"v-dev": "100", "v-two": "", "shard_by": "IP"})
    assert shares(world) == {"dev": 1.0}


@pytest.mark.parametrize(
    "form",
    [
        {"v-dev": "70"},
        {"v-dev": "x"},
        {"v-dev": "-1", "v-two": "101"},
        {"v-nope": "100"},
        {"v-dev": "100", "shard_by": "MOON"},
    ],
)
def test_an_invalid_split_is_refused(world: World, form: dict[str, str]) -> None:
    assert world.post("/services/default/traffic", form).status_code in (400, 404)
    assert shares(world) == {"dev": 1.0}


def test_only_a_version_without_traffic_is_deleted(world: World) -> None:
    from tests.appengine.releasing import a_version

    world.local.run(world.engine.releases.create_version(a_version("gone")))

    assert "default gone was deleted." in world.post("/services/default/gone/delete").text
    assert world.get("/services/default/gone").status_code == 404
    assert world.post(f"{DEV}/delete").status_code == 400


def test_memory_cpu_and_requests_over_time() -> None:
    history = UsageHistory(list)
    history.add([a_row(cpu=1.0, requests=10), a_row("1", memory=7)], 100.0)
    history.add([a_row(memory=200, cpu=2.0, requests=30)], 105.0)
    history.add([a_row(memory=300, cpu=0.5, requests=1)], 110.0)  # the process is another one

    graphs = history.graphs("default", "dev")

    assert graphs["names"] == ["0", "1"]
    assert graphs["memory"] == [[100.0, 105.0, 110.0], [100, 200, 300], [7, None, None]]
    assert graphs["cpu"][1] == [None, 20.0, None]
    assert graphs["requests"][1] == [None, 4.0, None]


def test_samples_are_bounded() -> None:
    history = UsageHistory(list)
    history.add([a_row("old")], 0.0)
    for number in range(500):
        history.add([a_row()], 10_000.0 + 5 * number)

    graphs = history.graphs("default", "dev")

    assert (graphs["names"], len(graphs["memory"][0])) == (["0"], 360)


def test_the_panel_in_a_browser(page: Page, world: World) -> None:
    page.goto("/services")
    page.get_by_role("link", name="dev", exact=True).click()
    expect(page.locator("#graph-memory canvas")).to_be_visible()
    expect(page.locator("#graph-memory .u-legend")).to_contain_text("Time")

    page.get_by_role("button", name="Restart instance 1").click()
    expect(page.locator("#note")).to_contain_text("restart")
    page.get_by_role("spinbutton", name="Instances").fill("3")
    page.get_by_role("button", name="Change number").click()
    expect(page.locator("#instances tbody tr")).to_have_count(3)
    page.get_by_role("spinbutton", name="Instances").fill("2")
    page.get_by_role("button", name="Change number").click()
    expect(page.locator("#instances tbody tr")).to_have_count(2)

    page.get_by_role("link", name="Services", exact=True).first.click()
    page.get_by_text("Split traffic").click()
    page.get_by_label("dev, %").fill("50")
    page.get_by_label("two, %").fill("50")
    page.get_by_role("button", name="Save split").click()
    expect(page.locator("#v-default-two")).to_contain_text("50.0 %")
    world.post("/services/default/traffic", {"v-dev": "100"})
