"""An error of the database delays a queue and never stops it."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from google.api_core.exceptions import ServiceUnavailable
from google.protobuf.timestamp_pb2 import Timestamp
from tests.tasks.laboratory import Laboratory, a_task, queue_path

from gaelocal.supervision import LONGEST_PAUSE, Health
from gaelocal.tasks import QueueConfig

QUEUE = QueueConfig(name="q")


@contextmanager
def locked(lab: Laboratory) -> Iterator[None]:
    """Hold the write lock of the queues' file from another connection."""
    other = sqlite3.connect(lab.data / "tasks.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def full(lab: Laboratory) -> Iterator[None]:
    """Let SQLite find its file full: it may not grow by another page."""
    assert lab.server
    database = lab.server._store._sql
    lab.ask(lambda: database.execute("PRAGMA max_page_count = 1").fetchone())
    try:
        yield
    finally:
        lab.ask(lambda: database.execute("PRAGMA max_page_count = 1000000").fetchone())


def health(lab: Laboratory) -> Health:
    assert lab.server
    return lab.server._health


def status_of(lab: Laboratory, component: str) -> str:
    rows = health(lab).as_json()["components"]
    return next(row["status"] for row in rows if row["name"] == component)


def task_of_a_minute_later(lab: Laboratory) -> object:
    when = Timestamp()
    when.FromSeconds(int(lab.clock.now()) + 60)
    return a_task("/later", schedule_time=when)


def test_a_locked_file_delays_the_tasks_that_are_due(lab: Laboratory) -> None:
    client = lab.start(QUEUE)
    client.create_task(parent=queue_path(), task=task_of_a_minute_later(lab))
    with locked(lab):
        lab.advance(60)
        lab.until(lambda: status_of(lab, "queue q") == "failing")
        assert lab.app.got == []
        assert health(lab).as_json()["status"] == "failing"

    lab.advance(LONGEST_PAUSE)

    lab.until(lambda: lab.app.paths == ["/later"])
    assert health(lab).as_json()["status"] == "ok"


@pytest.mark.parametrize("status", [200, 500])
def test_the_result_of_an_attempt_is_written_when_the_lock_is_gone(lab: Laboratory, status: int) -> None:
    client = lab.start(QUEUE)
    lab.app.always = status
    lab.app.gate = lab.do(_an_event())
    client.create_task(parent=queue_path(), task=a_task())
    lab.until(lambda: lab.app.under_way)
    with locked(lab):
        lab.ask(lab.app.gate.set)
        lab.until(lambda: status_of(lab, "results of queue q") == "failing")
        assert lab.queue("q")["running"] == 1

    lab.advance(LONGEST_PAUSE)

    lab.until(lambda: status_of(lab, "results of queue q") == "ok")
    lab.until(lambda: not lab.queue("q")["running"])
    assert lab.queue("q")["tasks"] == (0 if status == 200 else 1)


def test_a_full_disk_keeps_a_dead_task_until_it_can_be_noted(lab: Laboratory) -> None:
    """Removing the task and keeping it among the dead ones is one transaction: neither is done alone."""
    client = lab.start(QueueConfig(name="q", retry=_once()))
    lab.app.always = 500
    lab.app.gate = lab.do(_an_event())
    client.create_task(parent=queue_path(), task=a_task(request={"body": b"x" * 50_000}))
    lab.until(lambda: lab.app.under_way)
    with full(lab):
        lab.ask(lab.app.gate.set)
        lab.until(lambda: status_of(lab, "results of queue q") == "failing" or lab.queue("q")["dead"])

    lab.advance(LONGEST_PAUSE)

    lab.until(lambda: lab.queue("q")["dead"] == 1)
    assert lab.queue("q")["tasks"] == 0


def test_a_task_that_cannot_be_kept_is_refused_in_a_way_that_clients_repeat(lab: Laboratory) -> None:
    client = lab.start(QUEUE)
    with full(lab), pytest.raises(ServiceUnavailable, match="full"):
        client.create_task(parent=queue_path(), task=a_task(request={"body": b"x" * 500_000}), retry=None)

    client.create_task(parent=queue_path(), task=a_task())

    lab.until(lambda: lab.app.paths == ["/work"])


def test_a_removed_queue_leaves_the_health(lab: Laboratory) -> None:
    client = lab.start(QUEUE)

    client.delete_queue(name=queue_path())

    assert [row["name"] for row in health(lab).as_json()["components"]] == []


def _once() -> object:
    from gaelocal.retry import RetryPolicy

    return RetryPolicy(max_attempts=1)


async def _an_event() -> asyncio.Event:
    return asyncio.Event()
