"""The cron of the laptop: sleeps until the next job is due, and runs it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gaelocal.clock import Clock, WallClock
from gaelocal.delivery import Deliver
from gaelocal.scheduler.desk import Desk
from gaelocal.scheduler.job import Job, keys_of
from gaelocal.scheduler.listing import Listing
from gaelocal.scheduler.memory import LastRun, Memory, Missed


class Scheduler:
    """Runs the jobs by `deliver`; remembers in `data` what ran and what was missed."""

    def __init__(self, data: Path, jobs: Sequence[Job], deliver: Deliver, clock: Clock | None = None) -> None:
        self._clock = clock or WallClock()
        self._deliver = deliver
        self._memory = Memory(data / "cron.json")
        self.listing = Listing(data, jobs)
        self._desks: dict[str, Desk] = {}
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        self._memory.load()
        self.listing.load()
        self.follow_listing()
        self._spawn(self._tick())

    def follow_listing(self) -> None:
        """Work by the listing as it is now; a job that did not change is not disturbed."""
        jobs = self.listing.jobs
        keyed = dict(zip(keys_of(jobs), jobs, strict=True))
        self._desks = {key: self._desk(key, job) for key, job in keyed.items()}
        self._memory.jobs = {key: desk.memory for key, desk in self._desks.items()}
        self._changed()

    async def stop(self) -> None:
        """Stop at once; a job under way is remembered as interrupted."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def jobs(self) -> list[dict[str, Any]]:
        """Give all jobs for the console; times are ISO 8601."""
        return [_row(desk) for desk in self._desks.values()]

    async def run(self, url: str) -> dict[str, Any]:
        """Run the job of this URL now, once, and tell how it went.

        Raises:
            LookupError: no job has this URL.
        """
        for desk in self._desks.values():
            if desk.job.url == url:
                return _run_row(await desk.run(manual=True))
        known = ", ".join(desk.job.url for desk in self._desks.values()) or "none"
        raise LookupError(f"cron.yaml has no job with the url {url}; its urls are: {known}")

    def _desk(self, key: str, job: Job) -> Desk:
        if key in self._desks and self._desks[key].job == job:
            return self._desks[key]
        desk = Desk(job, self._deliver, self._clock, self._changed)
        desk.open(self._memory.jobs.get(key))
        return desk

    def _changed(self) -> None:
        self._memory.save()
        self._wake.set()

    async def _tick(self) -> None:
        while True:
            self._wake.clear()
            self._start_due()
            times = [desk.memory.next for desk in self._desks.values() if not desk.is_running]
            timer = self._clock.call_at(min(times), self._wake.set) if times else None
            await self._wake.wait()
            if timer:
                timer.cancel()

    def _start_due(self) -> None:
        for desk in self._desks.values():
            desk.note_missed()
            if desk.takes_turn():
                self._spawn(desk.run(manual=False))

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _row(desk: Desk) -> dict[str, Any]:
    job = desk.job
    return {
        "url": job.url,
        "description": job.description,
        "schedule": job.schedule,
        "timezone": job.timezone,
        "target": job.target,
        "running": desk.is_running,
        "last_run": _run_row(desk.memory.last) if desk.memory.last else None,
        "next_run": _moment(desk.memory.next),
        "missed": _missed_row(desk.memory.missed) if desk.memory.missed else None,
    }


def _run_row(run: LastRun) -> dict[str, Any]:
    return {
        "time": _moment(run.time),
        "status": run.status,
        "manual": run.manual,
        "attempts": run.attempts,
        "seconds": None if run.ended is None else round(run.ended - run.time, 3),
    }


def _missed_row(missed: Missed) -> dict[str, Any]:
    return {"count": missed.count, "first": _moment(missed.first), "last": _moment(missed.last)}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
