"""Lookup, RunQuery and RunAggregationQuery: request messages in, serialized responses out."""

from collections.abc import Awaitable
from typing import Any

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.protocol import gql
from gaelocal.datastore.protocol.aggregations import aggregated, check_aggregations, fill_result
from gaelocal.datastore.protocol.encoding import encoded_timestamp, entity_result, field
from gaelocal.datastore.protocol.explain import Explainer
from gaelocal.datastore.protocol.index_check import IndexCheck
from gaelocal.datastore.protocol.indexes import Index, needed_index
from gaelocal.datastore.protocol.metadata import metadata_entities
from gaelocal.datastore.protocol.property_paths import parse_mask
from gaelocal.datastore.protocol.queries import is_keys_only, parse_query
from gaelocal.datastore.protocol.results import BatchEncoder, masked, timestamp
from gaelocal.datastore.protocol.scope import Scope
from gaelocal.datastore.state.keys import Partition
from gaelocal.datastore.state.pages import MOST_BYTES, Page
from gaelocal.datastore.state.queries import Query
from gaelocal.datastore.state.store import Store
from gaelocal.datastore.state.tables import Stored
from gaelocal.datastore.state.totals import totals_of
from gaelocal.datastore.state.transactions import Transaction
from gaelocal.datastore.state.values import microseconds
from gaelocal.datastore.state.views import Past, View, run_over
from gaelocal.protobuf.datastore_pb2 import (
    EntityResult,
    LookupResponse,
    QueryResultBatch,
    RunAggregationQueryResponse,
    RunQueryResponse,
)

Response = bytes | Awaitable[bytes]

MOST_LOOKUPS = 1_000
# Applications repeat a few queries; this many short ones are kept in parsed form.
_MOST_PREPARED, _PREPARED_BYTES = 256, 2_048
# LookupResponse: found 1, transaction 5, read_time 7. RunQueryResponse: batch 1, transaction 5.
_FOUND, _BATCH, _TRANSACTION, _READ_TIME = b"\x0a", b"\x0a", b"\x2a", b"\x3a"


class Reads:
    def __init__(self, store: Store, indexes: IndexCheck | None = None) -> None:
        self._store = store
        self._indexes = indexes
        self._queries: dict[tuple[Partition, bytes], tuple[Query, Index | None]] = {}

    def lookup(self, request: Any) -> Response:
        """Find entities by key; what would make the response too large is deferred."""
        if len(request.keys) > MOST_LOOKUPS:
            raise invalid_argument(f"cannot get more than {MOST_LOOKUPS} keys in a single call")
        scope = Scope.of(self._store.tables, request)
        keys = [scope.key(key) for key in request.keys]
        mask = parse_mask(request)
        context = _Context(self._store, request.read_options)
        head = context.head + _READ_TIME + encoded_timestamp(context.read_time)
        past = context.past_for_keys(keys)

        def find(view: View) -> bytes:
            found, size = [], 0
            rest = LookupResponse()
            for key, encoded in zip(request.keys, keys, strict=True):
                stored = view.get(encoded) if size <= MOST_BYTES else None
                if size > MOST_BYTES:
                    rest.deferred.append(key)
                elif stored is None:
                    rest.missing.add(version=self._store.version).entity.key.CopyFrom(key)
                else:
                    size += len(stored.body)
                    found.append(field(_FOUND, entity_result(masked(stored, mask))))
            return b"".join((*found, rest.SerializeToString(), head))

        return self._store.read(past, find)

    def run_query(self, request: Any) -> Response:
        scope = Scope.of(self._store.tables, request)
        partition = scope.partition(request.partition_id)
        response = RunQueryResponse()
        if request.WhichOneof("query_type") == "gql_query":
            request.query.CopyFrom(gql.parse_query(request.gql_query, request.partition_id))
            response.query.CopyFrom(request.query)
        query, index = self._prepared(scope, partition, request)
        self._check_index(index)
        context = _Context(self._store, request.read_options)
        version, read_time = self._store.version, context.read_time
        explainer = Explainer(request, query)
        encoder = BatchEncoder(
            query, partition, is_keys_only=is_keys_only(request.query), mask=parse_mask(request)
        )
        if explainer.only_plan:
            response.explain_metrics.CopyFrom(explainer.plan())
            return _plan_response(response, context, version)

        def find(view: View) -> bytes:
            page, source = _page(view, query, partition, with_entities=encoder.needs_entities)
            encoded = encoder.encode(page, source, version, read_time)
            if explainer.is_wanted:
                response.explain_metrics.CopyFrom(explainer.measured_query(len(page.rows)))
            return response.SerializeToString() + context.head + field(_BATCH, encoded)

        return self._store.read(context.past_for_query(query), find)

    def run_aggregation_query(self, request: Any) -> Response:
        scope = Scope.of(self._store.tables, request)
        response = RunAggregationQueryResponse()
        if request.WhichOneof("query_type") == "gql_query":
            parsed = gql.parse_aggregation_query(request.gql_query, request.partition_id)
            request.aggregation_query.CopyFrom(parsed)
            response.query.CopyFrom(parsed)
        wanted = request.aggregation_query
        check_aggregations(wanted.aggregations)
        query = parse_query(scope, request.partition_id, wanted.nested_query, aggregated(wanted.aggregations))
        self._check_index(needed_index(query))
        context = _Context(self._store, request.read_options)
        response.MergeFromString(context.head)
        explainer = Explainer(request, query)
        if explainer.only_plan:
            response.explain_metrics.CopyFrom(explainer.plan())
            return response.SerializeToString()

        def compute(view: View) -> bytes:
            totals = totals_of(view, query)
            answer = RunAggregationQueryResponse()
            answer.CopyFrom(response)
            fill_result(wanted.aggregations, totals, answer.batch.aggregation_results.add())
            answer.batch.more_results = QueryResultBatch.NO_MORE_RESULTS
            answer.batch.read_time.CopyFrom(timestamp(context.read_time))
            if explainer.is_wanted:
                answer.explain_metrics.CopyFrom(explainer.measured_aggregation(totals.count))
            return answer.SerializeToString()

        return self._store.read(context.past_for_query(query), compute)

    def _prepared(self, scope: Scope, partition: Partition, request: Any) -> tuple[Query, Index | None]:
        """Return the query and the composite index that it needs; repeated queries are parsed once."""
        written = (partition, request.query.SerializeToString())
        known = self._queries.get(written)
        if known is not None and known[0].partition == scope.tables.partition(partition):
            return known
        query = parse_query(scope, request.partition_id, request.query)
        prepared = query, needed_index(query)
        if len(self._queries) >= _MOST_PREPARED:
            self._queries.clear()
        if len(written[1]) <= _PREPARED_BYTES:
            self._queries[written] = prepared
        return prepared

    def _check_index(self, needed: Index | None) -> None:
        if needed is not None and self._indexes is not None:
            self._indexes.check(needed)


def _plan_response(response: Any, context: "_Context", version: int) -> bytes:
    batch = QueryResultBatch(snapshot_version=version, read_time=timestamp(context.read_time))
    batch.entity_result_type = EntityResult.FULL
    batch.more_results = QueryResultBatch.NO_MORE_RESULTS
    response.batch.CopyFrom(batch)
    return bytes(response.SerializeToString()) + context.head


def _page(view: View, query: Query, partition: Partition, *, with_entities: bool) -> tuple[Page, View]:
    """Return the page, and the view that has its entities."""
    entities = metadata_entities(view.tables, partition, query.kind or "")
    if entities is None:
        return view.run(query, with_entities=with_entities), view
    stored = {key: Stored(0, 0, entity.SerializeToString()) for key, entity in entities.items()}
    return run_over(entities, query), View(view.tables, stored)


class _Context:
    """The state that a request reads: that of a transaction, of a moment of the past, or the present."""

    def __init__(self, store: Store, options: Any) -> None:
        """Begin a transaction where the request asks for one; `head` tells its name in the response."""
        self._store = store
        self.head = b""
        self._transaction: Transaction | None = None
        self._moment: int | None = None
        chosen = options.WhichOneof("consistency_type")
        if chosen == "read_time":
            self._moment = microseconds(options.read_time)
            store.demand_known_moment(self._moment)
        elif chosen == "new_transaction":
            name = begin(store, options.new_transaction)
            self.head = field(_TRANSACTION, name)
            self._transaction = store.transactions.get(name)
        elif chosen == "transaction":
            self._transaction = store.transactions.get(options.transaction)
        self.read_time = store.now() if self._moment is None else self._moment

    def past_for_keys(self, keys: list[bytes]) -> Past:
        if self._moment is not None:
            return self._store.past_at(self._moment)
        return self._store.past_for_keys(keys, self._transaction)

    def past_for_query(self, query: Query) -> Past:
        if self._moment is not None:
            return self._store.past_at(self._moment)
        return self._store.past_for_query(query, self._transaction)


def begin(store: Store, options: Any) -> bytes:
    """Begin a transaction; a read-only one may see a moment of the past."""
    past: Past = {}
    if options.read_only.HasField("read_time"):
        past = store.past_at(microseconds(options.read_only.read_time))
    return store.transactions.begin(options.WhichOneof("mode") == "read_only", past)
