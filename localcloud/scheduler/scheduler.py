"""The cron of the laptop: sleeps until the next job is due, and runs it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from localcloud.clock import Clock, WallClock
from localcloud.delivery import Deliver
from localcloud.scheduler.desk import Desk
from localcloud.scheduler.job import Job, keys_of
from localcloud.scheduler.memory import LastRun, Memory, Missed


class Scheduler:
    """Runs the jobs by `deliver`; remembers in `data` what ran and what was missed."""

    def __init__(self, data: Path, jobs: Sequence[Job], deliver: Deliver, clock: Clock | None = None) -> None:
        self._clock = clock or WallClock()
        self._memory = Memory(data / "cron.json")
        self._desks = {
            key: Desk(job, deliver, self._clock, self._changed)
            for key, job in zip(keys_of(jobs), jobs, strict=True)
        }
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        self._memory.load()
        known = self._memory.jobs
        self._memory.jobs = {key: desk.open(known.get(key)) for key, desk in self._desks.items()}
        self._memory.save()
        self._spawn(self._tick())

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
