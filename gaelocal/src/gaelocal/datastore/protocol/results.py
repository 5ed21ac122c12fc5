"""From what the store found to what the client is told."""

from collections.abc import Callable, Iterable
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from gaelocal.datastore.protocol.cursors import fingerprint, write_cursor
from gaelocal.datastore.state.keys import Partition, decode_key
from gaelocal.datastore.state.pages import MOST_BYTES, Page
from gaelocal.datastore.state.queries import Query
from gaelocal.datastore.state.rows import Row
from gaelocal.datastore.state.tables import Stored
from gaelocal.datastore.state.values import decode_value, inverted
from gaelocal.protobuf.datastore_pb2 import EntityResult, QueryResultBatch

Read = Callable[[bytes], Stored | None]


def timestamp(microseconds: int) -> Any:
    seconds, micros = divmod(microseconds, 1_000_000)
    return Timestamp(seconds=seconds, nanos=micros * 1_000)


def fill_result(result: Any, stored: Stored) -> None:
    result.entity.MergeFromString(stored.body)
    result.version = stored.version
    result.create_time.CopyFrom(timestamp(stored.created))
    result.update_time.CopyFrom(timestamp(stored.version))


def apply_mask(entity: Any, paths: Iterable[str]) -> None:
    """Drop the properties that the mask does not name; an inner path keeps its whole outer property."""
    wanted = {path.split(".")[0] for path in paths}
    for name in [name for name in entity.properties if name not in wanted]:
        del entity.properties[name]


class Batch:
    """Fills one QueryResultBatch; large entities end it early, and the client asks for the rest."""

    def __init__(
        self, batch: Any, query: Query, partition: Partition, is_keys_only: bool, read: Read
    ) -> None:
        self._batch = batch
        self._query = query
        self._partition = partition
        self._read = read
        self._stamp = fingerprint(query)
        self._kind = EntityResult.KEY_ONLY if is_keys_only else EntityResult.FULL
        if query.projection:
            self._kind = EntityResult.PROJECTION

    def fill(self, page: Page) -> None:
        batch = self._batch
        batch.entity_result_type = self._kind
        batch.skipped_results = page.skipped
        batch.more_results, end, size = page.more, page.end, 0
        if page.skipped_to is not None:
            batch.skipped_cursor = write_cursor(self._stamp, page.skipped_to)
        for number, row in enumerate(page.rows, 1):
            result = batch.entity_results.add(cursor=write_cursor(self._stamp, row.position))
            self._fill_row(result, row)
            size += result.ByteSize()
            if size > MOST_BYTES and number < len(page.rows):
                batch.more_results, end = QueryResultBatch.NOT_FINISHED, row.position
                break
        batch.end_cursor = write_cursor(self._stamp, end)

    def _fill_row(self, result: Any, row: Row) -> None:
        stored = self._read(row.key) if self._kind == EntityResult.FULL else None
        if stored is not None:
            fill_result(result, stored)
            return
        result.entity.key.CopyFrom(decode_key(row.key, self._partition))
        for place, order in enumerate(self._query.orders[:-1]):
            if order.name in self._query.projection:
                encoded = row.position[place]
                value = decode_value(inverted(encoded) if order.descending else encoded)
                result.entity.properties[order.name].CopyFrom(value)
