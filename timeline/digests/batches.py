"""Enqueue the summaries of a run: chains of batch tasks, each creating tasks that send emails to groups."""

import string
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from typing import Any

from timeline import outbox
from timeline.accounts import users
from timeline.digests.periods import Kind, Period, period_of
from timeline.digests.send_records import MAIL_PATH, MAIL_QUEUE
from timeline.digests.sending import Mailing, period_in, until_in
from timeline.interfaces import Backends, Entity, Scan, Task

QUEUE, PATH = "summary-email", "/tasks/summary_email/"
GROUP_PATH = "/tasks/summary_email/send"
USERS_IN_A_BATCH = 120
USERS_IN_A_GROUP = 24
"""Their emails share the reads of one task, which stays far below its limit of ten minutes."""
FIRST_CHARACTERS = string.digits + string.ascii_lowercase
"""Those of handles (timeline.ids)."""
LAST = "~"
"""Sorts after every character of a handle."""
THREADS = 8
"""Creating 24 tasks one after the other takes a second on Cloud Tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Users that subscribe to this kind of summary; `until` is the start of the run.

    They come after the handle `after` and before `below`, the end of this chain.
    """

    period: Period
    until: datetime
    after: str | None = None
    below: str | None = None

    @property
    def name(self) -> str:
        """Contains the start of the run, so that a later run reaches users that an aborted one left out."""
        after = (self.after or "").replace(LAST, "_")  # names of tasks have no other special characters
        return f"{self.period.name}-{self.until:%H%M%S%f}-{after}"


def start_summaries(backends: Backends, kind: Kind, trace: str = "") -> Period:
    """Enqueue the first batch of each chain. Repeated, late and concurrent runs send no email twice."""
    now = backends.clock.now()
    bounds = [None, *_boundaries(backends.settings.summary_chains), None]
    period = period_of(kind, now)
    batches = [Batch(period=period, until=now, after=after, below=below) for after, below in pairwise(bounds)]
    _add_all(backends, [_batch_task(batch, trace) for batch in batches])
    return period


def enqueue_batch(backends: Backends, batch: Batch, trace: str = "") -> int:
    """Enqueue the next batch, then one task per group of users of this one; return the number of users."""
    found = [row.key[1] for row in backends.entities.scan(_subscribers(batch))]
    readers = [handle for handle in found if batch.below is None or handle < batch.below]
    if len(readers) == USERS_IN_A_BATCH:
        backends.tasks.add(_batch_task(replace(batch, after=readers[-1]), trace))
    groups = range(0, len(readers), USERS_IN_A_GROUP)
    _add_all(
        backends, [_group_task(batch, readers[start : start + USERS_IN_A_GROUP], trace) for start in groups]
    )
    return len(readers)


def split_group(backends: Backends, mailing: Mailing, trace: str = "") -> int:
    """Enqueue one task per user instead, so that one email cannot delay the others of a group again."""
    _add_all(backends, [_email_task(mailing, user, trace) for user in mailing.users])
    return len(mailing.users)


def move_batch_to_dead_letters(backends: Backends, batch: Batch, reason: str) -> None:
    """Keep the failed batch as a dead letter: its users get no email unless the job is started again."""
    values = {"queue": QUEUE, "path": PATH, "reason": reason, "buried": backends.clock.now()}
    backends.entities.put(Entity((outbox.DEAD_LETTER, batch.name), {**values, **_body(batch)}))


def batch_of(body: dict[str, Any]) -> Batch:
    """Parse the body of a batch task. Raises InvalidRequest."""
    after, below = (None if body.get(name) is None else str(body[name]) for name in ("after", "below"))
    return Batch(period=period_in(body), until=until_in(body), after=after, below=below)


def _boundaries(chains: int) -> list[str]:
    """Divide the handles by their first character; a boundary comes after all handles that begin with it."""
    return [
        FIRST_CHARACTERS[len(FIRST_CHARACTERS) * number // chains - 1] + LAST for number in range(1, chains)
    ]


def _subscribers(batch: Batch) -> Scan:
    after = (users.USER, batch.after) if batch.after else None
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
    bounds = {"after": batch.after, "below": batch.below}
    return {"period": batch.period.name, "until": batch.until.isoformat(), **bounds}


def _group_task(batch: Batch, readers: list[str], trace: str) -> Task:
    """The name tells groups apart: a later run may have other groups with new subscribers."""
    body = {"users": readers, "period": batch.period.name, "until": batch.until.isoformat(), "trace": trace}
    digest = sha256(" ".join(readers).encode()).hexdigest()[:16]
    return Task(queue=QUEUE, path=GROUP_PATH, name=f"{batch.period.name}-group-{digest}", body=body)


def _email_task(mailing: Mailing, user: str, trace: str) -> Task:
    until = mailing.until.isoformat()
    body = {"user": user, "period": mailing.period.name, "until": until, "trace": trace}
    return Task(queue=MAIL_QUEUE, path=MAIL_PATH, name=f"{mailing.period.name}-{user}", body=body)


def _add_all(backends: Backends, tasks: Sequence[Task]) -> None:
    """Raises Unavailable if a task could not be created; task names make a retry harmless."""
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(backends.tasks.add, tasks))
