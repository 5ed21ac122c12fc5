"""Read ranges of the index in order. All queries reach SQLite this way."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace

from gaelocal.datastore.state.queries import Range

Entry = tuple[bytes, bytes, int]
"""Value, key and flags of an index entry."""
StoredEntry = tuple[bytes, bytes, int, int, int, bytes]
"""The same, and version, time of creation and body of its entity."""
_ENTRY_COLUMNS = "a.value, a.key, a.several"


@dataclass(frozen=True, slots=True)
class Scan:
    """Entries of one index by value and key; with `equal`, only keys that are in those indexes too."""

    index: int
    keys: Range
    values: Range | None = None
    value: bytes = b""
    equal: tuple[tuple[int, bytes], ...] = ()
    descending: bool = False

    def after(self, value: bytes, key: bytes) -> "list[Scan]":
        """Split what follows an entry: the rest of its value by key, then the values beyond it."""
        if self.values is None:
            beyond = Range(high=key) if self.descending else Range(low=key + b"\x00")
            return [replace(self, keys=self.keys & beyond)]
        same = replace(
            self, values=None, value=value, keys=self.keys & Range(low=key + b"\x00"), descending=False
        )
        beyond = Range(high=value) if self.descending else Range(low=value + b"\x00")
        rest = replace(self, values=self.values & beyond)
        return [same, rest] if self.values.holds(value) else [rest]

    def entries(self, connection: sqlite3.Connection) -> Iterator[Entry]:
        sql, parameters = self._sql(_ENTRY_COLUMNS)
        return connection.execute(sql + self._order(), parameters)

    def stored_entries(self, connection: sqlite3.Connection) -> Iterator[StoredEntry]:
        """Read the entries and their entities together."""
        sql, parameters = self._sql(
            f"{_ENTRY_COLUMNS}, e.version, e.created, e.body", "CROSS JOIN entity e ON e.key = a.key"
        )
        return connection.execute(sql + self._order(), parameters)

    def _order(self) -> str:
        direction = "DESC" if self.descending else "ASC"
        order = f"a.key {direction}" if self.values is None else f"a.value {direction}, a.key"
        return f" ORDER BY {order}"

    def count(self, connection: sqlite3.Connection) -> int:
        """Count the entries; SQLite does all of the work."""
        sql, parameters = self._sql("count(*)")
        return int(connection.execute(sql, parameters).fetchone()[0])

    def size(self, connection: sqlite3.Connection, bound: int) -> int:
        """Count the entries, but not beyond `bound`."""
        sql, parameters = replace(self, equal=())._sql("1")
        counted = connection.execute(f"SELECT count(*) FROM ({sql} LIMIT {bound})", parameters)  # noqa: S608 - no outside text
        return int(counted.fetchone()[0])

    def _sql(self, columns: str, last_join: str = "") -> tuple[str, list[int | bytes]]:
        parameters: list[int | bytes] = []
        joins = []
        for number, (index, value) in enumerate(self.equal):
            joins.append(f"CROSS JOIN entry e{number} ON e{number}.property = ? AND e{number}.value = ?"
                         f" AND e{number}.key = a.key")  # fmt: skip
            parameters += [index, value]
        where = "a.value = ?" if self.values is None else "a.value >= ? AND a.value < ?"
        parameters += [self.index, *([self.value] if self.values is None else self.values), *self.keys]
        return (
            f"SELECT {columns} FROM entry a {' '.join(joins)} {last_join}"  # noqa: S608 - columns are ours
            f" WHERE a.property = ? AND {where} AND a.key >= ? AND a.key < ?",
            parameters,
        )


def keys_in(connection: sqlite3.Connection, keys: Range, descending: bool) -> Iterator[bytes]:
    """Read the keys of entities of every kind."""
    direction = "DESC" if descending else "ASC"
    sql = f"SELECT key FROM entity WHERE key >= ? AND key < ? ORDER BY key {direction}"  # noqa: S608 - no outside text
    rows = connection.execute(sql, keys)
    return (key for (key,) in rows)
