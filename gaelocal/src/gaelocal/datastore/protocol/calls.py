"""The eight calls of `google.datastore.v1.Datastore`: each takes its request message and gives its answer."""

import time
from functools import partial
from typing import Any

from gaelocal.datastore.errors import Code, DatastoreError, invalid_argument
from gaelocal.datastore.protocol.aggregations import aggregate, aggregated
from gaelocal.datastore.protocol.metadata import metadata_keys
from gaelocal.datastore.protocol.mutations import change_of, key_of
from gaelocal.datastore.protocol.queries import is_keys_only, parse_query
from gaelocal.datastore.protocol.results import Batch, apply_mask, fill_result, timestamp
from gaelocal.datastore.protocol.scope import Scope, check_path, is_incomplete
from gaelocal.datastore.state.keys import encode_key
from gaelocal.datastore.state.pages import MOST_BYTES
from gaelocal.datastore.state.queries import Query
from gaelocal.datastore.state.store import Outcome, Store
from gaelocal.datastore.state.transactions import Transaction
from gaelocal.protobuf import datastore_pb2
from gaelocal.protobuf.datastore_pb2 import CommitRequest, QueryResultBatch

MOST_LOOKUPS = 1_000
MOST_MUTATIONS = 500
MOST_AGGREGATED = 10_000_000


class Calls:
    def __init__(self, store: Store) -> None:
        self._store = store

    def lookup(self, request: Any) -> Any:
        """Find entities by key; what would make the answer too large is deferred."""
        if len(request.keys) > MOST_LOOKUPS:
            raise invalid_argument(f"cannot get more than {MOST_LOOKUPS} keys in a single call")
        scope = Scope.of(self._store.tables, request)
        keys = [scope.key(key) for key in request.keys]
        answer = _answer("LookupResponse")
        transaction = self._reading(request.read_options, answer)
        size = 0
        for key, stored in zip(request.keys, self._store.lookup(keys, transaction), strict=True):
            if size > MOST_BYTES:
                answer.deferred.append(key)
            elif stored is None:
                answer.missing.add(version=self._store.version).entity.key.CopyFrom(key)
            else:
                size += len(stored.body)
                fill_result(answer.found.add(), stored)
        _apply_masks(request, answer.found)
        answer.read_time.CopyFrom(_now())
        return answer

    def run_query(self, request: Any) -> Any:
        if request.WhichOneof("query_type") != "query":
            raise DatastoreError(Code.UNIMPLEMENTED, "GQL is not implemented here; send a query message")
        scope = Scope.of(self._store.tables, request)
        query = parse_query(scope, request.partition_id, request.query)
        answer = _answer("RunQueryResponse")
        transaction = self._reading(request.read_options, answer)
        self._fill_batch(answer.batch, scope, request, query, transaction)
        _apply_masks(request, answer.batch.entity_results)
        answer.batch.read_time.CopyFrom(_now())
        return answer

    def run_aggregation_query(self, request: Any) -> Any:
        if request.WhichOneof("query_type") != "aggregation_query":
            raise DatastoreError(Code.UNIMPLEMENTED, "GQL is not implemented here; send an aggregation query")
        scope = Scope.of(self._store.tables, request)
        wanted = request.aggregation_query
        ordered_by = aggregated(wanted.aggregations)
        query = parse_query(scope, request.partition_id, wanted.nested_query, ordered_by)
        answer = _answer("RunAggregationQueryResponse")
        page, past = self._store.run(query, self._reading(request.read_options, answer), MOST_AGGREGATED)
        read = partial(self._store.read, past=past)
        aggregate(wanted.aggregations, page.rows, read, answer.batch.aggregation_results.add())
        answer.batch.more_results = QueryResultBatch.NO_MORE_RESULTS
        answer.batch.read_time.CopyFrom(_now())
        return answer

    def begin_transaction(self, request: Any) -> Any:
        Scope.of(self._store.tables, request)
        return _answer("BeginTransactionResponse", transaction=self._begin(request.transaction_options))

    def commit(self, request: Any) -> Any:
        transaction = self._committing(request)
        if len(request.mutations) > MOST_MUTATIONS:
            raise invalid_argument(f"cannot write more than {MOST_MUTATIONS} entities in a single call")
        scope = Scope.of(self._store.tables, request)
        made = self._complete_keys(scope, request.mutations)
        changes = [change_of(scope, mutation) for mutation in request.mutations]
        if request.mode == CommitRequest.NON_TRANSACTIONAL and len({change.key for change in changes}) < len(
            changes
        ):
            raise invalid_argument(
                "A non-transactional commit may not contain multiple mutations affecting the same entity."
            )
        outcomes = self._store.commit(changes, transaction)
        answer = _answer("CommitResponse", index_updates=sum(outcome.index_updates for outcome in outcomes))
        answer.commit_time.CopyFrom(timestamp(self._store.version))
        for number, outcome in enumerate(outcomes):
            key = key_of(request.mutations[number]) if number in made else None
            _fill_outcome(answer.mutation_results.add(key=key), outcome)
        return answer

    def rollback(self, request: Any) -> Any:
        self._store.transactions.roll_back(request.transaction)
        return _answer("RollbackResponse")

    def allocate_ids(self, request: Any) -> Any:
        scope = Scope.of(self._store.tables, request)
        for key in request.keys:
            check_path(key.path)
            if not is_incomplete(key):
                raise invalid_argument("The key path element must be incomplete.")
        self._allocate(scope, list(request.keys))
        return _answer("AllocateIdsResponse", keys=request.keys)

    def reserve_ids(self, request: Any) -> Any:
        scope = Scope.of(self._store.tables, request)
        self._store.reserve([scope.key(key) for key in request.keys])
        return _answer("ReserveIdsResponse")

    def _begin(self, options: Any) -> bytes:
        if options.read_only.HasField("read_time"):
            raise DatastoreError(Code.UNIMPLEMENTED, "read_time is not implemented here")
        return self._store.transactions.begin(options.WhichOneof("mode") == "read_only")

    def _reading(self, options: Any, answer: Any) -> Transaction | None:
        """Give the transaction to read in; one that begins with this read is told to the client."""
        chosen = options.WhichOneof("consistency_type")
        if chosen == "read_time":
            raise DatastoreError(Code.UNIMPLEMENTED, "read_time is not implemented here")
        if chosen == "new_transaction":
            answer.transaction = self._begin(options.new_transaction)
            return self._store.transactions.get(answer.transaction)
        return self._store.transactions.get(options.transaction) if chosen == "transaction" else None

    def _committing(self, request: Any) -> Transaction | None:
        """Take the transaction out: whatever the commit's fate, it is over."""
        chosen = request.WhichOneof("transaction_selector")
        if request.mode == CommitRequest.NON_TRANSACTIONAL:
            if chosen:
                raise invalid_argument("a non-transactional commit must not have a transaction")
            return None
        if chosen is None:
            raise invalid_argument("transactional commit requires a transaction")
        return self._store.transactions.end(request.transaction) if chosen == "transaction" else None

    def _fill_batch(
        self, batch: Any, scope: Scope, request: Any, query: Query, transaction: Transaction | None
    ) -> None:
        partition = scope.partition(request.partition_id)
        keys = metadata_keys(self._store.tables, partition, query.kind or "")
        if keys is None:
            page, past = self._store.run(query, transaction)
        else:
            page, past = self._store.run_over(keys, query), {}
        read = partial(self._store.read, past=past)
        Batch(batch, query, partition, is_keys_only(request.query), read).fill(page)
        batch.snapshot_version = self._store.version

    def _complete_keys(self, scope: Scope, mutations: Any) -> set[int]:
        """Give ids to what is inserted without one; tell which mutations that were."""
        found = {}
        for number, mutation in enumerate(mutations):
            key = key_of(mutation)
            check_path(key.path)
            if is_incomplete(key) and mutation.WhichOneof("operation") in ("insert", "upsert"):
                found[number] = key
        if found:
            self._allocate(scope, list(found.values()))
        return set(found)

    def _allocate(self, scope: Scope, keys: list[Any]) -> None:
        numbers = [scope.partition_number(key) for key in keys]
        wanted = [partial(_key_with, number, key) for number, key in zip(numbers, keys, strict=True)]
        for key, new in zip(keys, self._store.allocate(wanted), strict=True):
            key.path[-1].id = new


def _key_with(partition: int, key: Any, new: int) -> bytes:
    key.path[-1].id = new
    return encode_key(partition, key.path)


def _apply_masks(request: Any, results: Any) -> None:
    if request.HasField("property_mask"):
        for result in results:
            apply_mask(result.entity, request.property_mask.paths)


def _fill_outcome(result: Any, outcome: Outcome) -> None:
    result.version = outcome.version
    result.conflict_detected = outcome.conflict
    if outcome.created:
        result.create_time.CopyFrom(timestamp(outcome.created))
    result.update_time.CopyFrom(timestamp(outcome.version))


def _answer(name: str, **fields: Any) -> Any:
    return getattr(datastore_pb2, name)(**fields)


def _now() -> Any:
    return timestamp(time.time_ns() // 1_000)
