"""The requests of the scheduler, their times, and its stored state."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.manual_clock import ManualClock, quiet

from gaelocal.delivery import Delivered, Delivery, DeliveryFailed
from gaelocal.retry import RetryPolicy
from gaelocal.scheduler import Job, Scheduler
from gaelocal.scheduler.grammar import parse_schedule

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
HOUR = 3600
DAY = 24 * HOUR


def a_job(schedule: str = "every day 13:00", **changes: Any) -> Job:
    job = Job(url="/tasks/daily", schedule=schedule, rule=parse_schedule(schedule), target="tasks-backend")
    return replace(job, **changes)


class App:
    def __init__(self) -> None:
        self.got: list[Delivery] = []
        self.answers: list[int] = []
        self.gate: asyncio.Event | None = None

    async def deliver(self, delivery: Delivery) -> Delivered:
        self.got.append(delivery)
        if self.gate and delivery.path != "/quick":
            await self.gate.wait()
        status = self.answers.pop(0) if self.answers else 200
        if not status:
            raise DeliveryFailed("gone")
        return Delivered(status)


class Laboratory:
    def __init__(self, data: Path) -> None:
        self.data = data
        self.clock = ManualClock(NOON)
        self.app = App()
        self.scheduler: Scheduler

    async def start(self, *jobs: Job) -> Scheduler:
        self.scheduler = Scheduler(self.data, jobs, self.app.deliver, self.clock)
        await self.scheduler.start()
        await quiet()
        return self.scheduler

    async def restart(self, *jobs: Job, after: float) -> Scheduler:
        await self.scheduler.stop()
        self.clock.time += after
        self.clock.timers.clear()
        return await self.start(*jobs)

    async def pass_hours(self, *hours: float) -> None:
        for hour in hours:
            await self.clock.advance(hour * HOUR)

    @property
    def row(self) -> dict[str, Any]:
        return self.scheduler.jobs()[0]


Story = Callable[[Laboratory], Awaitable[None]]


def told(data: Path, story: Story) -> None:
    async def tell() -> None:
        lab = Laboratory(data)
        try:
            await story(lab)
        finally:
            await lab.scheduler.stop()

    asyncio.run(asyncio.wait_for(tell(), 20))


def test_a_job_runs_when_it_is_due_with_the_headers_of_cron(tmp_path: Path) -> None:
    async def story(lab: Laboratory) -> None:
        await lab.start(a_job(attempt_deadline=30))
        await lab.pass_hours(0.99)
        early = list(lab.app.got)
        await lab.pass_hours(0.01)

        assert early == []
        (delivery,) = lab.app.got
        assert (delivery.method, delivery.path, delivery.service) == ("GET", "/tasks/daily", "tasks-backend")
        assert delivery.deadline == 30
        assert delivery.headers == {
            "User-Agent": "AppEngine-Google; (+http://code.google.com/appengine)",
            "X-Appengine-Cron": "true",
            "X-Cloudscheduler": "true",
            "X-Cloudscheduler-Jobname": "tasks-daily",
            "X-Cloudscheduler-Scheduletime": "2026-11-20T13:00:00Z",
        }
        assert lab.row["next_run"] == "2026-11-21T13:00:00+00:00"
        assert lab.row["last_run"]["status"] == 200
        assert lab.row["last_run"]["manual"] is False

    told(tmp_path, story)


def test_a_failed_job_waits_for_its_next_time(tmp_path: Path) -> None:
    async def story(lab: Laboratory) -> None:
        await lab.start(a_job())
        lab.app.answers = [500]
        await lab.pass_hours(1, 5)

        assert len(lab.app.got) == 1
        assert lab.row["last_run"]["status"] == 500

    told(tmp_path, story)


def test_a_broken_delivery_does_not_stop_cron(tmp_path: Path) -> None:
    class Broken(list[int]):
        def pop(self, index: int = -1) -> int:
            super().pop(index)
            raise RuntimeError("a bug in the platform")

    async def story(lab: Laboratory) -> None:
        await lab.start(a_job())
        lab.app.answers = Broken([1])
        await lab.pass_hours(1)
        broken = lab.row["last_run"]["status"]
        await lab.pass_hours(24)

        assert broken == "no answer"
        assert lab.row["last_run"]["status"] == 200

    told(tmp_path, story)


def test_retry_parameters_are_honoured(tmp_path: Path) -> None:
    async def story(lab: Laboratory) -> None:
        retry = RetryPolicy(max_attempts=4, min_backoff=10, max_backoff=30, max_doublings=5)
        await lab.start(a_job(retry=retry))
        lab.app.answers = [500, 0, 503, 500]
        counts = []
        for seconds in (HOUR, 9, 1, 19, 1, 29, 1, HOUR):
            await lab.clock.advance(seconds)
            counts.append(len(lab.app.got))

        assert counts == [1, 1, 2, 2, 3, 3, 4, 4]
        assert lab.row["last_run"]["attempts"] == 4

    told(tmp_path, story)


def test_an_interval_counts_from_the_end_of_the_last_run(tmp_path: Path) -> None:
    async def story(lab: Laboratory) -> None:
        await lab.start(a_job("every 60 minutes"))
        lab.app.gate = asyncio.Event()
        await lab.pass_hours(1)
        await lab.clock.advance(600)
        lab.app.gate.set()
        await quiet()

        assert lab.row["last_run"]["seconds"] == 600
        assert lab.row["next_run"] == "2026-11-20T14:10:00+00:00"

    told(tmp_path, story)


def test_a_job_never_overlaps_itself(tmp_path: Path) -> None:
    async def story(lab: Laboratory) -> None:
        hourly = a_job("every 1 hours synchronized")
        await lab.start(hourly, replace(hourly, url="/quick"))
        lab.app.gate = asyncio.Event()
        await lab.pass_hours(1, 1, 1)
        lab.app.gate.set()
        await quiet()

        assert sorted(delivery.path for delivery in lab.app.got) == ["/quick"] * 3 + ["/tasks/daily"]
        assert lab.row["next_run"] == "2026-11-20T16:00:00+00:00"
        assert lab.row["missed"] is None

    told(tmp_path, story)


def test_a_job_can_be_run_now(tmp_path: Path) -> None:
    async def story(lab: Laboratory) -> None:
        scheduler = await lab.start(a_job())
        lab.app.answers = [503]

        run = await scheduler.run("/tasks/daily")

        assert run == {
            "time": "2026-11-20T12:00:00+00:00",
            "status": 503,
            "manual": True,
            "attempts": 1,
            "seconds": 0.0,
        }
        assert lab.row["next_run"] == "2026-11-20T13:00:00+00:00"

    told(tmp_path, story)


def test_a_run_by_hand_waits_for_the_run_under_way(tmp_path: Path) -> None:
    async def story(lab: Laboratory) -> None:
        scheduler = await lab.start(a_job())
        lab.app.gate = asyncio.Event()
        await lab.pass_hours(1)
        by_hand = asyncio.create_task(scheduler.run("/tasks/daily"))
        await quiet()
        meanwhile = len(lab.app.got)
        lab.app.gate.set()
        await by_hand

        assert (meanwhile, len(lab.app.got)) == (1, 2)

    told(tmp_path, story)


def test_the_error_for_an_unknown_url_lists_the_known_ones(tmp_path: Path) -> None:
    async def story(lab: Laboratory) -> None:
        scheduler = await lab.start(a_job())

        with pytest.raises(LookupError, match="/tasks/daily"):
            await scheduler.run("/nothing")

    told(tmp_path, story)


def test_the_last_run_and_the_next_one_survive_a_restart(tmp_path: Path) -> None:
    async def story(lab: Laboratory) -> None:
        await lab.start(a_job("every 60 minutes"))
        lab.app.answers = [404]
        await lab.pass_hours(1, 0.5)
        before = lab.row

        await lab.restart(a_job("every 60 minutes"), after=60)

        assert lab.row == before
        assert lab.row["next_run"] == "2026-11-20T14:00:00+00:00"

    told(tmp_path, story)


def test_runs_missed_while_down_are_noted_and_not_run(tmp_path: Path) -> None:
    async def story(lab: Laboratory) -> None:
        await lab.start(a_job())
        await lab.restart(a_job(), after=3 * DAY)
        await lab.restart(a_job(), after=1 * DAY)

        assert lab.app.got == []
        assert lab.row["missed"] == {
            "count": 4,
            "first": "2026-11-20T13:00:00+00:00",
            "last": "2026-11-23T13:00:00+00:00",
        }
        assert lab.row["next_run"] == "2026-11-24T13:00:00+00:00"

    told(tmp_path, story)


def test_a_year_of_missed_minutes_is_counted_quickly_and_only_so_far(tmp_path: Path) -> None:
    async def story(lab: Laboratory) -> None:
        await lab.start(a_job("every 1 minutes synchronized"))
        await lab.restart(a_job("every 1 minutes synchronized"), after=365 * DAY)

        assert lab.row["missed"]["count"] == 1000
        assert lab.row["next_run"] == "2027-11-20T12:01:00+00:00"

    told(tmp_path, story)


def test_a_changed_schedule_begins_anew(tmp_path: Path) -> None:
    async def story(lab: Laboratory) -> None:
        await lab.start(a_job())
        await lab.pass_hours(1)
        await lab.restart(a_job("every day 11:00"), after=2 * DAY)

        assert lab.row["missed"] is None
        assert lab.row["next_run"] == "2026-11-23T11:00:00+00:00"
        assert lab.row["last_run"]["status"] == 200

    told(tmp_path, story)


def test_a_run_cut_short_is_remembered_as_interrupted(tmp_path: Path) -> None:
    async def story(lab: Laboratory) -> None:
        await lab.start(a_job())
        lab.app.gate = asyncio.Event()
        await lab.pass_hours(1)
        await lab.restart(a_job(), after=60)

        assert lab.row["last_run"]["status"] == "interrupted"
        assert lab.row["next_run"] == "2026-11-21T13:00:00+00:00"

    told(tmp_path, story)


def test_two_jobs_may_share_a_url(tmp_path: Path) -> None:
    async def story(lab: Laboratory) -> None:
        await lab.start(a_job(), a_job("every day 14:00"), a_job("every day 15:00", target=None))
        await lab.pass_hours(1, 1, 1)

        assert [delivery.service for delivery in lab.app.got] == ["tasks-backend", "tasks-backend", None]

    told(tmp_path, story)


def test_a_job_that_is_paused_and_resumed_during_a_run_does_not_run_twice_at_once(tmp_path: Path) -> None:
    async def story(lab: Laboratory) -> None:
        scheduler = await lab.start(a_job("every 1 hours"))
        job_id = lab.row["id"]
        lab.app.gate = asyncio.Event()
        scheduler.start_run(job_id)
        await quiet()
        scheduler.set_paused(job_id, True)
        scheduler.set_paused(job_id, False)
        is_running = lab.row["running"]
        scheduler.start_run(job_id)
        await quiet()
        at_once = len(lab.app.got)
        lab.app.gate.set()
        await quiet()

        assert (is_running, at_once, len(lab.app.got)) == (True, 1, 2)
        assert [run["status"] for run in lab.row["history"]] == [200, 200]

    told(tmp_path, story)
