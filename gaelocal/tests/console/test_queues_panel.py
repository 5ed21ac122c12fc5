"""The Queues panel: pause, resume, purge, settings; tasks with their attempts; run, delete and retry."""

import pytest
from playwright.sync_api import Page, expect
from tests.console.html import Html
from tests.console.world import World

from gaelocal.delivery import Delivery
from tests.waiting import eventually

QUEUE = "/queues/mail"


def row_of(world: World, queue: str) -> dict[str, object]:
    return next(row for row in world.get("/api/queues").json() if row["name"] == queue)


def waiting(world: World, queue: str = "mail") -> list[str]:
    return [row["name"] for row in world.get(f"/api/queues/{queue}/tasks").json()]


def dead(world: World) -> list[dict[str, object]]:
    found: list[dict[str, object]] = world.get("/api/queues/renditions/dead").json()
    return found


def a_dead_task(world: World, path: str = "/tasks/broken") -> dict[str, object]:
    before = len(dead(world))
    world.create_task("renditions", path, b'{"photo": 1}')
    eventually(lambda: len(dead(world)) > before)
    return dead(world)[0]


def test_a_queue_is_paused_and_resumed(world: World) -> None:
    page = world.post(f"{QUEUE}/pause", {"next": "/queues"})
    assert "The queue mail is paused." in page.text
    assert row_of(world, "mail")["state"] == "PAUSED"

    world.post(f"{QUEUE}/resume")
    assert row_of(world, "mail")["state"] == "RUNNING"


def test_a_queue_is_purged(world: World) -> None:
    task = world.create_task("mail", "/tasks/purged", later=3600)
    assert task in waiting(world)

    world.post(f"{QUEUE}/purge")

    assert waiting(world) == []


def test_settings_are_shown_and_changed(world: World) -> None:
    form = Html(world.get(QUEUE).text).form("settings")
    assert (form["rate"], form["max_attempts"]) == (["1"], ["-1"])

    world.post(f"{QUEUE}/settings", form | {"rate": "2.5", "max_attempts": "7", "max_backoff": "60"})

    changed = Html(world.get(QUEUE).text).form("settings")
    assert (changed["rate"], changed["max_attempts"], changed["max_backoff"]) == (["2.5"], ["7"], ["60"])
    world.post(f"{QUEUE}/settings", form)


def test_settings_keep_all_their_digits(world: World) -> None:
    form = Html(world.get(QUEUE).text).form("settings")
    exact = {"rate": ["123.456789"], "max_attempts": ["1000000"], "max_retry_duration": ["1234567.5"]}

    world.post(f"{QUEUE}/settings", form | exact)
    changed = Html(world.get(QUEUE).text).form("settings")
    saved = world.post(f"{QUEUE}/settings", changed)

    assert {name: changed[name] for name in exact} == exact
    assert saved.status_code == 200
    world.post(f"{QUEUE}/settings", form)


@pytest.mark.parametrize(
    "change",
    [
        {"rate": "501"}, {"rate": "nan"}, {"rate": "fast"}, {"bucket_size": "1.5"}, {"max_concurrent": "0"},
        {"max_attempts": "0"}, {"min_backoff": "9", "max_backoff": "1"}, {"max_retry_duration": "-1"},
    ],
)  # fmt: skip
def test_an_invalid_setting_is_refused(world: World, change: dict[str, str]) -> None:
    form = Html(world.get(QUEUE).text).form("settings")

    assert world.post(f"{QUEUE}/settings", form | change).status_code == 400
    assert Html(world.get(QUEUE).text).form("settings") == form


def test_a_task_is_shown_with_headers_and_decoded_body(world: World) -> None:
    task = world.create_task(
        "mail", "/tasks/x", b'{"b":[1]}', later=3600, **{"Content-Type": "application/json", "X-Own": "7"}
    )

    page = Html(world.get(f"{QUEUE}/tasks/{task}").text)

    headers = dict(page.rows("headers"))
    assert headers["X-Own"] == "7"
    assert headers["X-Appengine-Queuename"] == "mail"
    assert headers["X-Appengine-Taskname"] == task
    assert '{ "b": [ 1 ] }' in page.text


def test_a_form_and_binary_bodies_are_decoded(world: World) -> None:
    form = world.create_task(
        "mail", "/t", b"a=1&b=%C3%BC", later=3600, **{"Content-Type": "application/x-www-form-urlencoded"}
    )
    binary = world.create_task("mail", "/t", b"\x00\xff PNG", later=3600)

    assert ">ü<" in world.get(f"{QUEUE}/tasks/{form}").text
    assert "00 ff 20 50 4e 47" in world.get(f"{QUEUE}/tasks/{binary}").text


def test_a_waiting_task_is_run_now(world: World) -> None:
    task = world.create_task("mail", "/tasks/run-now", later=3600)

    world.post(f"{QUEUE}/tasks/{task}/run")

    eventually(lambda: any(one.path == "/tasks/run-now" for one in world.delivered))
    eventually(lambda: task not in waiting(world))


def test_a_task_is_deleted(world: World) -> None:
    task = world.create_task("mail", "/tasks/deleted", later=3600)

    assert f"{task} was deleted." in world.post(f"{QUEUE}/tasks/{task}/delete").text

    assert task not in waiting(world)
    assert world.post(f"{QUEUE}/tasks/{task}/delete").status_code == 404


def test_attempts_of_a_failing_task_are_listed(world: World) -> None:
    statuses: list[int | None] = [503, None, 200]

    def respond(delivery: Delivery) -> int | None:
        if delivery.path != "/tasks/third-time":
            return world_before(delivery)
        return statuses.pop(0)

    world_before, world.respond = world.respond, respond
    task = world.create_task("renditions", "/tasks/third-time", b"x")
    eventually(lambda: not statuses and task not in waiting(world, "renditions"))

    page = Html(world.get("/queues/renditions?tab=finished").text)
    link = page.link(task)
    eventually(lambda: bool(link))
    attempts = Html(world.get(link).text).rows("attempts")
    assert [row[1] for row in attempts] == ["200", "no answer", "503"]
    world.respond = world_before


def test_finished_tasks_are_listed_with_their_request(world: World) -> None:
    page = Html(world.get("/queues/renditions?tab=finished").text)

    first = page.rows("tasks")[-1]
    assert first[2] == "POST /tasks/renditions"
    assert '"photo": 17' in Html(world.get(page.link(first[0])).text).text


def test_a_task_that_was_given_up_is_shown_and_retried(world: World) -> None:
    task = a_dead_task(world)
    detail = Html(world.get(f"/queues/renditions/dead/{task['seq']}").text)
    assert [row[1] for row in detail.rows("attempts")] == ["500", "500", "500"]
    before, world.respond = world.respond, lambda _delivery: 200

    page = world.post(f"/queues/renditions/dead/{task['seq']}/retry")

    assert f"{task['name']} is in the queue again." in page.text
    eventually(lambda: task["name"] not in waiting(world, "renditions"))
    assert world.delivered[-1].body == b'{"photo": 1}'
    assert world.delivered[-1].headers["X-Appengine-Taskretrycount"] == "0"
    assert task["name"] not in [one["name"] for one in dead(world)]
    world.respond = before


def test_all_tasks_that_were_given_up_are_retried(world: World) -> None:
    a_dead_task(world)
    a_dead_task(world)
    before, world.respond = world.respond, lambda _delivery: 200

    world.post("/queues/renditions/dead/retry")

    assert dead(world) == []
    world.respond = before


def test_a_task_that_was_given_up_is_deleted(world: World) -> None:
    task = a_dead_task(world)

    world.post(f"/queues/renditions/dead/{task['seq']}/delete")

    assert task["seq"] not in [one["seq"] for one in dead(world)]


def test_pages_list_every_task_once(world: World) -> None:
    created = {world.create_task("mail", "/tasks/paged", later=3600) for _ in range(60)}
    path, seen = QUEUE, []
    while path:
        page = Html(world.get(path).text)
        seen += [row[0] for row in page.rows("tasks")]
        path = page.link("Next page")

    assert created <= set(seen)
    assert len(seen) == len(set(seen))
    world.post(f"{QUEUE}/purge")


def test_the_panel_in_a_browser(page: Page, world: World) -> None:
    task = world.create_task("mail", "/tasks/by-hand", later=3600)
    page.goto("/queues")

    page.get_by_role("button", name="Pause mail").click()
    expect(page.locator("#queue-mail")).to_contain_text("PAUSED")
    page.get_by_role("button", name="Resume mail").click()
    expect(page.locator("#queue-mail")).to_contain_text("RUNNING")

    page.get_by_role("link", name="mail", exact=True).click()
    page.get_by_role("button", name=f"Run {task} now").click()
    expect(page.locator("#note")).to_have_text(f"{task} is running.")
    expect(page.locator("#tasks")).not_to_contain_text(task)
    page.get_by_role("link", name="Finished").click()
    page.wait_for_url("**tab=finished")
    expect(page.locator("#tasks")).to_contain_text("/tasks/by-hand")


def test_the_page_of_a_task_leads_to_its_result_when_it_ends(world: World) -> None:
    broken = a_dead_task(world)
    done = world.create_task("renditions", "/tasks/done")
    eventually(lambda: done in world.get("/queues/renditions?tab=finished").text)

    given_up = world.get(f"/queues/renditions/tasks/{broken['name']}")
    finished = world.get(f"/queues/renditions/tasks/{done}")

    assert f"/queues/renditions/dead/{broken['seq']}" in given_up.url
    assert "/queues/renditions/finished/" in finished.url
    assert world.get("/queues/renditions/tasks/never").status_code == 404


def test_the_page_of_a_task_leads_to_the_log_entries_of_its_request(world: World) -> None:
    task = world.create_task("mail", "/tasks/logged?photo=1&size=2", later=3600)

    page = Html(world.get(f"/queues/mail/tasks/{task}").text)

    assert page.link("Logs of this request") == "/logs?q=/tasks/logged%3Fphoto%3D1%26size%3D2"
    world.post(f"{QUEUE}/purge")
