"""Retries of tasks, and their limits."""

import logging

import pytest
from tests.tasks.harness import TasksHarness, a_task, queue_path

from gaelocal.retry import UNLIMITED, RetryPolicy
from gaelocal.tasks import QueueConfig


def test_the_wait_doubles_then_grows_evenly_then_stays() -> None:
    policy = RetryPolicy(min_backoff=10, max_backoff=300, max_doublings=3)

    waits = [policy.backoff(failures) for failures in range(1, 10)]

    assert waits == [10, 20, 40, 80, 160, 240, 300, 300, 300]


def test_the_wait_is_even_from_the_start_without_doublings() -> None:
    policy = RetryPolicy(min_backoff=1, max_backoff=100, max_doublings=0)

    assert [policy.backoff(failures) for failures in (1, 2, 3, 200)] == [1, 2, 3, 100]


def test_the_wait_of_a_task_that_failed_a_million_times_is_the_longest() -> None:
    assert RetryPolicy(max_doublings=10_000).backoff(1_000_000) == 3600


@pytest.mark.parametrize(
    ("attempts", "duration", "made", "age", "exhausted"),
    [
        (3, 0, 2, 1e9, False),
        (3, 0, 3, 0, True),
        (3, 60, 3, 59, False),
        (3, 60, 2, 60, False),
        (3, 60, 3, 60, True),
        (UNLIMITED, 60, 1, 60, True),
        (UNLIMITED, 60, 1000, 59, False),
        (UNLIMITED, 0, 10**6, 1e9, False),
    ],
)
def test_tries_end_only_when_every_limit_that_is_set_is_reached(
    attempts: int, duration: float, made: int, age: float, exhausted: bool
) -> None:
    policy = RetryPolicy(max_attempts=attempts, max_retry_duration=duration)

    assert policy.is_exhausted(made, age) is exhausted


def test_a_failing_task_is_tried_at_exactly_the_times_of_its_backoff(harness: TasksHarness) -> None:
    policy = RetryPolicy(max_attempts=8, min_backoff=10, max_backoff=300, max_doublings=3)
    client = harness.start(QueueConfig(name="q", retry=policy))
    harness.app.always = 500
    client.create_task(parent=queue_path(), task=a_task())
    harness.until(lambda: harness.queue_waits("q"))
    counts = []

    for wait in (10, 20, 40, 80, 160, 240):
        harness.advance(wait - 0.01)
        counts.append(len(harness.app.got))
        harness.advance(0.01)

    assert counts == [1, 2, 3, 4, 5, 6]
    assert len(harness.app.got) == 7


def test_an_exhausted_task_is_deleted_logged_and_shown_among_the_dead(
    harness: TasksHarness, caplog: pytest.LogCaptureFixture
) -> None:
    client = harness.start(QueueConfig(name="q", retry=RetryPolicy(max_attempts=2, min_backoff=1)))
    harness.app.always = 500
    task = client.create_task(parent=queue_path(), task=a_task("/poison"))
    harness.until(lambda: harness.queue_waits("q"))

    with caplog.at_level(logging.ERROR):
        harness.advance(1)

    assert harness.queue("q")["tasks"] == 0
    assert harness.queue("q")["dead"] == 1
    assert "given up after 2 attempts" in caplog.text
    (dead,) = harness.ask(lambda: harness.server and harness.server.dead("q"))
    assert dead["name"] == task.name.rpartition("/")[2]
    assert (dead["url"], dead["attempts"], dead["last_status"]) == ("/poison", 2, 500)


def test_a_task_may_bring_its_own_retry_config(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q", retry=RetryPolicy(max_attempts=100, min_backoff=50)))
    harness.app.always = 500
    own = {"max_attempts": 2, "min_backoff": {"seconds": 3}}
    client.create_task(parent=queue_path(), task=a_task(retry_config=own))
    harness.until(lambda: harness.queue_waits("q"))

    harness.advance(3)

    assert len(harness.app.got) == 2
    assert harness.queue("q")["dead"] == 1


def test_the_dead_of_a_queue_are_bounded(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q", bucket_size=500, retry=RetryPolicy(max_attempts=1)))
    harness.app.always = 500
    for _ in range(105):
        client.create_task(parent=queue_path(), task=a_task())

    harness.until(lambda: harness.queue("q")["tasks"] == 0)

    assert harness.queue("q")["dead"] == 100


def test_the_pace_comes_back_after_an_overload(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q", rate=10, bucket_size=10, retry=RetryPolicy(min_backoff=1)))
    harness.app.answers = [503, 503]
    client.create_task(parent=queue_path(), task=a_task())
    harness.until(lambda: harness.queue_waits("q"))
    harness.advance(1)
    harness.until(lambda: len(harness.app.got) == 2)
    slowest = harness.queue("q")["pace"]

    harness.advance(4)

    assert slowest == 0.25
    assert harness.queue("q")["pace"] == 0.5
