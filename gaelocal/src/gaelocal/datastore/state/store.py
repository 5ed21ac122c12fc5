"""The Datastore without its protocol: lookups, queries, transactions and commits on encoded keys."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaelocal.datastore.errors import Code, DatastoreError, invalid_argument
from gaelocal.datastore.state.freshness import Freshness
from gaelocal.datastore.state.indexing import Indexed, indexed_values
from gaelocal.datastore.state.keys import kind_of
from gaelocal.datastore.state.pages import MOST_ROWS, Page, read_page
from gaelocal.datastore.state.plans import SMALL, Reader, rows
from gaelocal.datastore.state.queries import Query
from gaelocal.datastore.state.rows import rows_of
from gaelocal.datastore.state.tables import Stored, Tables
from gaelocal.datastore.state.transactions import Transaction, Transactions
from gaelocal.protobuf.datastore_pb2 import Entity

CONTENTION = "too much contention on these datastore entities. please try again."

Past = Mapping[bytes, Stored | None]


@dataclass(frozen=True, slots=True)
class Change:
    """One mutation: `make` turns what is stored into what shall be, or into None where it is to be deleted.

    `make` gets the time of the commit and raises a DatastoreError where the stored entity forbids the change;
    `is_conflict` tells whether the stored version is another than the one the client expects.
    """

    key: bytes
    kind: tuple[int, str]
    make: Callable[[Any | None, int], Any | None]
    is_conflict: Callable[[Stored | None], bool]


@dataclass(frozen=True, slots=True)
class Outcome:
    version: int
    created: int
    conflict: bool = False
    index_updates: int = 0


class Store:
    """Must be used from one thread: nothing here waits, so every call is atomic."""

    def __init__(self, folder: Path, consistency: float, small: int = SMALL) -> None:
        self.tables = Tables(folder / "datastore.sqlite")
        self.transactions = Transactions()
        self._freshness = Freshness(consistency)
        self._small = small
        self._version, self._ids = self.tables.progress()

    def close(self) -> None:
        self.tables.close()

    @property
    def version(self) -> int:
        return self._version

    def lookup(self, keys: Iterable[bytes], transaction: Transaction | None) -> list[Stored | None]:
        wanted = list(keys)
        for key in wanted:
            self._freshness.touch(key)
        if transaction is not None:
            transaction.keys.update(wanted)
        past = {} if transaction is None else transaction.before
        return [self._see(key, past) for key in wanted]

    def run_over(self, keys: list[bytes], query: Query) -> Page:
        """Query a list of keys instead of what is stored."""
        found = sorted(row for key in keys for row in rows_of(query, key, {}))
        return read_page((row for row in found if not query.start or row.position > query.start), query)

    def run(
        self, query: Query, transaction: Transaction | None, most_rows: int = MOST_ROWS
    ) -> tuple[Page, Past]:
        """Give the page and the past it was seen in, for `read`."""
        past = self._past_for(query, transaction)
        return read_page(rows(self._reader(query, past), query), query, most_rows), past

    def read(self, key: bytes, past: Past) -> Stored | None:
        return self._see(key, past)

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
        """Give a new id to each; the callables say which key an id would make."""
        with self.tables.writing():
            ids = [self._next_id(key_with) for key_with in wanted]
            self.tables.advance(self._version, self._ids)
        return ids

    def reserve(self, keys: Iterable[bytes]) -> None:
        with self.tables.writing():
            for key in keys:
                self.tables.reserve(key)

    def _see(self, key: bytes, past: Past) -> Stored | None:
        return past[key] if key in past else self.tables.get(key)

    def _past_for(self, query: Query, transaction: Transaction | None) -> Past:
        kind = None if query.kind is None else query.kind.encode()
        if query.ancestor:
            for branch in query.branches:
                self._freshness.touch(branch.keys.low)
        if transaction is not None:
            transaction.ranges += [(branch.keys, kind) for branch in query.branches]
            return transaction.before
        return {} if query.ancestor else self._freshness.view()

    def _reader(self, query: Query, past: Past) -> Reader:
        overlay = {key: _indexed_as(query, key, stored) for key, stored in past.items()}
        return Reader(self.tables, self._indexed, overlay, self._small)

    def _indexed(self, key: bytes) -> Indexed:
        stored = self.tables.get(key)
        return indexed_values(Entity.FromString(stored.body)) if stored else {}

    def _next_id(self, key_with: Callable[[int], bytes]) -> int:
        while True:
            self._ids += 1
            scattered = _scatter(self._ids)
            if not self.tables.is_taken(key_with(scattered)):
                return scattered

    def _write(self, changes: list[Change]) -> list[Outcome]:
        version = max(self._version + 1, time.time_ns() // 1_000)
        before: dict[bytes, Stored | None] = {}
        with self.tables.writing():
            outcomes = [self._apply(change, version, before) for change in changes]
            self.tables.advance(version, self._ids)
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
        old_indexed = indexed_values(old) if old is not None else None
        new = change.make(old, version)
        created = stored.created if stored else version
        if new is None:
            self.tables.delete(change.key)
        else:
            self.tables.put(change.key, Stored(version, created, new.SerializeToString()))
        indexed = indexed_values(new) if new is not None else None
        updates = self.tables.reindex(change.kind, change.key, old_indexed, indexed)
        return Outcome(version, created, index_updates=updates)


def _indexed_as(query: Query, key: bytes, stored: Stored | None) -> Indexed | None:
    if stored is None or (query.kind is not None and kind_of(key) != query.kind.encode()):
        return None
    return indexed_values(Entity.FromString(stored.body))


def _scatter(number: int) -> int:
    """Spread the numbers 1, 2, 3 … over 16 digits, each exact in a double: an odd factor hits none twice."""
    return (1 << 52) + number * 0x9E3779B97F4A7 % (1 << 52)
