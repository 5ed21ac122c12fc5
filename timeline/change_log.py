"""The change log of a user's stream, in commit order, from which clients with a local copy sync.

The transaction that changes a photo also appends an entry to one of a few shards. A shard is a single row, so
its commits are serialised: entries that a reader has not seen yet always come after those it has seen,
whatever the clocks of the instances say. Several shards keep concurrent writers from waiting for each other.
When a shard holds a full segment of entries, they move to a row that is never written again.
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

KIND = "Lane"
SEGMENT_KIND = "FiledChanges"
"""The kinds keep the names of the first release: stored rows have them."""
SHARDS = 8
"""One per thread of an instance, so that its threads never conflict; every sync reads all of them."""
SEGMENT_SIZE = 50
"""Entries are keys of 16 characters: a shard stays below 1 KB, and one write in fifty closes a segment."""
KEPT = timedelta(days=30)
"""A client that was offline for longer reads the whole stream again."""


_LOCK = Lock()
_NEXT = count(random.randrange(SHARDS))  # noqa: S311 - spreads processes over the shards; no secret
_IN_USE: Counter[Key] = Counter()


@dataclass(frozen=True, slots=True)
class Shard:
    """`count` is the number of entries so far; `recent` are those not yet in a closed segment."""

    count: int
    recent: tuple[str, ...]


@contextmanager
def free_shard(user: str) -> Iterator[Key]:
    """Yield the key of a shard that no other thread of this process writes, if there is one.

    When two transactions do write the same shard, Datastore runs the second one again.
    """
    with _LOCK:
        first = next(_NEXT)
        keys = [shard_keys(user)[(first + step) % SHARDS] for step in range(SHARDS)]
        key = next((key for key in keys if key not in _IN_USE), keys[0])
        _IN_USE[key] += 1
    try:
        yield key
    finally:
        with _LOCK:
            _IN_USE[key] -= 1
            if not _IN_USE[key]:
                del _IN_USE[key]


class Recorder:
    """A transaction that notices when the photo is put or deleted, and then logs it. Implements Transaction.

    The shard is read together with the first read of the transaction, so it costs no extra call.
    """

    def __init__(self, transaction: Transaction, photo: Key, shard: Key) -> None:
        self._transaction = transaction
        self._photo = photo
        self._key = shard
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

    def record(self, now: datetime) -> None:
        """Append the entry; call it at the end of the transaction."""
        if self._is_changed:
            self._transaction.put(*_append(self._key, _shard_of(self._row), self._photo, now))


def shard_keys(user: str) -> tuple[Key, ...]:
    return tuple(("User", user, KIND, str(number)) for number in range(SHARDS))


def shards_of(rows: Sequence[Entity | None]) -> tuple[Shard, ...]:
    """Return the shards in the order of `shard_keys`."""
    return tuple(_shard_of(row) for row in rows)


def segment_key(user: str, shard: int, segment: int) -> Key:
    return ("User", user, SEGMENT_KIND, f"{shard}-{segment:08d}")


def keys_in(row: Entity) -> tuple[str, ...]:
    return tuple(row.values["photos"])


def delete_expired(backends: Backends) -> int:
    """Delete a bounded number of old segments and return their number. The shards themselves stay."""
    return delete_before(backends, SEGMENT_KIND, "filed", backends.clock.now() - KEPT)


def _shard_of(row: Entity | None) -> Shard:
    return Shard(row.values["count"], tuple(row.values["recent"])) if row else Shard(0, ())


def _append(key: Key, shard: Shard, photo: Key, now: datetime) -> Sequence[Entity]:
    recent, count = [*shard.recent, photo[3]], shard.count + 1
    if len(recent) < SEGMENT_SIZE:
        return [Entity(key, {"count": count, "recent": recent})]
    segment = segment_key(key[1], int(key[3]), shard.count // SEGMENT_SIZE)
    values = {"photos": recent, "filed": now}
    return [Entity(key, {"count": count, "recent": []}), Entity(segment, values, frozenset({"filed"}))]
