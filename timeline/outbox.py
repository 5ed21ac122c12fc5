"""A task that is promised in the same commit as the photo, delivered right after it, and swept until done."""

import json
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from timeline import ids
from timeline.errors import Refusal
from timeline.interfaces import Backends, Entity, Key, Scan, Task, Transaction

KIND = "Outbox"
DEAD_LETTER = "DeadLetter"
PATIENCE = timedelta(minutes=3)
"""A task older than this and still not done is promised again."""
SWEPT_AT_ONCE = 200
"""Keeps a sweep far below the ten minutes of a request."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a task is to do, and the trace of who asked for it."""

    queue: str
    path: str
    body: dict[str, Any] = field(default_factory=dict)
    trace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """Work to come. The id names the task, and says where its row lies."""

    id: str
    work: Work
    created: datetime
    tries: int = 0
    delay: timedelta = timedelta(0)


def new_entry(user: str, work: Work, now: datetime, delay: timedelta = timedelta(0)) -> OutboxEntry:
    """Make a promise; it holds once `entity_of` it is committed."""
    return OutboxEntry(id=ids.id_of(ids.new_key(now), user), work=work, created=now, delay=delay)


def key_of(promise_id: str) -> Key:
    key, user = ids.split_id(promise_id)
    return ("User", user, KIND, key)


def entity_of(promised: OutboxEntry) -> Entity:
    values = {
        "queue": promised.work.queue,
        "path": promised.work.path,
        "body": json.dumps(promised.work.body),
        "trace": promised.work.trace,
        "created": promised.created,
        "tries": promised.tries,
        "due": promised.created + promised.delay + PATIENCE,
    }
    return Entity(key_of(promised.id), values, frozenset({"due"}))


def deliver(backends: Backends, promised: OutboxEntry) -> bool:
    """Create the task. A queue that does not answer is no harm: the sweep comes back to the row."""
    work, name = promised.work, f"{promised.id}-{promised.tries}"
    body = {**work.body, "outbox_id": promised.id, "trace": work.trace}
    try:
        delay = promised.delay
        backends.tasks.add(Task(queue=work.queue, path=work.path, name=name, body=body, delay=delay))
    except Refusal as refusal:
        log.warning("task %s is left to the sweep: %s", name, refusal)
        return False
    return True


def finish(backends: Backends, promise_id: str) -> None:
    """The work is done, or nobody needs it any more."""
    backends.entities.delete(key_of(promise_id))


def move_to_dead_letters(backends: Backends, promise_id: str, reason: str) -> None:
    """The last attempt failed: keep the promise as a dead letter, so that nothing vanishes silently."""
    now = backends.clock.now()
    backends.entities.transact(
        lambda transaction: move_to_dead_letters_within(transaction, promise_id, reason, now)
    )


def move_to_dead_letters_within(
    transaction: Transaction, promise_id: str, reason: str, now: datetime
) -> None:
    key = key_of(promise_id)
    (row,) = transaction.get(key)
    if row is None:
        return
    letter = Entity((*key[:2], DEAD_LETTER, key[3]), {**row.values, "reason": reason, "buried": now})
    transaction.put(letter)
    transaction.delete(key)


def redeliver_overdue(backends: Backends) -> int:
    """Promise anew what is overdue, a bounded number; tell how many."""
    now = backends.clock.now()
    overdue = backends.entities.scan(Scan(kind=KIND, by="due", below=now, limit=SWEPT_AT_ONCE))
    return sum(_renew(backends, row.key, now) for row in overdue)


def _renew(backends: Backends, key: Key, now: datetime) -> bool:
    """Only the sweep that moved the row on delivers it: a fresh name would pass twice otherwise."""
    renewed = backends.entities.transact(lambda transaction: _renew_within(transaction, key, now))
    return renewed is not None and deliver(backends, renewed)


def _renew_within(transaction: Transaction, key: Key, now: datetime) -> OutboxEntry | None:
    (row,) = transaction.get(key)
    if row is None or row.values["due"] > now:
        return None
    values = {**row.values, "tries": row.values["tries"] + 1}
    values["due"] = now + PATIENCE * (values["tries"] + 1)
    transaction.put(Entity(key, values, row.indexed | {"due"}))
    return _promise_of(key, values)


def _promise_of(key: Key, values: dict[str, Any]) -> OutboxEntry:
    return OutboxEntry(
        id=ids.id_of(key[3], key[1]),
        work=Work(
            queue=values["queue"],
            path=values["path"],
            body=json.loads(values["body"]),
            trace=values["trace"],
        ),
        created=values["created"],
        tries=values["tries"],
    )
