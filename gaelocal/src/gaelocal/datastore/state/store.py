"""The Datastore without its protocol: reads, transactions and commits on encoded keys."""

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from gaelocal.datastore.errors import Code, DatastoreError, invalid_argument
from gaelocal.datastore.rules import Rules
from gaelocal.datastore.state.freshness import Freshness
from gaelocal.datastore.state.indexing import index_entries_of
from gaelocal.datastore.state.locks import CONTENTION, Locks
from gaelocal.datastore.state.long_reads import BUDGET_SECONDS, LongReads
from gaelocal.datastore.state.queries import Query
from gaelocal.datastore.state.tables import Stored, TableReader, Tables
from gaelocal.datastore.state.transactions import Transaction, Transactions
from gaelocal.datastore.state.views import Past, View
from gaelocal.protobuf.datastore_pb2 import Entity
from gaelocal.sqlite_files import empty_tables

T = TypeVar("T")
Made = tuple[Any | None, tuple[Any, ...]]
"""The new entity, or None, and the results of its transforms."""

DEFAULT_RULES = Rules()
KEPT_TABLES = ("partition", "property", "progress")
HISTORY_MICROSECONDS = 3_600_000_000
_COMMITS_PER_PRUNING = 50


@dataclass(frozen=True, slots=True)
class Change:
    """One mutation: `make` returns the new entity for the stored one, or None where it is deleted.

    `make` gets the time of the commit and raises a DatastoreError where the stored entity forbids the change;
    `is_conflict` tells whether the stored version is another than the one the client expects.
    """

    key: bytes
    kind: tuple[int, str]
    make: Callable[[Any | None, int], Made]
    is_conflict: Callable[[Stored | None], bool]


@dataclass(frozen=True, slots=True)
class Outcome:
    version: int
    created: int
    conflict: bool = False
    index_updates: int = 0
    transform_results: tuple[Any, ...] = ()


class Store:
    """Use it from one thread: methods that change something never wait, so every change is atomic."""

    def __init__(
        self,
        folder: Path,
        rules: Rules = DEFAULT_RULES,
        *,
        budget: float = BUDGET_SECONDS,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self.tables = Tables(folder / "datastore.sqlite")
        self.transactions = Transactions()
        self.locks = Locks(self.transactions, rules)
        self._long_reads = LongReads(self.tables, budget)
        self._freshness = Freshness(rules.consistency)
        self._small = rules.small
        self._clock = clock
        self._commits = 0
        self._version, self._ids = self.tables.progress()

    def clear(self) -> None:
        """Delete all entities and forget what was unapplied; versions and IDs go on."""
        self.tables.advance(self._version, self._ids)
        empty_tables(self.tables.connection, but=KEPT_TABLES)
        self._freshness = Freshness(self._freshness.consistency)

    def close(self) -> None:
        self._long_reads.close()
        self.tables.close()

    @property
    def version(self) -> int:
        return self._version

    def now(self) -> int:
        """Return the time in microseconds; it is never before the last commit."""
        return max(self._version, self._clock() // 1_000)

    def read(self, past: Past, work: Callable[[View], T]) -> T | Awaitable[T]:
        """Return what `work` finds, or an awaitable where that takes long. `work` may run twice."""

        def run(tables: TableReader) -> T:
            return work(View(tables, seen, self._small))

        seen = dict(past)  # what others commit meanwhile must not show
        return self._long_reads.run(run)

    def past_for_keys(self, keys: Iterable[bytes], transaction: Transaction | None) -> Past:
        """Return the past in which to look up keys, and note that they are read."""
        wanted = list(keys)
        for key in wanted:
            self._freshness.touch(key)
        if transaction is None:
            return {}
        transaction.keys.update(wanted)
        return transaction.before

    def past_for_query(self, query: Query, transaction: Transaction | None) -> Past:
        """Return the past in which to run a query, and note what it reads."""
        kind = None if query.kind is None else query.kind.encode()
        if query.ancestor:
            for branch in query.branches:
                self._freshness.touch(branch.keys.low)
        if transaction is not None:
            transaction.ranges += [(branch.keys, kind) for branch in query.branches]
            return transaction.before
        return {} if query.ancestor else self._freshness.view()

    def past_at(self, moment: int) -> Past:
        """Return what has changed since a moment in microseconds.

        Raises:
            DatastoreError: it is in the future, or longer ago than the history goes back.
        """
        self.demand_known_moment(moment)
        return self.tables.changed_since(moment)

    def demand_known_moment(self, moment: int) -> None:
        """Check a moment in microseconds.

        Raises:
            DatastoreError: as for `past_at`.
        """
        if moment > self.now():
            raise invalid_argument("The requested 'read_time' cannot be in the future.")
        if moment < self.now() - HISTORY_MICROSECONDS:
            raise DatastoreError(Code.FAILED_PRECONDITION, "The requested 'read_time' is too old.")

    def commit(self, changes: list[Change], transaction: Transaction | None) -> list[Outcome]:
        """Apply all changes or none.

        Raises:
            DatastoreError: ABORTED where the transaction has read what is no longer so, or what `make` says.
        """
        if transaction is not None and transaction.read_only and changes:
            raise invalid_argument("Cannot modify entities in a read-only transaction.")
        if transaction is not None and not transaction.read_only and transaction.is_outdated():
            raise DatastoreError(Code.ABORTED, CONTENTION)
        return self._write(changes) if changes else []

    def allocate(self, wanted: Iterable[Callable[[int], bytes]]) -> list[int]:
        """Return a new id to each; the callables say which key an id would make."""
        with self.tables.writing():
            ids = [self._next_id(key_with) for key_with in wanted]
            self.tables.advance(self._version, self._ids)
        return ids

    def reserve(self, keys: Iterable[bytes]) -> None:
        with self.tables.writing():
            for key in keys:
                self.tables.reserve(key)

    def _next_id(self, key_with: Callable[[int], bytes]) -> int:
        while True:
            self._ids += 1
            scattered = _scatter(self._ids)
            if not self.tables.is_taken(key_with(scattered)):
                return scattered

    def _write(self, changes: list[Change]) -> list[Outcome]:
        version = max(self._version + 1, self._clock() // 1_000)
        before: dict[bytes, Stored | None] = {}
        with self.tables.writing():
            outcomes = [self._apply(change, version, before) for change in changes]
            for key, stored in before.items():
                self.tables.remember(version, key, stored)
            self._forget(version)
        self._version = version
        for key, stored in before.items():
            self.transactions.wrote(key, stored)
            self._freshness.wrote(key, stored)
        return outcomes

    def _apply(self, change: Change, version: int, before: dict[bytes, Stored | None]) -> Outcome:
        stored = self.tables.get(change.key)
        if change.is_conflict(stored):
            return Outcome(
                stored.version if stored else version, stored.created if stored else 0, conflict=True
            )
        before.setdefault(change.key, stored)
        old = Entity.FromString(stored.body) if stored else None
        new, results = change.make(old, version)
        created = stored.created if stored else version
        old_entries = index_entries_of(stored.body) if stored else None
        if new is None:
            entries = None
            self.tables.delete(change.key)
        else:
            body = new.SerializeToString()
            entries = index_entries_of(body)
            self.tables.put(change.key, Stored(version, created, body))
        updates = self.tables.reindex(change.kind, change.key, old_entries, entries)
        return Outcome(version, created, index_updates=updates, transform_results=results)

    def _forget(self, version: int) -> None:
        self._commits += 1
        if self._commits % _COMMITS_PER_PRUNING == 0:
            self.tables.forget_before(version - HISTORY_MICROSECONDS)


def _scatter(number: int) -> int:
    """Map 1, 2, 3 … to distinct numbers of 16 digits, each exact in a double (the factor is odd)."""
    return (1 << 52) + number * 0x9E3779B97F4A7 % (1 << 52)
