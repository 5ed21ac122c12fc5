"""The outbox: tasks committed together with the data, delivered after the commit, redelivered until done."""

import json
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from timeline import ids
from timeline.errors import TimelineError
from timeline.interfaces import Backends, Entity, Key, Scan, Task, Transaction

KIND = "Outbox"
DEAD_LETTER = "DeadLetter"
OVERDUE_AFTER = timedelta(minutes=3)
"""A task older than this and still not done is delivered again."""
BATCH = 200
"""Keeps a sweep far below the ten-minute limit of a request."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The queue, path and body of a task, and the trace of the request that caused it."""

    queue: str
    path: str
    body: dict[str, Any] = field(default_factory=dict)
    trace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """A task to create. The ID names the task and contains the key of its row."""

    id: str
    work: Work
    created: datetime
    tries: int = 0
    delay: timedelta = timedelta(0)


def new_entry(user: str, work: Work, now: datetime, delay: timedelta = timedelta(0)) -> OutboxEntry:
    """Create an entry; the caller commits `entity_of` it and then calls `deliver`."""
    return OutboxEntry(id=ids.id_of(ids.new_key(now), user), work=work, created=now, delay=delay)


def key_of(entry_id: str) -> Key:
    key, user = ids.split_id(entry_id)
    return ("User", user, KIND, key)


def entity_of(entry: OutboxEntry) -> Entity:
    values = {
        "queue": entry.work.queue,
        "path": entry.work.path,
        "body": json.dumps(entry.work.body),
        "trace": entry.work.trace,
        "created": entry.created,
        "tries": entry.tries,
        "due": entry.created + entry.delay + OVERDUE_AFTER,
    }
    return Entity(key_of(entry.id), values, frozenset({"due"}))


def deliver(backends: Backends, entry: OutboxEntry) -> bool:
    """Create the task. If Cloud Tasks does not respond, the sweep creates it later."""
    work, name = entry.work, f"{entry.id}-{entry.tries}"
    body = {**work.body, "outbox_id": entry.id, "trace": work.trace}
    try:
        delay = entry.delay
        backends.tasks.add(Task(queue=work.queue, path=work.path, name=name, body=body, delay=delay))
    except TimelineError as error:
        log.warning("task %s was not created, the sweep will retry: %s", name, error)
        return False
    return True


def deliver_if_waiting(backends: Backends, entry_id: str) -> None:
    """Create the task of an entry that another run committed: its process may have died before it did so.

    If the task exists already, nothing happens: its name is that of the last delivery.
    """
    (row,) = backends.entities.get(key_of(entry_id))
    if row is not None:
        deliver(backends, _entry_of(row.key, row.values))


def finish(backends: Backends, entry_id: str) -> None:
    """Delete the entry: its task is done or no longer needed."""
    backends.entities.delete(key_of(entry_id))


def move_to_dead_letters(backends: Backends, entry_id: str, reason: str) -> None:
    """Keep the entry as a dead letter after the last attempt failed, so that no task is lost silently."""
    now = backends.clock.now()
    backends.entities.transact(
        lambda transaction: move_to_dead_letters_within(transaction, entry_id, reason, now)
    )


def move_to_dead_letters_within(transaction: Transaction, entry_id: str, reason: str, now: datetime) -> None:
    key = key_of(entry_id)
    (row,) = transaction.get(key)
    if row is None:
        return
    dead_letter = Entity((*key[:2], DEAD_LETTER, key[3]), {**row.values, "reason": reason, "buried": now})
    transaction.put(dead_letter)
    transaction.delete(key)


def redeliver_overdue(backends: Backends) -> int:
    """Deliver a bounded number of overdue entries again and return their number."""
    now = backends.clock.now()
    overdue = backends.entities.scan(Scan(kind=KIND, by="due", below=now, limit=BATCH))
    return sum(_redeliver(backends, row.key, now) for row in overdue)


def _redeliver(backends: Backends, key: Key, now: datetime) -> bool:
    """Of two concurrent sweeps only the one that updated the row delivers it: each uses a fresh task name."""
    entry = backends.entities.transact(lambda transaction: _count_attempt(transaction, key, now))
    return entry is not None and deliver(backends, entry)


def _count_attempt(transaction: Transaction, key: Key, now: datetime) -> OutboxEntry | None:
    (row,) = transaction.get(key)
    if row is None or row.values["due"] > now:
        return None
    values = {**row.values, "tries": row.values["tries"] + 1}
    values["due"] = now + OVERDUE_AFTER * (values["tries"] + 1)
    transaction.put(Entity(key, values, row.indexed | {"due"}))
    return _entry_of(key, values)


def _entry_of(key: Key, values: dict[str, Any]) -> OutboxEntry:
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
