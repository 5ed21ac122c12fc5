"""Queries of datastore_v3 as queries of `google.datastore.v1`, and their results in batches."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gaelocal.bundled.datastore.client import DatastoreClient
from gaelocal.bundled.datastore.entities import key_only, to_entity_proto, to_projection
from gaelocal.bundled.datastore.keys import partition_of, stored_kind, to_key
from gaelocal.bundled.datastore.values import to_value
from gaelocal.bundled.errors import ApplicationError
from gaelocal.protobuf import bundled_datastore_pb2 as pb
from gaelocal.protobuf.datastore_pb2 import (
    CompositeFilter,
    EntityResult,
    PropertyFilter,
    PropertyOrder,
    Query,
    QueryResultBatch,
    ReadOptions,
)

BAD_REQUEST = pb.Error.BAD_REQUEST
BATCH = 300
"""Results of one batch where the caller does not say how many."""
OPERATORS = {
    pb.Query.Filter.LESS_THAN: PropertyFilter.LESS_THAN,
    pb.Query.Filter.LESS_THAN_OR_EQUAL: PropertyFilter.LESS_THAN_OR_EQUAL,
    pb.Query.Filter.GREATER_THAN: PropertyFilter.GREATER_THAN,
    pb.Query.Filter.GREATER_THAN_OR_EQUAL: PropertyFilter.GREATER_THAN_OR_EQUAL,
    pb.Query.Filter.EQUAL: PropertyFilter.EQUAL,
    pb.Query.Filter.NOT_EQUAL: PropertyFilter.NOT_EQUAL,
}
MULTIPLE_OPERATORS = {
    pb.Query.Filter.IN: PropertyFilter.IN,
    pb.Query.Filter.NOT_IN: PropertyFilter.NOT_IN,
}
KEY = "__key__"
ENDED = (QueryResultBatch.NO_MORE_RESULTS, QueryResultBatch.MORE_RESULTS_AFTER_CURSOR)


def to_query(source: Any) -> Query:
    """Convert a query, without its limit and offset.

    Raises:
        ApplicationError: it has a part that is not emulated.
    """
    if source.search_query or source.shallow:
        raise ApplicationError(BAD_REQUEST, "gaelocal has no full-text and no shallow queries")
    query = Query()
    if source.kind:
        query.kind.add(name=stored_kind(source.kind))
    filters = [_filter(each) for each in source.filter if each.op != pb.Query.Filter.EXISTS]
    if source.HasField("ancestor"):
        filters.append(_property_filter(KEY, PropertyFilter.HAS_ANCESTOR))
        filters[-1].value.key_value.CopyFrom(to_key(source.ancestor))
    if filters:
        query.filter.composite_filter.op = CompositeFilter.AND
        for each in filters:
            query.filter.composite_filter.filters.add(property_filter=each)
    _add_orders(query, source)
    _add_projection(query, source)
    query.start_cursor = source.compiled_cursor.absolute_position.key
    query.end_cursor = source.end_compiled_cursor.absolute_position.key
    return query


def _filter(source: Any) -> PropertyFilter:
    name = source.property[0].name if source.property else ""
    if source.op in MULTIPLE_OPERATORS:
        made = _property_filter(name, MULTIPLE_OPERATORS[source.op])
        values = [to_value(each, is_indexed=True) for each in source.property]
        made.value.array_value.values.extend(values)
    elif source.op in OPERATORS and len(source.property) == 1:
        made = _property_filter(name, OPERATORS[source.op])
        made.value.CopyFrom(to_value(source.property[0], is_indexed=True))
    else:
        raise ApplicationError(BAD_REQUEST, "gaelocal does not support this filter")
    return made


def _property_filter(name: str, operator: Any) -> PropertyFilter:
    return PropertyFilter(property={"name": name}, op=operator)


def _add_orders(query: Query, source: Any) -> None:
    for order in source.order:
        is_down = order.direction == pb.Query.Order.DESCENDING
        direction = PropertyOrder.DESCENDING if is_down else PropertyOrder.ASCENDING
        query.order.add(property={"name": order.property}, direction=direction)


def _add_projection(query: Query, source: Any) -> None:
    for name in [KEY] if source.keys_only else source.property_name:
        query.projection.add(property={"name": name})
    for name in source.group_by_property_name:
        query.distinct_on.add(name=name)


@dataclass(slots=True)
class RunningQuery:
    """A query and how much of it is left; `limit` None is no limit."""

    source: Any
    query: Query
    offset: int
    limit: int | None
    read_options: ReadOptions

    @classmethod
    def of(cls, source: Any, read_options: ReadOptions) -> "RunningQuery":
        limit = source.limit if source.HasField("limit") else None
        return cls(source, to_query(source), source.offset, limit, read_options)

    @property
    def is_keys_only(self) -> bool:
        return bool(self.source.keys_only)

    @property
    def is_projection(self) -> bool:
        return bool(self.source.property_name)

    async def next_batch(self, client: DatastoreClient, count: int) -> Any:
        """Return a QueryResult with at most `count` entities, and the default number for 0."""
        result = pb.QueryResult(more_results=True, keys_only=self.is_keys_only, index_only=self.is_projection)
        wanted = count or BATCH
        wanted = wanted if self.limit is None else min(wanted, self.limit)
        while True:
            batch = await self._run(client, wanted - len(result.result))
            self._take(batch, result)
            is_over = batch.more_results != QueryResultBatch.NOT_FINISHED
            is_short = len(result.result) < wanted or self.limit == 0
            if is_over and (is_short or batch.more_results in ENDED):
                result.more_results = False
                return result
            if len(result.result) >= wanted and not self.offset:
                return result

    async def _run(self, client: DatastoreClient, limit: int) -> Any:
        query = Query()
        query.CopyFrom(self.query)
        query.offset = self.offset
        query.limit.value = limit
        response = await client.call(
            "RunQuery",
            partition_id=partition_of(self.source),
            query=query,
            read_options=self.read_options,
        )
        return response.batch

    def _take(self, batch: Any, result: Any) -> None:
        convert = self._converter(batch)
        for each in batch.entity_results:
            result.result.append(convert(each.entity, self.source.app))
            result.version.append(each.version)
            if self.source.compile:
                result.result_compiled_cursor.add().absolute_position.key = each.cursor
        skipped = batch.skipped_results
        result.skipped_results += skipped
        self.offset = max(self.offset - skipped, 0)
        if skipped and self.source.compile:
            cursor = batch.skipped_cursor or batch.end_cursor
            result.skipped_results_compiled_cursor.absolute_position.key = cursor
        if self.limit is not None:
            self.limit -= len(batch.entity_results)
        if batch.end_cursor:
            self.query.start_cursor = batch.end_cursor
        if self.source.compile:
            result.compiled_cursor.absolute_position.key = self.query.start_cursor

    def _converter(self, batch: Any) -> Callable[[Any, str], Any]:
        if batch.entity_result_type == EntityResult.PROJECTION:
            return to_projection
        if self.is_keys_only:
            return lambda entity, app: key_only(entity.key, app)
        return to_entity_proto
