"""The SQLite tables: entities by encoded key, and one index entry per kind, property, value and key."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from gaelocal.datastore.state.indexing import Entry
from gaelocal.datastore.state.keys import Partition
from gaelocal.datastore.state.queries import KEY
from gaelocal.sqlite_files import is_locked, open_database

_FORMAT = 1
_TABLES = """
CREATE TABLE partition (id INTEGER PRIMARY KEY, project TEXT, database TEXT, namespace TEXT,
                        UNIQUE (project, database, namespace));
CREATE TABLE entity (id INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL, version INTEGER NOT NULL,
                     created INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE property (id INTEGER PRIMARY KEY, partition INTEGER, kind TEXT, name TEXT,
                       has_flags INTEGER NOT NULL DEFAULT 0, UNIQUE (partition, kind, name));
CREATE TABLE entry (property INTEGER, value BLOB, key BLOB, several INTEGER NOT NULL,
                    PRIMARY KEY (property, value, key)) WITHOUT ROWID;
CREATE TABLE reserved (key BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE progress (version INTEGER NOT NULL, ids INTEGER NOT NULL);
INSERT INTO progress VALUES (0, 0);
"""
_HISTORY = """
CREATE TABLE IF NOT EXISTS history (until INTEGER, key BLOB, version INTEGER, created INTEGER, body BLOB,
                                    PRIMARY KEY (until, key)) WITHOUT ROWID
"""
# A checkpoint waits for the disk: every 16 MB of log is often enough.
_CHECKPOINT_PAGES = 4_000
_MOST_PRUNED = 200
_MOST_AT_ONCE, _STATEMENT_STEP = 50, 10
_KEY_ENTRY: frozenset[Entry] = frozenset({(KEY, b"", 0)})


class Stored(NamedTuple):
    """`version` is the time of the commit in microseconds, made unique."""

    version: int
    created: int
    body: bytes


class Names:
    """The numbers of partitions and indexes, which every connection to the file shares.

    `flagged` are the indexes whose entries have all their flags: those that an older version began do not.
    """

    def __init__(self) -> None:
        self.partitions: dict[Partition, int] = {}
        self.properties: dict[tuple[int, str, str], int] = {}
        self.flagged: set[int] = set()

    def load(self, connection: sqlite3.Connection) -> None:
        rows = connection.execute("SELECT project, database, namespace, id FROM partition")
        self.partitions = {Partition(*names): number for *names, number in rows}
        rows = connection.execute("SELECT partition, kind, name, id, has_flags FROM property")
        self.properties, self.flagged = {}, set()
        for partition, kind, name, number, has_flags in rows:
            self.properties[partition, kind, name] = number
            if has_flags:
                self.flagged.add(number)


class TableReader:
    """One connection that reads."""

    def __init__(self, connection: sqlite3.Connection, names: Names) -> None:
        self.connection = connection
        self.names = names

    def close(self) -> None:
        self.connection.close()

    def get(self, key: bytes) -> Stored | None:
        row = self.connection.execute(
            "SELECT version, created, body FROM entity WHERE key = ?", (key,)
        ).fetchone()
        return Stored(*row) if row else None

    def get_many(self, keys: Sequence[bytes]) -> dict[bytes, Stored]:
        """Return what is stored of the keys; missing ones are left out."""
        found: dict[bytes, Stored] = {}
        for first in range(0, len(keys), _MOST_AT_ONCE):
            some = keys[first : first + _MOST_AT_ONCE]
            # Few different statements: the last key fills up the places that are left.
            padded = [*some, *[some[-1]] * (-len(some) % _STATEMENT_STEP)]
            places = ",".join("?" * len(padded))
            sql = f"SELECT key, version, created, body FROM entity WHERE key IN ({places})"  # noqa: S608
            found.update((row[0], Stored(*row[1:])) for row in self.connection.execute(sql, padded))
        return found

    def property(self, partition: int, kind: str, name: str) -> int | None:
        """Return the number of an index, or None where nothing was ever indexed."""
        return self.names.properties.get((partition, kind, name))

    def properties(self, partition: int) -> list[tuple[str, str]]:
        """Return (kind, property) of every index that holds an entry."""
        rows = self.connection.execute(
            "SELECT kind, name FROM property WHERE partition = ?"
            " AND EXISTS (SELECT 1 FROM entry WHERE entry.property = property.id)",
            (partition,),
        )
        return rows.fetchall()

    def value_classes(self, partition: int, kind: str, name: str) -> list[tuple[int, int]]:
        """Return the first byte and the flags of the values that an index holds, each pair once."""
        rows = self.connection.execute(
            "SELECT DISTINCT substr(value, 1, 1), several FROM entry WHERE property = ?",
            (self.property(partition, kind, name),),
        )
        return [(first[0], flags) for first, flags in rows if first]

    def partitions(self) -> dict[Partition, int]:
        return dict(self.names.partitions)

    def changed_since(self, time: int) -> dict[bytes, Stored | None]:
        """Return what the keys that changed after `time`, in microseconds, held then."""
        rows = self.connection.execute(
            "SELECT key, version, created, body FROM history WHERE until > ? ORDER BY until DESC", (time,)
        )
        return {key: _stored_at(time, version, created, body) for key, version, created, body in rows}


class Tables(TableReader):
    """The connection that also writes, inside `writing()`; its reads see every acknowledged commit."""

    def __init__(self, file: Path) -> None:
        super().__init__(open_database(file, _prepare, cached_statements=512), Names())
        self.connection.execute("PRAGMA cache_size=-8000")
        self.connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
        self._file = file
        self._readers: list[TableReader] = []
        self._lock = threading.Lock()
        self.names.load(self.connection)

    def close(self) -> None:
        with self._lock:
            for reader in self._readers:
                reader.close()
        super().close()

    def snapshot(self) -> TableReader:
        """Return a connection of its own that sees the tables as they are now; `release` takes it back."""
        with self._lock:
            reader = self._readers.pop() if self._readers else None
        if reader is None:
            connection = sqlite3.connect(
                f"{self._file.absolute().as_uri()}?mode=ro",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
            )
            reader = TableReader(connection, self.names)
        reader.connection.execute("BEGIN")
        reader.connection.execute("SELECT version FROM progress").fetchone()
        return reader

    def release(self, reader: TableReader) -> None:
        reader.connection.rollback()
        with self._lock:
            self._readers.append(reader)

    def begin_writing(self) -> bool:
        """Take the lock for the next `writing()`, or return False where another program holds it.

        Raises:
            sqlite3.OperationalError: the file cannot be written.
        """
        try:
            if not self.connection.in_transaction:
                self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not is_locked(error):
                raise
            return False
        return True

    def end_writing(self) -> None:
        """Release the lock. Without a commit, changes and new partitions are undone."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")
            self.names.load(self.connection)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All or nothing; what was written is in the log of the file when the block ends."""
        if not self.connection.in_transaction:
            self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        finally:
            self.end_writing()

    def put(self, key: bytes, stored: Stored) -> None:
        self.connection.execute(
            "INSERT INTO entity (key, version, created, body) VALUES (?, ?, ?, ?) ON CONFLICT (key)"
            " DO UPDATE SET version = excluded.version, created = excluded.created, body = excluded.body",
            (key, *stored),
        )

    def delete(self, key: bytes) -> None:
        self.connection.execute("DELETE FROM entity WHERE key = ?", (key,))

    def reindex(
        self,
        kind: tuple[int, str],
        key: bytes,
        before: frozenset[Entry] | None,
        after: frozenset[Entry] | None,
    ) -> int:
        """Write only what differs; return the number of entries written."""
        old, new = _with_key(before), _with_key(after)
        if removed := old - new:
            self.connection.executemany(
                "DELETE FROM entry WHERE property = ? AND value = ? AND key = ?",
                [(self._number(kind, name), value, key) for name, value, _ in removed],
            )
        if added := new - old:
            self.connection.executemany(
                "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)",
                [(self._number(kind, name), value, key, flags) for name, value, flags in added],
            )
        return len(removed) + len(added)

    def partition(self, names: Partition) -> int:
        """Return the number of a partition; a new one gets the next number."""
        if names not in self.names.partitions:
            row = self.connection.execute(
                "INSERT INTO partition VALUES (NULL, ?, ?, ?) RETURNING id", names
            ).fetchone()
            self.names.partitions[names] = row[0]
        return self.names.partitions[names]

    def advance(self, version: int, ids: int) -> None:
        self.connection.execute("UPDATE progress SET version = ?, ids = ?", (version, ids))

    def progress(self) -> tuple[int, int]:
        """Return the last version, which the history has, and the number of allocated ids."""
        version, ids = self.connection.execute(
            "SELECT max(version, ifnull((SELECT max(until) FROM history), 0)), ids FROM progress"
        ).fetchone()
        return version, ids

    def reserve(self, key: bytes) -> None:
        self.connection.execute("INSERT OR IGNORE INTO reserved VALUES (?)", (key,))

    def is_taken(self, key: bytes) -> bool:
        for table in ("entity", "reserved"):
            sql = f"SELECT 1 FROM {table} WHERE key = ?"  # noqa: S608 - one of two names
            if self.connection.execute(sql, (key,)).fetchone():
                return True
        return False

    def remember(self, until: int, key: bytes, stored: Stored | None) -> None:
        """Keep what a key held until the commit at `until`."""
        version, created, body = stored or (None, None, None)
        self.connection.execute(
            "INSERT OR IGNORE INTO history VALUES (?, ?, ?, ?, ?)", (until, key, version, created, body)
        )

    def forget_before(self, time: int) -> None:
        """Drop some of the history that ended before `time`; many calls drop all of it."""
        self.connection.execute(
            "DELETE FROM history WHERE (until, key) IN"
            " (SELECT until, key FROM history WHERE until < ? ORDER BY until LIMIT ?)",
            (time, _MOST_PRUNED),
        )

    def _number(self, kind: tuple[int, str], name: str) -> int:
        known = self.names.properties.get((*kind, name))
        if known is None:
            row = self.connection.execute(
                "INSERT INTO property VALUES (NULL, ?, ?, ?, 1) RETURNING id", (*kind, name)
            )
            known = self.names.properties[(*kind, name)] = row.fetchone()[0]
            self.names.flagged.add(known)
        return known


def _with_key(entries: frozenset[Entry] | None) -> frozenset[Entry]:
    """Add the entry that every stored entity has."""
    return frozenset() if entries is None else entries | _KEY_ENTRY


def _stored_at(time: int, version: int | None, created: int | None, body: bytes | None) -> Stored | None:
    if version is None or version > time:
        return None
    return Stored(version, created or 0, body or b"")


def _prepare(connection: sqlite3.Connection) -> None:
    if not connection.execute("PRAGMA user_version").fetchone()[0]:
        connection.executescript(f"BEGIN;{_TABLES}PRAGMA user_version={_FORMAT};COMMIT;")
    connection.execute(_HISTORY)
