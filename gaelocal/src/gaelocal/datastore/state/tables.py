"""The SQLite tables: entities by encoded key, and one index entry per kind, property, value and key."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from gaelocal.datastore.state.indexing import Indexed
from gaelocal.datastore.state.keys import Partition
from gaelocal.datastore.state.queries import KEY
from gaelocal.sqlite_files import open_database

_FORMAT = 1
_TABLES = """
CREATE TABLE partition (id INTEGER PRIMARY KEY, project TEXT, database TEXT, namespace TEXT,
                        UNIQUE (project, database, namespace));
CREATE TABLE entity (id INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL, version INTEGER NOT NULL,
                     created INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE property (id INTEGER PRIMARY KEY, partition INTEGER, kind TEXT, name TEXT,
                       UNIQUE (partition, kind, name));
CREATE TABLE entry (property INTEGER, value BLOB, key BLOB, several INTEGER NOT NULL,
                    PRIMARY KEY (property, value, key)) WITHOUT ROWID;
CREATE TABLE reserved (key BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE progress (version INTEGER NOT NULL, ids INTEGER NOT NULL);
INSERT INTO progress VALUES (0, 0);
"""
# A checkpoint waits for the disk: every 16 MB of log is often enough.
_CHECKPOINT_PAGES = 4_000


class Stored(NamedTuple):
    """`version` is the time of the commit in microseconds, made unique."""

    version: int
    created: int
    body: bytes


class Tables:
    """One connection: reads see every acknowledged commit, writes happen inside `writing()`."""

    def __init__(self, file: Path) -> None:
        self.connection = open_database(file, _prepare, cached_statements=512)
        self.connection.execute("PRAGMA cache_size=-8000")
        self.connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
        self._partitions: dict[Partition, int] = {}
        self._properties: dict[tuple[int, str, str], int] = {}
        self._load()

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All or nothing; what was written is in the log of the file when the block ends."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        finally:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
                self._load()

    def get(self, key: bytes) -> Stored | None:
        row = self.connection.execute(
            "SELECT version, created, body FROM entity WHERE key = ?", (key,)
        ).fetchone()
        return Stored(*row) if row else None

    def put(self, key: bytes, stored: Stored) -> None:
        self.connection.execute(
            "INSERT INTO entity (key, version, created, body) VALUES (?, ?, ?, ?) ON CONFLICT (key)"
            " DO UPDATE SET version = excluded.version, created = excluded.created, body = excluded.body",
            (key, *stored),
        )

    def delete(self, key: bytes) -> None:
        self.connection.execute("DELETE FROM entity WHERE key = ?", (key,))

    def reindex(
        self, kind: tuple[int, str], key: bytes, before: Indexed | None, after: Indexed | None
    ) -> int:
        """Write only what differs; give the number of entries written."""
        old, new = self._entries(kind, before), self._entries(kind, after)
        self.connection.executemany(
            "DELETE FROM entry WHERE property = ? AND value = ? AND key = ?",
            [(number, value, key) for number, value, _ in old - new],
        )
        self.connection.executemany(
            "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)",
            [(number, value, key, several) for number, value, several in new - old],
        )
        return len(old ^ new)

    def partition(self, names: Partition) -> int:
        """Give the number of a partition; a new one gets the next number."""
        if names not in self._partitions:
            row = self.connection.execute(
                "INSERT INTO partition VALUES (NULL, ?, ?, ?) RETURNING id", names
            ).fetchone()
            self._partitions[names] = row[0]
        return self._partitions[names]

    def partition_names(self, number: int) -> Partition:
        return next(names for names, known in self._partitions.items() if known == number)

    def partitions(self) -> dict[Partition, int]:
        return dict(self._partitions)

    def property(self, partition: int, kind: str, name: str) -> int | None:
        """Give the number of an index, or None where nothing was ever indexed."""
        return self._properties.get((partition, kind, name))

    def properties(self, partition: int) -> list[tuple[str, str]]:
        """Give (kind, property) of every index that holds an entry."""
        rows = self.connection.execute(
            "SELECT kind, name FROM property WHERE partition = ?"
            " AND EXISTS (SELECT 1 FROM entry WHERE entry.property = property.id)",
            (partition,),
        )
        return rows.fetchall()

    def advance(self, version: int, ids: int) -> None:
        self.connection.execute("UPDATE progress SET version = ?, ids = ?", (version, ids))

    def progress(self) -> tuple[int, int]:
        version, ids = self.connection.execute("SELECT version, ids FROM progress").fetchone()
        return version, ids

    def reserve(self, key: bytes) -> None:
        self.connection.execute("INSERT OR IGNORE INTO reserved VALUES (?)", (key,))

    def is_taken(self, key: bytes) -> bool:
        for table in ("entity", "reserved"):
            sql = f"SELECT 1 FROM {table} WHERE key = ?"  # noqa: S608 - one of two names
            if self.connection.execute(sql, (key,)).fetchone():
                return True
        return False

    def _load(self) -> None:
        rows = self.connection.execute("SELECT project, database, namespace, id FROM partition")
        self._partitions = {Partition(*names): number for *names, number in rows}
        named = self.connection.execute("SELECT partition, kind, name, id FROM property")
        self._properties = {(partition, kind, name): number for partition, kind, name, number in named}

    def _entries(self, kind: tuple[int, str], indexed: Indexed | None) -> set[tuple[int, bytes, bool]]:
        if indexed is None:
            return set()
        entries = {(self._number(kind, KEY), b"", False)}
        for name, values in indexed.items():
            number = self._number(kind, name)
            entries.update((number, value, len(values) > 1) for value in values)
        return entries

    def _number(self, kind: tuple[int, str], name: str) -> int:
        known = self._properties.get((*kind, name))
        if known is None:
            row = self.connection.execute(
                "INSERT INTO property VALUES (NULL, ?, ?, ?) RETURNING id", (*kind, name)
            )
            known = self._properties[(*kind, name)] = row.fetchone()[0]
        return known


def _prepare(connection: sqlite3.Connection) -> None:
    if not connection.execute("PRAGMA user_version").fetchone()[0]:
        connection.executescript(f"BEGIN;{_TABLES}PRAGMA user_version={_FORMAT};COMMIT;")
