"""Work is restarted after an error, and its health is reported."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from tests.manual_clock import ManualClock, quiet

from gaelocal.supervision import FIRST_PAUSE, LONGEST_PAUSE, Health, keep_running, retry


class Work:
    """Fails a number of times, then works until it is stopped."""

    def __init__(self, failures: int, recovered: Callable[[], None]) -> None:
        self.failures = failures
        self.starts = 0
        self._recovered = recovered

    async def __call__(self) -> None:
        self.starts += 1
        if self.starts <= self.failures:
            raise OSError(28, "No space left on device")
        self._recovered()
        await asyncio.Event().wait()


def in_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test())


def row(health: Health) -> dict[str, Any]:
    (found,) = health.as_json()["components"]
    return found


def test_work_is_started_again_after_each_failure() -> None:
    async def scenario() -> None:
        clock = ManualClock()
        health = Health(clock)
        component = health.component("cron")
        work = Work(3, component.recovered)
        running = asyncio.create_task(keep_running(component, work))
        await quiet()
        assert row(health)["status"] == health.as_json()["status"] == "failing"
        assert row(health)["last_error"] == "OSError: [Errno 28] No space left on device"

        for pause in (FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE):
            await clock.advance(pause)

        assert work.starts == 4
        assert row(health)["status"] == health.as_json()["status"] == "ok"
        assert row(health)["total_failures"] == 3
        running.cancel()

    in_loop(scenario)


def test_the_pauses_grow_and_are_bounded() -> None:
    async def scenario() -> None:
        clock = ManualClock()
        component = Health(clock).component("cron")
        work = Work(1_000, component.recovered)
        running = asyncio.create_task(keep_running(component, work))
        await quiet()

        for _ in range(20):
            await clock.advance(LONGEST_PAUSE)

        assert work.starts == 21
        running.cancel()

    in_loop(scenario)


def test_work_that_ends_is_not_started_again() -> None:
    async def scenario() -> None:
        starts = []

        async def work() -> None:
            starts.append(1)

        await keep_running(Health(ManualClock()).component("once"), work)
        assert starts == [1]

    in_loop(scenario)


def test_a_short_action_is_repeated_until_it_succeeds() -> None:
    async def scenario() -> None:
        clock = ManualClock()
        component = Health(clock).component("results")
        answers = [OSError("full"), OSError("full"), "kept"]

        def action() -> object:
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        waiting = asyncio.create_task(retry(component, action))
        await quiet()
        await clock.advance(FIRST_PAUSE)
        assert component.failures == 2
        await clock.advance(2 * FIRST_PAUSE)

        assert await waiting == "kept"
        assert component.failures == 0

    in_loop(scenario)


def test_an_error_that_repeats_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    component = Health(ManualClock()).component("queue q")
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            component.failed(OSError("database is locked"))
        component.recovered()

    assert [record.getMessage() for record in caplog.records] == [
        "queue q: OSError: database is locked; retrying",
        "queue q works again after 5 failures",
    ]


def test_an_error_that_nothing_awaited_is_an_incident() -> None:
    async def fails() -> None:
        raise RuntimeError("unforeseen")

    async def scenario(health: Health) -> None:
        asyncio.get_running_loop().set_exception_handler(health.note_loop_error)
        task = asyncio.create_task(fails())
        await quiet()
        del task
        await quiet()

    health = Health(ManualClock())
    asyncio.run(scenario(health))

    (incident,) = health.as_json()["incidents"]
    assert "RuntimeError: unforeseen" in incident["message"]
    assert health.as_json()["status"] == "ok"
