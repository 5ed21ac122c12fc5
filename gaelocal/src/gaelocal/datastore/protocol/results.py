"""Encode the rows of a query as a QueryResultBatch."""

from collections.abc import Iterable
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from gaelocal.datastore.protocol.cursors import fingerprint, write_cursor
from gaelocal.datastore.protocol.encoding import encoded_timestamp, entity_result, field, varint
from gaelocal.datastore.protocol.property_paths import PropertyPath, keep_paths
from gaelocal.datastore.state.keys import Partition, decode_key
from gaelocal.datastore.state.pages import MOST_BYTES, Page
from gaelocal.datastore.state.queries import Query
from gaelocal.datastore.state.rows import Row
from gaelocal.datastore.state.tables import Stored
from gaelocal.datastore.state.values import decode_value, inverted
from gaelocal.datastore.state.views import View
from gaelocal.protobuf.datastore_pb2 import Entity, EntityResult, QueryResultBatch

# QueryResultBatch: entity_result_type 1, entity_results 2, skipped_cursor 3, end_cursor 4, more_results 5,
# skipped_results 6, snapshot_version 7, read_time 8.
_RESULT_TYPE, _ENTITY_RESULTS, _SKIPPED_CURSOR, _END_CURSOR = b"\x08", b"\x12", b"\x1a", b"\x22"
_MORE_RESULTS, _SKIPPED_RESULTS, _SNAPSHOT_VERSION, _READ_TIME = b"\x28", b"\x30", b"\x38", b"\x42"
_READ_AT_ONCE = 50


def timestamp(microseconds: int) -> Timestamp:
    seconds, micros = divmod(microseconds, 1_000_000)
    return Timestamp(seconds=seconds, nanos=micros * 1_000)


class BatchEncoder:
    """Encodes one QueryResultBatch; large entities end it early, and the client asks for the rest."""

    def __init__(
        self, query: Query, partition: Partition, *, is_keys_only: bool, mask: list[PropertyPath] | None
    ) -> None:
        self._query = query
        self._partition = partition
        self._mask = mask
        self._stamp = fingerprint(query)
        self._kind = EntityResult.KEY_ONLY if is_keys_only else EntityResult.FULL
        if query.projection:
            self._kind = EntityResult.PROJECTION

    @property
    def needs_entities(self) -> bool:
        return self._kind == EntityResult.FULL

    def encode(self, page: Page, view: View, version: int, read_time: int) -> bytes:
        """Return the batch with its results; `version` and `read_time` are the state that was read."""
        more, end, size, results = page.more, page.end, 0, []
        entities = self._entities(page, view)
        for number, row in enumerate(page.rows, 1):
            result = self._row(row, entities)
            results.append(field(_ENTITY_RESULTS, result))
            size += len(result)
            if size > MOST_BYTES and number < len(page.rows):
                more, end = QueryResultBatch.NOT_FINISHED, row.position
                break
        results += (_RESULT_TYPE, varint(self._kind), _MORE_RESULTS, varint(more))
        results += (field(_END_CURSOR, write_cursor(self._stamp, end)), _SNAPSHOT_VERSION, varint(version))
        results += (_READ_TIME, encoded_timestamp(read_time))
        if page.skipped_to is not None:
            skipped_cursor = write_cursor(self._stamp, page.skipped_to)
            results += (_SKIPPED_RESULTS, varint(page.skipped), field(_SKIPPED_CURSOR, skipped_cursor))
        return b"".join(results)

    def _entities(self, page: Page, view: View) -> "_Entities":
        return _Entities(page, view if self.needs_entities else None)

    def _row(self, row: Row, entities: "_Entities") -> bytes:
        cursor = write_cursor(self._stamp, row.position)
        stored = row.stored or entities.get(row.key)
        if stored is not None:
            return entity_result(masked(stored, self._mask), cursor)
        result = EntityResult(cursor=cursor)
        result.entity.key.CopyFrom(decode_key(row.key, self._partition))
        for place, order in enumerate(self._query.orders[:-1]):
            if order.name in self._query.projection:
                encoded = row.position[place]
                value = decode_value(inverted(encoded) if order.descending else encoded)
                result.entity.properties[order.name].CopyFrom(value)
        return result.SerializeToString()


class _Entities:
    """The entities of a page, read some at a time: a page of large ones may end early."""

    def __init__(self, page: Page, view: View | None) -> None:
        self._keys = [row.key for row in page.rows]
        self._view = view
        self._read: dict[bytes, Stored] = {}
        self._next = 0

    def get(self, key: bytes) -> Stored | None:
        """Return an entity; each key of the page is asked for once, in order."""
        if self._view is None:
            return None
        if self._next % _READ_AT_ONCE == 0:
            self._read = self._view.get_many(self._keys[self._next : self._next + _READ_AT_ONCE])
        self._next += 1
        return self._read.get(key)


def masked(stored: Stored, mask: Iterable[PropertyPath] | None) -> Stored:
    """Return the stored entity with the properties that the mask names; without a mask, all of them."""
    if mask is None:
        return stored
    entity: Any = Entity.FromString(stored.body)
    return replace_body(stored, keep_paths(entity, mask))


def replace_body(stored: Stored, entity: Any) -> Stored:
    return stored._replace(body=entity.SerializeToString())
