"""One job at work: runs it, tries again, remembers; never two runs of it at once."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import chain, islice, takewhile

from gaelocal.clock import Clock
from gaelocal.delivery import Deliver, DeliveryFailed
from gaelocal.scheduler.job import Job
from gaelocal.scheduler.memory import RUNNING, LastRun, Missed, Remembered
from gaelocal.scheduler.request import cron_delivery
from gaelocal.scheduler.schedule import Interval

log = logging.getLogger(__name__)
NO_ANSWER = "no answer"
TOO_LATE = 60.0
"""Seconds. A run this late was slept through, and is noted instead of run by surprise."""

MOST_COUNTED = 1000


class Desk:
    def __init__(self, job: Job, deliver: Deliver, clock: Clock, changed: Callable[[], None]) -> None:
        self.job = job
        self._deliver = deliver
        self._clock = clock
        self._changed = changed
        self._lock = asyncio.Lock()
        self._has_turn = False

    @property
    def rule(self) -> str:
        return f"{self.job.schedule} {self.job.timezone}"

    @property
    def is_running(self) -> bool:
        return self._has_turn or self._lock.locked()

    def takes_turn(self) -> bool:
        """Tell whether the job is due; who hears yes must `run` it, and nobody hears yes twice."""
        if self.is_running or self.memory.next > self._clock.now():
            return False
        self._has_turn = True
        return True

    def open(self, kept: Remembered | None) -> Remembered:
        """Go on from what is remembered; a changed schedule begins anew, its last run stays known."""
        if kept and kept.rule == self.rule:
            self.memory = kept
            self.note_missed()
        else:
            self.memory = Remembered(
                self.rule, self._next_after(self._clock.now()), kept.last if kept else None
            )
        return self.memory

    def note_missed(self) -> None:
        """Count the runs that are long past, and look ahead to the first that is not."""
        now = self._clock.now()
        if self.is_running or self.memory.next > now - TOO_LATE:
            return
        missed = self._missed_since_last_run()
        due = chain([self.memory.next], self._runs(self.memory.next))
        for at in islice(takewhile(lambda at: at <= now - TOO_LATE, due), MOST_COUNTED):
            missed.count, missed.last = missed.count + 1, at
        self.memory.missed = missed
        resume = missed.last if missed.count < MOST_COUNTED else now - TOO_LATE
        self.memory.next = next(at for at in self._runs(resume) if at > now - TOO_LATE)
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
        scheduled = now if manual else self.memory.next
        run = self.memory.last = LastRun(now, RUNNING, manual)
        self.memory.next = self._next_after(max(scheduled, now))
        self._changed()
        run.status = await self._try(run, scheduled)
        run.ended = self._clock.now()
        self._plan_after(run.ended)
        self._changed()
        return run

    def _missed_since_last_run(self) -> Missed:
        missed, last = self.memory.missed, self.memory.last
        if missed is None or (last and last.time > missed.last):
            return Missed(0, self.memory.next, self.memory.next)
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
            await self._wait(policy.backoff(run.attempts))

    async def _attempt(self, scheduled: float) -> int | str:
        try:
            return (await self._deliver(cron_delivery(self.job, scheduled))).status
        except DeliveryFailed as failure:
            log.info("cron %s: no answer: %s", self.job.url, failure)
            return NO_ANSWER
        except Exception:  # cron goes on, whatever one delivery runs into
            log.exception("cron %s could not be sent", self.job.url)
            return NO_ANSWER

    async def _wait(self, seconds: float) -> None:
        until = self._clock.now() + seconds
        while self._clock.now() < until:
            woken = asyncio.Event()
            timer = self._clock.call_at(until, woken.set)
            try:
                await woken.wait()
            finally:
                timer.cancel()

    def _plan_after(self, ended: float) -> None:
        """An interval counts from the end of the run; what a calendar had during the run is left out."""
        if isinstance(self.job.rule, Interval) or self.memory.next <= ended:
            self.memory.next = self._next_after(ended)

    def _next_after(self, seconds: float) -> float:
        return next(self._runs(seconds))

    def _runs(self, after: float) -> Iterator[float]:
        return (at.timestamp() for at in self.job.runs(datetime.fromtimestamp(after, UTC)))
