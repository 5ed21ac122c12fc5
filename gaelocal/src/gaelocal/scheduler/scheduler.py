"""The loop of the scheduler: wait until the next job is due, and run it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gaelocal.clock import Clock, WallClock
from gaelocal.credentials import Credentials
from gaelocal.delivery import Deliver
from gaelocal.scheduler.job import Job, keys_of, next_runs
from gaelocal.scheduler.job_list import JobList
from gaelocal.scheduler.job_runner import JobRunner
from gaelocal.scheduler.job_sender import JobSender
from gaelocal.scheduler.job_state import JobState, JobStates, LastRun, Missed
from gaelocal.supervision import Health, keep_running

SHOWN_RUNS = 3


class Scheduler:
    """Sends the jobs by `deliver`; keeps in `data` what ran and what was missed."""

    def __init__(  # noqa: PLR0913 - the parts of the emulator
        self,
        data: Path,
        jobs: Sequence[Job],
        deliver: Deliver,
        clock: Clock | None = None,
        *,
        health: Health | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        self._clock = clock or WallClock()
        self._health = health or Health(self._clock)
        self._component = self._health.component("cron")
        self._is_saved = True
        self._sender = JobSender(deliver, credentials)
        self.can_sign = credentials is not None
        self._states = JobStates(data / "cron.json")
        self.job_list = JobList(data, jobs)
        self._runners: dict[str, JobRunner] = {}
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        self._states.load()
        self.job_list.load()
        self.follow_list()
        self._spawn(keep_running(self._component, self._tick))

    def follow_list(self) -> None:
        """Apply the list of jobs; a job that did not change is not disturbed."""
        jobs = [(listed.id, listed.job) for listed in self.job_list]
        keyed = zip(keys_of(jobs), jobs, strict=True)
        self._runners = {key: self._runner(key, job_id, job) for key, (job_id, job) in keyed}
        self._states.jobs = {key: runner.state for key, runner in self._runners.items()}
        self._changed()

    async def stop(self) -> None:
        """Stop at once; a job under way is kept as interrupted."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._sender.close()

    def now(self) -> float:
        return self._clock.now()

    def state_of(self, job_id: str) -> JobState:
        return self._by_id(job_id).state

    def start_run(self, job_id: str) -> None:
        """Start a run now, without waiting for its end."""
        self._spawn(self._by_id(job_id).run(manual=True))

    async def run_for(self, job_id: str, seconds: float) -> dict[str, Any] | None:
        """Run a job now and wait for its end for some seconds; return None if it still runs then.

        Raises:
            LookupError: there is no such job.
        """
        run = self._spawn(self._by_id(self.job_list.find(job_id).id).run(manual=True))
        done, _ = await asyncio.wait({run}, timeout=seconds)
        return _run_row(run.result()) if done else None

    def set_paused(self, job_id: str, is_paused: bool) -> None:
        """Pause or resume a job.

        Raises:
            LookupError: there is no such job.
        """
        if self.job_list.find(job_id).job.is_paused != is_paused:
            self.job_list.set_paused(job_id, is_paused)
            self.follow_list()

    def jobs(self) -> list[dict[str, Any]]:
        """Return all jobs for the console; times are ISO 8601."""
        return [_row(runner) for runner in self._runners.values()]

    async def run(self, url: str) -> dict[str, Any]:
        """Run the job of this URL now, once, and return how it went.

        Raises:
            LookupError: no job has this URL.
        """
        for runner in self._runners.values():
            if runner.job.url == url:
                return _run_row(await runner.run(manual=True))
        known = ", ".join(runner.job.url for runner in self._runners.values()) or "none"
        raise LookupError(f"cron.yaml has no job with the url {url}; its urls are: {known}")

    def _by_id(self, job_id: str) -> JobRunner:
        return next(runner for runner in self._runners.values() if runner.id == job_id)

    def _runner(self, key: str, job_id: str, job: Job) -> JobRunner:
        if known := self._runners.get(key):
            known.id = job_id
            if known.job != job:
                known.follow(job)
            return known
        runner = JobRunner(job_id, job, self._sender, self._clock, self._changed)
        runner.open(self._states.jobs.get(key))
        return runner

    def _changed(self) -> None:
        """Save the states; if that fails now, the loop does it before its next pass."""
        try:
            self._save()
        except OSError as error:
            self._component.failed(error)
        self._wake.set()

    def _save(self) -> None:
        self._is_saved = False
        self._states.save()
        self._is_saved = True

    async def _tick(self) -> None:
        while True:
            self._wake.clear()
            if not self._is_saved:
                self._save()
            self._start_due()
            self._component.recovered()
            waiting = (each for each in self._runners.values() if not (each.is_running or each.job.is_paused))
            times = [runner.state.next for runner in waiting]
            timer = self._clock.call_at(min(times), self._wake.set) if times else None
            await self._wake.wait()
            if timer:
                timer.cancel()

    def _start_due(self) -> None:
        for runner in self._runners.values():
            runner.note_missed()
            if runner.takes_turn():
                self._spawn(runner.run(manual=False))

    def _spawn(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._health.incident("a cron job could not be run", error)


def _row(runner: JobRunner) -> dict[str, Any]:
    job = runner.job
    return {
        "id": runner.id,
        "url": job.url,
        "description": job.description,
        "schedule": job.schedule,
        "timezone": job.timezone,
        "target": job.target,
        "paused": job.is_paused,
        "running": runner.is_running,
        "last_run": _run_row(runner.state.last) if runner.state.last else None,
        "next_run": _moment(runner.state.next),
        "next_runs": _next_runs(runner),
        "history": [_run_row(run) for run in runner.state.history],
        "missed": _missed_row(runner.state.missed) if runner.state.missed else None,
    }


def _next_runs(runner: JobRunner) -> list[str]:
    first = datetime.fromtimestamp(runner.state.next, UTC)
    later = next_runs(runner.job, first, SHOWN_RUNS - 1)
    return [at.astimezone(runner.job.zone).isoformat() for at in (first, *later)]


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
