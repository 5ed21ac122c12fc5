"""Transactions: each reads the state at its beginning, and records what it has read."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.state.keys import kind_of
from gaelocal.datastore.state.queries import Range
from gaelocal.datastore.state.tables import Stored

_NAME_PREFIX = b"gaelocal:"
IDLE_SECONDS = 60.0
MOST_SECONDS = 270.0


@dataclass(slots=True)
class Transaction:
    """`before` holds the old states of keys that others have changed since it began."""

    read_only: bool
    begun: float
    used: float
    before: dict[bytes, Stored | None] = field(default_factory=dict)
    keys: set[bytes] = field(default_factory=set)
    ranges: list[tuple[Range, bytes | None]] = field(default_factory=list)
    waits_for: frozenset[bytes] = frozenset()

    def is_outdated(self) -> bool:
        """Return whether another transaction changed, added or removed what this one has read."""
        return any(map(self.has_read, self.before))

    def has_read(self, key: bytes) -> bool:
        """Return whether the key was looked up or is inside a queried range, present or not."""
        return key in self.keys or any(
            wanted.holds(key) and kind in (None, kind_of(key)) for wanted, kind in self.ranges
        )


class Transactions:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open: dict[bytes, Transaction] = {}
        self._waiting: set[asyncio.Future[None]] = set()

    def begin(self, read_only: bool, past: Mapping[bytes, Stored | None] = MappingProxyType({})) -> bytes:
        """Begin a transaction, which sees `past` instead of what these keys hold now."""
        now = self._clock()
        self._open = {name: one for name, one in self._open.items() if not _is_expired(one, now)}
        name = _NAME_PREFIX + secrets.token_bytes(16)
        self._open[name] = Transaction(read_only, begun=now, used=now, before=dict(past))
        return name

    def get(self, name: bytes) -> Transaction:
        """Return an open transaction and note that it is in use.

        Raises:
            DatastoreError: it was never begun, is over, or was idle for too long.
        """
        _check_name(name)
        now = self._clock()
        found = self._open.get(name)
        if found is None or _is_expired(found, now):
            self._open.pop(name, None)
            raise invalid_argument("transaction has expired or is invalid")
        found.used = now
        return found

    def end(self, name: bytes) -> Transaction:
        found = self.get(name)
        del self._open[name]
        self._wake()
        return found

    def roll_back(self, name: bytes) -> None:
        """Forget a transaction; one that is already over is no error: clients roll back what failed."""
        _check_name(name)
        self._open.pop(name, None)
        self._wake()

    def writing(self) -> list[Transaction]:
        """Return the open transactions that may still commit."""
        now = self._clock()
        return [one for one in self._open.values() if not one.read_only and not _is_expired(one, now)]

    async def until_one_ends(self, seconds: float) -> None:
        """Wait until a transaction ends, but no longer than `seconds`."""
        ended = asyncio.get_running_loop().create_future()
        self._waiting.add(ended)
        try:
            await asyncio.wait((ended,), timeout=seconds)
        finally:
            self._waiting.discard(ended)

    def _wake(self) -> None:
        for ended in self._waiting:
            if not ended.done():
                ended.set_result(None)

    def wrote(self, key: bytes, before: Stored | None) -> None:
        for transaction in self._open.values():
            transaction.before.setdefault(key, before)


def _check_name(name: bytes) -> None:
    if not name.startswith(_NAME_PREFIX):
        raise invalid_argument("Invalid transaction.")


def _is_expired(transaction: Transaction, now: float) -> bool:
    return now - transaction.used > IDLE_SECONDS or now - transaction.begun > MOST_SECONDS
