"""Dispatch the tasks of one queue: decide which can start now, and when to check again."""

import asyncio
import logging
from collections import deque
from dataclasses import replace
from functools import partial

from gaelocal.clock import Clock
from gaelocal.protobuf import tasks_pb2
from gaelocal.supervision import Health, keep_running, retry
from gaelocal.tasks.attempts import Attempts, Outcome
from gaelocal.tasks.protocol.messages import retry_policy
from gaelocal.tasks.state.attempt_log import Attempt as AttemptRecord
from gaelocal.tasks.state.attempt_log import with_attempt
from gaelocal.tasks.state.finished_tasks import KEPT_FINISHED, FinishedTask
from gaelocal.tasks.state.queue_state import Queue, State
from gaelocal.tasks.state.store import Store
from gaelocal.tasks.state.stored_task import NO_ANSWER, DeadTask, StoredTask
from gaelocal.tasks.state.token_bucket import TokenBucket

log = logging.getLogger(__name__)
AT_A_TIME = 64
MINUTE = 60.0
MOST_COUNTED = 100_000


class QueueDispatcher:
    """Retries after an error of its database; `health` has the reason."""

    def __init__(self, queue: Queue, store: Store, attempts: Attempts, clock: Clock, health: Health) -> None:
        self._store = store
        self._attempts = attempts
        self._clock = clock
        self._health = health
        self._dispatching = health.component(f"queue {queue.config.name}")
        self._results = health.component(f"results of queue {queue.config.name}")
        self._running: set[asyncio.Task[None]] = set()
        self._completed: deque[float] = deque(maxlen=MOST_COUNTED)
        self.finished: deque[FinishedTask] = deque(maxlen=KEPT_FINISHED)
        self._wake = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self.follow(queue)

    @property
    def pace(self) -> float:
        """The share of the rate that is used: less than 1 while the service is overloaded."""
        return self._bucket.pace

    def follow(self, queue: Queue) -> None:
        """Apply these settings."""
        self.queue = queue
        self._bucket = TokenBucket(queue.config.rate, queue.config.bucket_size, self._clock.now())
        self.wake()

    def start(self) -> None:
        self._loop = asyncio.create_task(keep_running(self._dispatching, self._dispatch))

    async def stop(self) -> None:
        """Stop at once; tasks under way count as interrupted and run again after the next start."""
        tasks = [*self._running, *([self._loop] if self._loop else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._health.forget(self._dispatching.name)
        self._health.forget(self._results.name)

    def wake(self) -> None:
        self._wake.set()

    def run(self, task: StoredTask) -> None:
        """Make one attempt of a task that is claimed."""
        attempt = asyncio.create_task(self._attempt(task))
        self._running.add(attempt)
        attempt.add_done_callback(self._forget)

    def completed_last_minute(self) -> int:
        since = self._clock.now() - MINUTE
        while self._completed and self._completed[0] <= since:
            self._completed.popleft()
        return len(self._completed)

    async def _dispatch(self) -> None:
        while True:
            self._wake.clear()
            look_again = self._start_due()
            self._dispatching.recovered()
            timer = None if look_again is None else self._clock.call_at(look_again, self.wake)
            await self._wake.wait()
            if timer:
                timer.cancel()

    def _start_due(self) -> float | None:
        """Start the tasks that may start; return when to check again, None if time alone changes nothing."""
        while True:
            now = self._clock.now()
            free = self.queue.config.max_concurrent - len(self._running)
            if self.queue.state is not State.RUNNING or free <= 0:
                return None
            tokens = self._bucket.available(now)
            claimed = self._claim(now, min(free, tokens, AT_A_TIME))
            if not claimed:
                return self._look_again(now, tokens)

    def _claim(self, now: float, limit: int) -> list[StoredTask]:
        claimed = self._store.claim_due(self.queue.config.name, now, limit) if limit > 0 else []
        self._bucket.take(len(claimed))
        for task in claimed:
            self.run(task)
        return claimed

    def _look_again(self, now: float, tokens: int) -> float | None:
        eta = self._store.next_eta(self.queue.config.name)
        if eta is None or tokens:
            return eta
        refilled = self._bucket.ready_at(now)
        return None if refilled is None else max(eta, refilled)

    async def _attempt(self, task: StoredTask) -> None:
        try:
            outcome = await self._attempts.make(task, self.queue)
        except Exception:  # a queue goes on, whatever one delivery runs into
            log.exception("task %s/%s could not be sent", task.queue, task.id)
            outcome = Outcome(NO_ANSWER)
        now = self._clock.now()
        self._adapt_pace(outcome, now)
        attempt = AttemptRecord(task.last_dispatched or now, now, outcome.status)
        history = await retry(self._results, partial(self._record, task, outcome, attempt))
        if outcome.is_success:
            self.finished.appendleft(FinishedTask(replace(task, history=history), attempt))

    def _adapt_pace(self, outcome: Outcome, now: float) -> None:
        if outcome.is_overload:
            self._bucket.slow_down(now)
        if outcome.is_success:
            self._bucket.speed_up()
            self._completed.append(now)

    def _record(self, task: StoredTask, outcome: Outcome, attempt: AttemptRecord) -> str:
        """Write the result in one transaction, so that it can be repeated after an error.

        Return the history before this attempt: that of now, as another attempt may have ended meanwhile.
        """
        now, history = attempt.ended, self._store.history(task.seq)
        own = tasks_pb2.Task.FromString(task.request).retry_config
        policy = retry_policy(own, self.queue.config.retry)
        if outcome.is_success:
            self._store.remove(task, now, now + self.queue.tombstone_seconds)
        elif policy.is_exhausted(task.dispatches, now - (task.first_dispatched or now)):
            self._give_up(task, attempt, with_attempt(history, attempt))
        else:
            wait = max(policy.backoff(task.dispatches), outcome.retry_after)
            self._store.put_back(task, now + wait, now, outcome.status, with_attempt(history, attempt))
        return history

    def _give_up(self, task: StoredTask, attempt: AttemptRecord, history: str) -> None:
        status, now = attempt.status, attempt.ended
        reason = f"HTTP status code {status}" if status else "no response"
        dead = DeadTask(
            queue=task.queue,
            id=task.id,
            died=now,
            dispatches=task.dispatches,
            last_status=status or None,
            reason=reason,
            request=task.request,
            body=task.body,
            history=history,
            created=task.created,
        )
        if self._store.give_up(task, dead, now + self.queue.tombstone_seconds):
            log.error(
                "task %s/%s given up after %d attempts: %s", task.queue, task.id, task.dispatches, reason
            )

    def _forget(self, attempt: asyncio.Task[None]) -> None:
        self._running.discard(attempt)
        self.wake()
