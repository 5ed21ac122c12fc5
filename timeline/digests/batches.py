"""A run of the daily or weekly job: batches that follow each other, and one task per person in each."""

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
AT_ONCE = 8
"""Creating a task is waiting: one after the other, 100 of them take seconds on Google's queues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The users behind `after` who want this period's summary; `until` is the moment the job was started."""

    period: Period
    until: datetime
    after: str | None = None

    @property
    def name(self) -> str:
        """A run is named by its start, so that a later one finds whom a broken one left out."""
        return f"{self.period.name}-{self.until:%H%M%S%f}-{self.after or ''}"


def start_summaries(backends: Backends, kind: Kind, trace: str = "") -> Batch:
    """Begin with the first batch. Run again, late, or twice at a time, it ends in the same mails."""
    now = backends.clock.now()
    batch = Batch(period=period_of(kind, now), until=now)
    backends.tasks.add(_task_of(batch, trace))
    return batch


def enqueue_batch(backends: Backends, batch: Batch, trace: str = "") -> int:
    """Create the task of the batch behind, then one per user of this one; tell how many users."""
    readers = [row.key[1] for row in backends.entities.scan(_wanting(batch))]
    if len(readers) == USERS_IN_A_BATCH:
        backends.tasks.add(_task_of(replace(batch, after=readers[-1]), trace))
    _add_all(backends, [_mailing(batch, reader, trace) for reader in readers])
    return len(readers)


def bury_batch(backends: Backends, batch: Batch, reason: str) -> None:
    """Every attempt failed: whoever is in this batch gets no mail, unless somebody starts the job again."""
    values = {"queue": QUEUE, "path": PATH, "reason": reason, "buried": backends.clock.now()}
    backends.entities.put(Entity((outbox.DEAD_LETTER, batch.name), {**values, **_body(batch)}))


def batch_of(body: dict[str, Any]) -> Batch:
    """Read what the task was given. Raises InvalidRequest."""
    after = body.get("after")
    return Batch(period=period_in(body), until=until_in(body), after=None if after is None else str(after))


def _wanting(batch: Batch) -> Scan:
    after = users.user_key(batch.after) if batch.after else None
    return Scan(
        kind=users.USER,
        by="summary",
        equal=batch.period.kind,
        after=after,
        limit=USERS_IN_A_BATCH,
        keys_only=True,
    )


def _task_of(batch: Batch, trace: str) -> Task:
    return Task(queue=QUEUE, path=PATH, name=batch.name, body={**_body(batch), "trace": trace})


def _body(batch: Batch) -> dict[str, Any]:
    return {"period": batch.period.name, "until": batch.until.isoformat(), "after": batch.after}


def _mailing(batch: Batch, reader: str, trace: str) -> Task:
    body = {"user": reader, "period": batch.period.name, "until": batch.until.isoformat(), "trace": trace}
    return Task(queue=MAIL_QUEUE, path=MAIL_PATH, name=f"{batch.period.name}-{reader}", body=body)


def _add_all(backends: Backends, tasks: Sequence[Task]) -> None:
    """Raises Unavailable where one could not be created; the names make a repetition harmless."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(backends.tasks.add, tasks))
