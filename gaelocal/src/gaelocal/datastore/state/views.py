"""The state that one read sees: the tables at one moment, overlaid with older states of some keys."""

from collections.abc import Mapping, Sequence
from typing import Any

from gaelocal.datastore.state.indexing import Indexed, indexed_values
from gaelocal.datastore.state.keys import kind_of
from gaelocal.datastore.state.pages import MOST_ROWS, Page, read_page
from gaelocal.datastore.state.plans import SMALL, Reader, rows
from gaelocal.datastore.state.queries import Query
from gaelocal.datastore.state.rows import rows_of
from gaelocal.datastore.state.tables import Stored, TableReader
from gaelocal.protobuf.datastore_pb2 import Entity

Past = Mapping[bytes, Stored | None]


class View:
    def __init__(self, tables: TableReader, past: Past, small: int = SMALL) -> None:
        self.tables = tables
        self.past = past
        self._small = small

    def get(self, key: bytes) -> Stored | None:
        return self.past[key] if key in self.past else self.tables.get(key)

    def get_many(self, keys: Sequence[bytes]) -> dict[bytes, Stored]:
        found = self.tables.get_many([key for key in keys if key not in self.past])
        seen = {key: self.past[key] for key in keys if key in self.past}
        return found | {key: stored for key, stored in seen.items() if stored is not None}

    def run(self, query: Query, most_rows: int = MOST_ROWS, *, with_entities: bool = False) -> Page:
        """Return the next rows; `with_entities` reads entities along where one scan finds them all."""
        overlay = {key: _indexed_as(query, key, stored) for key, stored in self.past.items()}
        is_along = with_entities and not query.offset and not query.distinct
        reader = Reader(self.tables, self._indexed, overlay, self._small, is_along)
        return read_page(rows(reader, query), query, most_rows)

    def _indexed(self, key: bytes) -> Indexed:
        stored = self.tables.get(key)
        return indexed_values(Entity.FromString(stored.body)) if stored else {}


def run_over(entities: Mapping[bytes, Any], query: Query) -> Page:
    """Query entities by their keys instead of what is stored."""
    found = sorted(row for key, one in entities.items() for row in rows_of(query, key, indexed_values(one)))
    return read_page((row for row in found if not query.start or row.position > query.start), query)


def _indexed_as(query: Query, key: bytes, stored: Stored | None) -> Indexed | None:
    if stored is None or (query.kind is not None and kind_of(key) != query.kind.encode()):
        return None
    return indexed_values(Entity.FromString(stored.body))
