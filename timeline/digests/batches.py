"""Enqueue the summaries of a run: a chain of batch tasks, each creating one email task per user."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from timeline import outbox
from timeline.accounts import users
from timeline.digests.periods import Kind, Period, period_of
from timeline.digests.sending import MAIL_PATH, MAIL_QUEUE, period_in, until_in
from timeline.interfaces import Backends, Entity, Scan, Task

QUEUE, PATH = "summary-email", "/tasks/summary_email/"
USERS_IN_A_BATCH = 100
THREADS = 8
"""Creating 100 tasks one after the other takes seconds on Cloud Tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Users after `after` that subscribe to this kind of summary; `until` is the start of the run."""

    period: Period
    until: datetime
    after: str | None = None

    @property
    def name(self) -> str:
        """Contains the start of the run, so that a later run reaches users that an aborted one left out."""
        return f"{self.period.name}-{self.until:%H%M%S%f}-{self.after or ''}"


def start_summaries(backends: Backends, kind: Kind, trace: str = "") -> Batch:
    """Enqueue the first batch. Repeated, late and concurrent runs send no email twice."""
    now = backends.clock.now()
    batch = Batch(period=period_of(kind, now), until=now)
    backends.tasks.add(_batch_task(batch, trace))
    return batch


def enqueue_batch(backends: Backends, batch: Batch, trace: str = "") -> int:
    """Enqueue the next batch, then one email task per user of this one; return the number of users."""
    readers = [row.key[1] for row in backends.entities.scan(_subscribers(batch))]
    if len(readers) == USERS_IN_A_BATCH:
        backends.tasks.add(_batch_task(replace(batch, after=readers[-1]), trace))
    _add_all(backends, [_email_task(batch, reader, trace) for reader in readers])
    return len(readers)


def move_batch_to_dead_letters(backends: Backends, batch: Batch, reason: str) -> None:
    """Keep the failed batch as a dead letter: its users get no email unless the job is started again."""
    values = {"queue": QUEUE, "path": PATH, "reason": reason, "buried": backends.clock.now()}
    backends.entities.put(Entity((outbox.DEAD_LETTER, batch.name), {**values, **_body(batch)}))


def batch_of(body: dict[str, Any]) -> Batch:
    """Parse the body of a batch task. Raises InvalidRequest."""
    after = body.get("after")
    return Batch(period=period_in(body), until=until_in(body), after=None if after is None else str(after))


def _subscribers(batch: Batch) -> Scan:
    after = users.user_key(batch.after) if batch.after else None
    return Scan(
        kind=users.USER,
        by="summary",
        equal=batch.period.kind,
        after=after,
        limit=USERS_IN_A_BATCH,
        keys_only=True,
    )


def _batch_task(batch: Batch, trace: str) -> Task:
    return Task(queue=QUEUE, path=PATH, name=batch.name, body={**_body(batch), "trace": trace})


def _body(batch: Batch) -> dict[str, Any]:
    return {"period": batch.period.name, "until": batch.until.isoformat(), "after": batch.after}


def _email_task(batch: Batch, reader: str, trace: str) -> Task:
    body = {"user": reader, "period": batch.period.name, "until": batch.until.isoformat(), "trace": trace}
    return Task(queue=MAIL_QUEUE, path=MAIL_PATH, name=f"{batch.period.name}-{reader}", body=body)


def _add_all(backends: Backends, tasks: Sequence[Task]) -> None:
    """Raises Unavailable if a task could not be created; task names make a retry harmless."""
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(backends.tasks.add, tasks))
