"""An error of the database delays a queue and never stops it."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from google.api_core.exceptions import ServiceUnavailable
from google.protobuf.timestamp_pb2 import Timestamp
from tests.tasks.harness import TasksHarness, a_task, queue_path

from gaelocal.supervision import LONGEST_PAUSE, Health
from gaelocal.tasks import QueueConfig

QUEUE = QueueConfig(name="q")


@contextmanager
def locked(harness: TasksHarness) -> Iterator[None]:
    """Hold the write lock of the queues' file from another connection."""
    other = sqlite3.connect(harness.data / "tasks.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def full(harness: TasksHarness) -> Iterator[None]:
    """Let SQLite find its file full: it may not grow by another page."""
    assert harness.server
    database = harness.server._store._sql
    harness.ask(lambda: database.execute("PRAGMA max_page_count = 1").fetchone())
    try:
        yield
    finally:
        harness.ask(lambda: database.execute("PRAGMA max_page_count = 1000000").fetchone())


def health(harness: TasksHarness) -> Health:
    assert harness.server
    return harness.server._health


def status_of(harness: TasksHarness, component: str) -> str:
    rows = health(harness).as_json()["components"]
    return next(row["status"] for row in rows if row["name"] == component)


def task_of_a_minute_later(harness: TasksHarness) -> object:
    when = Timestamp()
    when.FromSeconds(int(harness.clock.now()) + 60)
    return a_task("/later", schedule_time=when)


def test_a_locked_file_delays_the_tasks_that_are_due(harness: TasksHarness) -> None:
    client = harness.start(QUEUE)
    client.create_task(parent=queue_path(), task=task_of_a_minute_later(harness))
    with locked(harness):
        harness.advance(60)
        harness.until(lambda: status_of(harness, "queue q") == "failing")
        assert harness.app.got == []
        assert health(harness).as_json()["status"] == "failing"

    harness.advance(LONGEST_PAUSE)

    harness.until(lambda: harness.app.paths == ["/later"])
    assert health(harness).as_json()["status"] == "ok"


@pytest.mark.parametrize("status", [200, 500])
def test_the_result_of_an_attempt_is_written_when_the_lock_is_gone(
    harness: TasksHarness, status: int
) -> None:
    client = harness.start(QUEUE)
    harness.app.always = status
    harness.app.gate = harness.do(_an_event())
    client.create_task(parent=queue_path(), task=a_task())
    harness.until(lambda: harness.app.under_way)
    with locked(harness):
        harness.ask(harness.app.gate.set)
        harness.until(lambda: status_of(harness, "results of queue q") == "failing")
        assert harness.queue("q")["running"] == 1

    harness.advance(LONGEST_PAUSE)

    harness.until(lambda: status_of(harness, "results of queue q") == "ok")
    harness.until(lambda: not harness.queue("q")["running"])
    assert harness.queue("q")["tasks"] == (0 if status == 200 else 1)


def test_a_full_disk_keeps_a_dead_task_until_it_can_be_noted(harness: TasksHarness) -> None:
    """Removing the task and keeping it among the dead ones is one transaction: neither is done alone."""
    client = harness.start(QueueConfig(name="q", retry=_once()))
    harness.app.always = 500
    harness.app.gate = harness.do(_an_event())
    client.create_task(parent=queue_path(), task=a_task(request={"body": b"x" * 50_000}))
    harness.until(lambda: harness.app.under_way)
    with full(harness):
        harness.ask(harness.app.gate.set)
        harness.until(
            lambda: status_of(harness, "results of queue q") == "failing" or harness.queue("q")["dead"]
        )

    harness.advance(LONGEST_PAUSE)

    harness.until(lambda: harness.queue("q")["dead"] == 1)
    assert harness.queue("q")["tasks"] == 0


def test_a_task_that_cannot_be_kept_is_refused_in_a_way_that_clients_repeat(harness: TasksHarness) -> None:
    client = harness.start(QUEUE)
    with full(harness), pytest.raises(ServiceUnavailable, match="full"):
        client.create_task(parent=queue_path(), task=a_task(request={"body": b"x" * 100_000}), retry=None)

    client.create_task(parent=queue_path(), task=a_task())

    harness.until(lambda: harness.app.paths == ["/work"])


def test_a_removed_queue_leaves_the_health(harness: TasksHarness) -> None:
    client = harness.start(QUEUE)

    client.delete_queue(name=queue_path())

    assert [row["name"] for row in health(harness).as_json()["components"]] == []


def _once() -> object:
    from gaelocal.retry import RetryPolicy

    return RetryPolicy(max_attempts=1)


async def _an_event() -> asyncio.Event:
    return asyncio.Event()
