"""What changed in a user's stream, in the order of the commits, for phones that keep a copy of it.

Each change is written down in the transaction that makes it, at the end of one of a few lanes. A lane is one
row, so the commits that write it follow one another: what a reader has not seen yet can only come behind what
it has seen, whatever the clocks of the instances say. Several lanes, so that writers seldom wait for each
other. Once a lane holds a sheet full of changes, they are filed in a row that nobody writes again.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from threading import Lock

from timeline.interfaces import Backends, Entity, Key, Transaction
from timeline.retention import delete_before

KIND = "Shard"
FILED = "FiledChanges"
SHARDS = 8
"""As many as an instance has threads, so that these never meet; each is one read of every sync."""
SEGMENT_SIZE = 50
"""Keys of 16 characters: a lane stays below 1 KB, and one write in fifty files a sheet."""
KEPT = timedelta(days=30)
"""A phone that was away for longer reads the stream anew."""


_CHOOSING = Lock()
_TURNS = count(random.randrange(SHARDS))  # noqa: S311 - so that processes do not go in step; no secret
_IN_USE: Counter[Key] = Counter()


@dataclass(frozen=True, slots=True)
class Shard:
    """`count` changes so far; `recent` are the keys of those not yet filed."""

    count: int
    recent: tuple[str, ...]


@contextmanager
def free_shard(user: str) -> Iterator[Key]:
    """One that no other thread of this process is writing: two commits at once would be one of them twice.

    Where all are in use, or another process uses the same, the transaction that comes second is tried again.
    """
    with _CHOOSING:
        first = next(_TURNS)
        keys = [shard_keys(user)[(first + step) % SHARDS] for step in range(SHARDS)]
        key = next((key for key in keys if key not in _IN_USE), keys[0])
        _IN_USE[key] += 1
    try:
        yield key
    finally:
        with _CHOOSING:
            _IN_USE[key] -= 1
            if not _IN_USE[key]:
                del _IN_USE[key]


class Recorder:
    """A transaction that writes down by itself that a photo was put or deleted. Satisfies stores.Transaction.

    The lane comes with the first read of the transaction, so that it costs no call of its own.
    """

    def __init__(self, transaction: Transaction, photo: Key, lane: Key) -> None:
        self._transaction = transaction
        self._photo = photo
        self._key = lane
        self._row: Entity | None = None
        self._is_read = False
        self._is_changed = False

    def get(self, *keys: Key) -> Sequence[Entity | None]:
        if self._is_read:
            return self._transaction.get(*keys)
        *found, self._row = self._transaction.get(*keys, self._key)
        self._is_read = True
        return found

    def put(self, *entities: Entity) -> None:
        self._is_changed |= any(entity.key == self._photo for entity in entities)
        self._transaction.put(*entities)

    def delete(self, *keys: Key) -> None:
        self._is_changed |= self._photo in keys
        self._transaction.delete(*keys)

    def note(self, now: datetime) -> None:
        """Call it at the end of the transaction's work."""
        if self._is_changed:
            self._transaction.put(*_with_one_more(self._key, _lane(self._row), self._photo, now))


def shard_keys(user: str) -> tuple[Key, ...]:
    return tuple(("User", user, KIND, str(number)) for number in range(SHARDS))


def shards_of(rows: Sequence[Entity | None]) -> tuple[Shard, ...]:
    """From the rows of `lane_keys`, in their order."""
    return tuple(_lane(row) for row in rows)


def segment_key(user: str, lane: int, sheet: int) -> Key:
    return ("User", user, FILED, f"{lane}-{sheet:08d}")


def keys_in(row: Entity) -> tuple[str, ...]:
    return tuple(row.values["photos"])


def delete_expired(backends: Backends) -> int:
    """Forget a bounded number of filed sheets; tell how many. What is in the lanes stays."""
    return delete_before(backends, FILED, "filed", backends.clock.now() - KEPT)


def _lane(row: Entity | None) -> Shard:
    return Shard(row.values["count"], tuple(row.values["recent"])) if row else Shard(0, ())


def _with_one_more(key: Key, lane: Shard, photo: Key, now: datetime) -> Sequence[Entity]:
    recent, count = [*lane.recent, photo[3]], lane.count + 1
    if len(recent) < SEGMENT_SIZE:
        return [Entity(key, {"count": count, "recent": recent})]
    filed = segment_key(key[1], int(key[3]), lane.count // SEGMENT_SIZE)
    values = {"photos": recent, "filed": now}
    return [Entity(key, {"count": count, "recent": []}), Entity(filed, values, frozenset({"filed"}))]
