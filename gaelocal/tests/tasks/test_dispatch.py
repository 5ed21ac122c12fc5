"""The requests that an app receives for its tasks, and their times."""

import asyncio
from datetime import UTC, datetime

import pytest
from tests.tasks.harness import NO_ANSWER, TasksHarness, a_task, queue_path

from gaelocal.retry import RetryPolicy
from gaelocal.tasks import QueueConfig
from gaelocal.tasks.queue_config import Routing

AGENT = "AppEngine-Google; (+http://code.google.com/appengine)"


def test_a_task_reaches_the_app_with_the_headers_of_the_platform(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q"))

    client.create_task(
        parent=queue_path(), task=a_task(name=f"{queue_path()}/tasks/one", request={"body": b"hi"})
    )

    harness.until(lambda: harness.app.got)
    delivery = harness.app.got[0]
    assert (delivery.path, delivery.method, delivery.body, delivery.service) == ("/work", "POST", b"hi", None)
    assert delivery.deadline is None
    assert delivery.headers == {
        "Content-Type": "application/octet-stream",
        "User-Agent": AGENT,
        "X-Appengine-Queuename": "q",
        "X-Appengine-Taskname": "one",
        "X-Appengine-Taskretrycount": "0",
        "X-Appengine-Taskexecutioncount": "0",
        "X-Appengine-Tasketa": "1800000000.000000",
    }


def test_a_second_attempt_tells_of_the_first(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q", retry=RetryPolicy(min_backoff=10)))
    harness.app.answers = [418]
    client.create_task(parent=queue_path(), task=a_task())
    harness.until(lambda: harness.queue_waits("q"))

    harness.advance(10)

    harness.until(lambda: len(harness.app.got) == 2)
    headers = harness.app.got[1].headers
    assert headers["X-Appengine-Taskretrycount"] == "1"
    assert headers["X-Appengine-Taskexecutioncount"] == "1"
    assert headers["X-Appengine-Taskpreviousresponse"] == "418"
    assert headers["X-Appengine-Taskretryreason"] == "App Error"
    assert headers["X-Appengine-Tasketa"] == "1800000010.000000"


def test_an_attempt_without_an_answer_counts_as_a_retry_but_not_as_an_execution(
    harness: TasksHarness,
) -> None:
    client = harness.start(QueueConfig(name="q", retry=RetryPolicy(min_backoff=1)))
    harness.app.answers = [NO_ANSWER]
    client.create_task(parent=queue_path(), task=a_task())
    harness.until(lambda: harness.queue_waits("q"))

    harness.advance(1)

    harness.until(lambda: len(harness.app.got) == 2)
    headers = harness.app.got[1].headers
    assert headers["X-Appengine-Taskretrycount"] == "1"
    assert headers["X-Appengine-Taskexecutioncount"] == "0"
    assert "X-Appengine-Taskpreviousresponse" not in headers


def test_own_headers_go_along_but_never_those_of_the_platform(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q"))
    headers = {
        "content-type": "application/json",
        "X-AppEngine-QueueName": "forged",
        "x-google-thing": "forged",
        "Host": "elsewhere",
        "X-Trace": "7",
        "User-Agent": "mine/1",
    }

    client.create_task(parent=queue_path(), task=a_task(request={"headers": headers}))

    harness.until(lambda: harness.app.got)
    got = harness.app.got[0].headers
    assert got["Content-Type"] == "application/json"
    assert got["X-Trace"] == "7"
    assert got["User-Agent"] == f"mine/1 {AGENT}"
    assert got["X-Appengine-Queuename"] == "q"
    assert not {name for name, value in got.items() if value in ("forged", "elsewhere")}


def test_a_task_goes_to_the_service_it_names(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q"))
    routing = {"service": "tasks-backend", "version": "v2", "instance": "1"}

    client.create_task(parent=queue_path(), task=a_task(request={"app_engine_routing": routing}))

    harness.until(lambda: harness.app.got)
    delivery = harness.app.got[0]
    assert (delivery.service, delivery.version, delivery.instance) == ("tasks-backend", "v2", "1")


def test_the_target_of_a_queue_overrides_that_of_the_task(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q", target=Routing("tasks-backend")))

    client.create_task(
        parent=queue_path(), task=a_task(request={"app_engine_routing": {"service": "default"}})
    )

    harness.until(lambda: harness.app.got)
    assert harness.app.got[0].service == "tasks-backend"


@pytest.mark.parametrize(
    ("method", "sent"), [("GET", "GET"), ("PUT", "PUT"), ("HTTP_METHOD_UNSPECIFIED", "POST")]
)
def test_a_task_is_sent_with_its_method(harness: TasksHarness, method: str, sent: str) -> None:
    client = harness.start(QueueConfig(name="q"))

    client.create_task(parent=queue_path(), task=a_task(request={"http_method": method}))

    harness.until(lambda: harness.app.got)
    assert harness.app.got[0].method == sent


@pytest.mark.parametrize("seconds", [15, 600])
def test_the_dispatch_deadline_goes_with_the_request(harness: TasksHarness, seconds: int) -> None:
    client = harness.start(QueueConfig(name="q"))

    client.create_task(parent=queue_path(), task=a_task(dispatch_deadline={"seconds": seconds}))

    harness.until(lambda: harness.app.got)
    assert harness.app.got[0].deadline == seconds


def test_a_scheduled_task_waits_for_its_time(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q"))
    at = datetime.fromtimestamp(harness.clock.now() + 60, UTC)
    client.create_task(parent=queue_path(), task=a_task(schedule_time=at))

    harness.advance(59.9)
    before = list(harness.app.got)
    harness.advance(0.2)

    assert before == []
    harness.until(lambda: harness.app.got)
    assert harness.app.got[0].headers["X-Appengine-Tasketa"] == "1800000060.000000"


@pytest.mark.parametrize("status", [199, 300, 302, 404, 429, 500, 503])
def test_any_answer_but_2xx_is_a_failure(harness: TasksHarness, status: int) -> None:
    client = harness.start(QueueConfig(name="q"))
    harness.app.always = status

    task = client.create_task(parent=queue_path(), task=a_task())

    harness.until(lambda: harness.queue_waits("q"))
    kept = client.get_task(name=task.name)
    assert (kept.dispatch_count, kept.response_count) == (1, 1)
    assert f"HTTP status code {status}" in kept.last_attempt.response_status.message


@pytest.mark.parametrize("status", [200, 204, 299])
def test_2xx_ends_a_task(harness: TasksHarness, status: int) -> None:
    client = harness.start(QueueConfig(name="q"))
    harness.app.always = status

    client.create_task(parent=queue_path(), task=a_task())

    harness.until(lambda: harness.queue("q")["tasks"] == 0)
    assert harness.queue("q")["completed_last_minute"] == 1


def test_no_more_run_at_once_than_the_queue_allows(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q", max_concurrent=3))
    harness.app.gate = asyncio.Event()
    for _ in range(5):
        client.create_task(parent=queue_path(), task=a_task())
    harness.until(lambda: harness.app.under_way == 3)
    harness.quiet()
    at_once = harness.app.under_way

    harness.ask(harness.app.gate.set)

    harness.until(lambda: len(harness.app.got) == 5)
    assert at_once == 3


def test_a_queue_starts_its_burst_at_once_and_the_rest_at_its_rate(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q", rate=2, bucket_size=3))
    for _ in range(6):
        client.create_task(parent=queue_path(), task=a_task())
    counts = []

    for seconds in (0.0, 0.5, 0.5, 0.25, 0.25):
        harness.advance(seconds)
        counts.append(len(harness.app.got))

    assert counts == [3, 4, 5, 5, 6]


def test_a_503_slows_the_queue_down_and_a_429_does_not(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="busy"), QueueConfig(name="limited"))
    harness.app.answers = [503, 429]

    client.create_task(parent=queue_path("busy"), task=a_task())
    harness.until(lambda: harness.queue_waits("busy"))
    client.create_task(parent=queue_path("limited"), task=a_task())
    harness.until(lambda: harness.queue_waits("limited"))

    assert (harness.queue("busy")["pace"], harness.queue("limited")["pace"]) == (0.5, 1.0)


def test_a_paused_queue_keeps_its_tasks_until_it_is_resumed(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q"))
    client.pause_queue(name=queue_path())
    client.create_task(parent=queue_path(), task=a_task())
    harness.quiet()
    before = list(harness.app.got)

    client.resume_queue(name=queue_path())

    harness.until(lambda: harness.app.got)
    assert before == []


def test_run_task_goes_past_the_pause_and_the_schedule(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q", rate=0))
    at = datetime.fromtimestamp(harness.clock.now() + 3600, UTC)
    task = client.create_task(parent=queue_path(), task=a_task(schedule_time=at))

    ran = client.run_task(name=task.name)

    assert ran.dispatch_count == 1
    harness.until(lambda: harness.queue("q")["tasks"] == 0)
    assert harness.app.paths == ["/work"]


def test_a_broken_delivery_does_not_stop_the_queue(harness: TasksHarness) -> None:
    class Broken(list[int]):
        def pop(self, index: int = -1) -> int:
            super().pop(index)
            raise RuntimeError("a bug in the platform")

    client = harness.start(QueueConfig(name="q", retry=RetryPolicy(min_backoff=1)))
    harness.app.answers = Broken([1])
    client.create_task(parent=queue_path(), task=a_task())
    harness.until(lambda: harness.queue_waits("q"))

    harness.advance(1)

    harness.until(lambda: harness.queue("q")["tasks"] == 0)


def test_attempts_at_the_same_time_are_all_in_the_history(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q", retry=RetryPolicy(min_backoff=1, max_attempts=3)))
    harness.app.gate, harness.app.always = asyncio.Event(), 500
    task = client.create_task(parent=queue_path(), task=a_task())
    harness.until(lambda: harness.app.under_way == 1)
    client.run_task(name=task.name)
    harness.until(lambda: harness.app.under_way == 2)

    harness.ask(harness.app.gate.set)

    harness.until(lambda: harness.queue_waits("q"))
    server, task_id = harness.server, task.name.rpartition("/")[2]
    assert server
    assert len(harness.ask(lambda: server.operations.task("q", task_id))["history"]) == 2
    harness.app.always = 200
    harness.advance(4)
    harness.until(lambda: harness.queue("q")["tasks"] == 0)
    (finished,) = harness.ask(lambda: server.operations.finished("q"))
    details = harness.ask(lambda: server.operations.finished_task("q", finished["seq"]))
    assert [attempt["status"] for attempt in details["history"]] == [500, 500, 200]
