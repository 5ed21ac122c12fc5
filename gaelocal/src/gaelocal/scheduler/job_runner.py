"""Run one job: try again after a failure, keep its state; never two runs of it at once."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import chain, islice, takewhile

from gaelocal.clock import Clock, pause
from gaelocal.delivery import DeliveryFailed
from gaelocal.scheduler.job import Job
from gaelocal.scheduler.job_sender import JobSender
from gaelocal.scheduler.job_state import RUNNING, JobState, LastRun, Missed
from gaelocal.scheduler.schedule import Interval

log = logging.getLogger(__name__)
NO_ANSWER = "no answer"
TOO_LATE = 60.0
"""Seconds. A run that is later than this was missed while the machine slept; it is recorded, not run."""

MOST_COUNTED = 1000


class JobRunner:
    def __init__(
        self, job_id: str, job: Job, sender: JobSender, clock: Clock, changed: Callable[[], None]
    ) -> None:
        self.id = job_id
        self.job = job
        self._sender = sender
        self._clock = clock
        self._changed = changed
        self._lock = asyncio.Lock()
        self._has_turn = False

    @property
    def rule(self) -> str:
        """The schedule that the next run was computed from; resuming a paused job computes it anew."""
        written = f"{self.job.schedule} {self.job.timezone}"
        return f"paused {written}" if self.job.is_paused else written

    @property
    def is_running(self) -> bool:
        return self._has_turn or self._lock.locked()

    def takes_turn(self) -> bool:
        """Return whether the job is due. The caller must then `run` it; only one call returns true."""
        if self.job.is_paused or self.is_running or self.state.next > self._clock.now():
            return False
        self._has_turn = True
        return True

    def open(self, kept: JobState | None) -> JobState:
        """Continue from the kept state; a changed schedule begins anew, its last run stays known."""
        if kept and kept.rule == self.rule:
            self.state = kept
            self.note_missed()
        else:
            self.state = JobState(self.rule, self._next_after(self._clock.now()))
            if kept:
                self.state.last, self.state.history = kept.last, kept.history
        return self.state

    def follow(self, job: Job) -> None:
        """Apply changed settings; a run that is under way goes on, and no other one begins beside it."""
        self.job = job
        if self.state.rule != self.rule:
            self.state.rule, self.state.missed = self.rule, None
            self.state.next = self._next_after(self._clock.now())

    def note_missed(self) -> None:
        """Count the runs that are long past, and go on to the first that is not."""
        now = self._clock.now()
        if self.job.is_paused or self.is_running or self.state.next > now - TOO_LATE:
            return
        missed = self._missed_since_last_run()
        due = chain([self.state.next], self._runs(self.state.next))
        for at in islice(takewhile(lambda at: at <= now - TOO_LATE, due), MOST_COUNTED):
            missed.count, missed.last = missed.count + 1, at
        self.state.missed = missed
        resume = missed.last if missed.count < MOST_COUNTED else now - TOO_LATE
        self.state.next = next(at for at in self._runs(resume) if at > now - TOO_LATE)
        log.warning("cron %s: %d runs missed while the platform was down", self.job.url, missed.count)
        self._changed()

    async def run(self, manual: bool) -> LastRun:
        """Run the job now; wait for a run that is under way to end first."""
        try:
            async with self._lock:
                return await self._run(manual)
        finally:
            self._has_turn = self._has_turn and manual

    async def _run(self, manual: bool) -> LastRun:
        now = self._clock.now()
        scheduled = now if manual else self.state.next
        run = self.state.last = LastRun(now, RUNNING, manual)
        self.state.next = self._next_after(max(scheduled, now))
        self._changed()
        run.status = await self._try(run, scheduled)
        run.ended = self._clock.now()
        self.state.end(run)
        self._plan_after(run.ended)
        self._changed()
        return run

    def _missed_since_last_run(self) -> Missed:
        missed, last = self.state.missed, self.state.last
        if missed is None or (last and last.time > missed.last):
            return Missed(0, self.state.next, self.state.next)
        return missed

    async def _try(self, run: LastRun, scheduled: float) -> int | str:
        while True:
            status = await self._attempt(scheduled)
            run.attempts += 1
            if isinstance(status, int) and 200 <= status < 300:  # noqa: PLR2004 - the 2xx class itself
                return status
            log.warning("cron %s: %s", self.job.url, status)
            policy = self.job.retry
            if run.manual or policy.is_exhausted(run.attempts, self._clock.now() - run.time):
                return status
            await pause(self._clock, policy.backoff(run.attempts))

    async def _attempt(self, scheduled: float) -> int | str:
        try:
            return await self._sender.send(self.job, self.id, scheduled)
        except DeliveryFailed as failure:
            log.info("cron %s: no answer: %s", self.job.url, failure)
            return NO_ANSWER
        except Exception:  # cron goes on, whatever one delivery runs into
            log.exception("cron %s could not be sent", self.job.url)
            return NO_ANSWER

    def _plan_after(self, ended: float) -> None:
        """Compute the next run: an interval counts from the end of this one; others skip what was due."""
        if isinstance(self.job.rule, Interval) or self.state.next <= ended:
            self.state.next = self._next_after(ended)

    def _next_after(self, seconds: float) -> float:
        return next(self._runs(seconds))

    def _runs(self, after: float) -> Iterator[float]:
        return (at.timestamp() for at in self.job.runs(datetime.fromtimestamp(after, UTC)))
