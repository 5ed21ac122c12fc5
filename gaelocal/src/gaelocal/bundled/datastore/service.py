"""The methods of `datastore_v3`."""

import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gaelocal.appengine.instances import Caller
from gaelocal.bundled.datastore.client import DatastoreClient
from gaelocal.bundled.datastore.entities import to_entity, to_entity_proto
from gaelocal.bundled.datastore.keys import is_complete, to_key, to_reference
from gaelocal.bundled.datastore.queries import RunningQuery
from gaelocal.bundled.errors import ApplicationError
from gaelocal.bundled.methods import Method
from gaelocal.protobuf import bundled_datastore_pb2 as pb
from gaelocal.protobuf.bundled_base_pb2 import VoidProto
from gaelocal.protobuf.datastore_pb2 import CommitRequest, Mutation, ReadOptions, TransactionOptions

MOST_KEPT = 10_000
"""Transactions and queries under way; a program that dies leaves some behind."""
MOST_MUTATIONS = 500
BAD_REQUEST = pb.Error.BAD_REQUEST


@dataclass(slots=True)
class OpenTransaction:
    """`mutations` by serialized key: a later write replaces an earlier one. `actions` follow the commit."""

    name: bytes
    mutations: dict[bytes, Mutation] = field(default_factory=dict)
    actions: list[Callable[[], object]] = field(default_factory=list)


class DatastoreV3:
    def __init__(self, client: DatastoreClient) -> None:
        self._client = client
        self._numbers = itertools.count(1)
        self._transactions: OrderedDict[int, OpenTransaction] = OrderedDict()
        self._queries: OrderedDict[int, RunningQuery] = OrderedDict()

    def methods(self) -> Mapping[str, Method]:
        return {
            "Get": Method(pb.GetRequest, self._get),
            "Put": Method(pb.PutRequest, self._put),
            "Delete": Method(pb.DeleteRequest, self._delete),
            "RunQuery": Method(pb.Query, self._run_query),
            "Next": Method(pb.NextRequest, self._next),
            "DeleteCursor": Method(pb.Cursor, self._delete_cursor),
            "BeginTransaction": Method(pb.BeginTransactionRequest, self._begin),
            "Commit": Method(pb.Transaction, self._commit),
            "Rollback": Method(pb.Transaction, self._rollback),
            "AllocateIds": Method(pb.AllocateIdsRequest, self._allocate_ids),
            "GetIndices": Method(pb.GetIndicesRequest, self._indexes),
        }

    def add_action(self, handle: int, action: Callable[[], object]) -> None:
        """Register what happens when a transaction is committed.

        Raises:
            ApplicationError: there is no such transaction.
        """
        self._transaction(handle).actions.append(action)

    async def _get(self, request: Any, _caller: Caller) -> Any:
        response = pb.GetResponse(in_order=True)
        found, missing = await self._lookup(request)
        for reference in request.key:
            name = to_key(reference).SerializeToString(deterministic=True)
            entry = response.entity.add(version=(found.get(name) or missing.get(name) or (None, 1))[1])
            if name in found:
                entry.entity.CopyFrom(to_entity_proto(found[name][0], reference.app))
            else:
                entry.key.CopyFrom(reference)
        return response

    async def _lookup(self, request: Any) -> tuple[dict[bytes, Any], dict[bytes, Any]]:
        """Return the entities that exist and those that do not, with versions, by serialized key."""
        keys = [to_key(reference) for reference in request.key]
        found: dict[bytes, Any] = {}
        missing: dict[bytes, Any] = {}
        while keys:
            response = await self._client.call(
                "Lookup", keys=_distinct(keys), read_options=self._read_options(request)
            )
            for target, results in ((found, response.found), (missing, response.missing)):
                for each in results:
                    name = each.entity.key.SerializeToString(deterministic=True)
                    target[name] = (each.entity, max(each.version, 1))
            keys = list(response.deferred)
        return found, missing

    async def _put(self, request: Any, _caller: Caller) -> Any:
        app = request.entity[0].key.app if request.entity else ""
        entities = [to_entity(entity) for entity in request.entity]
        unfinished = [
            entity
            for entity, source in zip(entities, request.entity, strict=True)
            if not is_complete(source.key)
        ]
        await self._complete(unfinished)
        mutations = [(entity.key, Mutation(upsert=entity)) for entity in entities]
        versions = await self._write(request, mutations)
        keys = [to_reference(entity.key, app) for entity in entities]
        return pb.PutResponse(key=keys, version=versions)

    async def _complete(self, entities: list[Any]) -> None:
        """Assign IDs to entities with incomplete keys."""
        if entities:
            response = await self._client.call("AllocateIds", keys=[entity.key for entity in entities])
            for entity, key in zip(entities, response.keys, strict=True):
                entity.key.CopyFrom(key)

    async def _delete(self, request: Any, _caller: Caller) -> Any:
        keys = [to_key(reference) for reference in request.key]
        versions = await self._write(request, [(key, Mutation(delete=key)) for key in keys])
        return pb.DeleteResponse(version=versions)

    async def _write(self, request: Any, mutations: list[tuple[Any, Mutation]]) -> list[int]:
        """Write at once, or keep the mutations for the commit; return the versions."""
        by_key = {key.SerializeToString(deterministic=True): mutation for key, mutation in mutations}
        if request.HasField("transaction"):
            self._transaction(request.transaction.handle).mutations.update(by_key)
            return [1] * len(mutations)
        rest = list(by_key.values())
        versions: dict[bytes, int] = {}
        for start in range(0, len(rest), MOST_MUTATIONS):
            part = rest[start : start + MOST_MUTATIONS]
            response = await self._client.call("Commit", mode=CommitRequest.NON_TRANSACTIONAL, mutations=part)
            names = list(by_key)[start : start + MOST_MUTATIONS]
            results = response.mutation_results
            versions |= {name: result.version for name, result in zip(names, results, strict=True)}
        return [versions[key.SerializeToString(deterministic=True)] for key, _ in mutations]

    async def _run_query(self, request: Any, _caller: Caller) -> Any:
        return await self._batch(RunningQuery.of(request, self._read_options(request)), request.count)

    async def _next(self, request: Any, _caller: Caller) -> Any:
        running = self._queries.pop(request.cursor.cursor, None)
        if running is None:
            raise ApplicationError(BAD_REQUEST, "the query is over or was never begun here")
        running.source.compile = running.source.compile or request.compile
        return await self._batch(running, request.count)

    async def _batch(self, running: RunningQuery, count: int) -> Any:
        result = await running.next_batch(self._client, count)
        if result.more_results:
            number = next(self._numbers)
            _keep(self._queries, number, running)
            result.cursor.cursor, result.cursor.app = number, running.source.app
        return result

    def _delete_cursor(self, request: Any, _caller: Caller) -> Any:
        self._queries.pop(request.cursor, None)
        return VoidProto()

    async def _begin(self, request: Any, _caller: Caller) -> Any:
        options = TransactionOptions(read_write={})
        if request.mode == pb.BeginTransactionRequest.READ_ONLY:
            options = TransactionOptions(read_only={})
        response = await self._client.call("BeginTransaction", transaction_options=options)
        number = next(self._numbers)
        _keep(self._transactions, number, OpenTransaction(response.transaction))
        return pb.Transaction(handle=number, app=request.app)

    async def _commit(self, request: Any, _caller: Caller) -> Any:
        transaction = self._transaction(request.handle)
        del self._transactions[request.handle]
        await self._client.call(
            "Commit",
            mode=CommitRequest.TRANSACTIONAL,
            transaction=transaction.name,
            mutations=list(transaction.mutations.values()),
        )
        for action in transaction.actions:
            action()
        return pb.CommitResponse()

    async def _rollback(self, request: Any, _caller: Caller) -> Any:
        """Roll back; a transaction whose commit has failed is over already."""
        transaction = self._transactions.pop(request.handle, None)
        if transaction is not None:
            await self._client.call("Rollback", transaction=transaction.name)
        return VoidProto()

    async def _allocate_ids(self, request: Any, _caller: Caller) -> Any:
        """Allocate a range of ids that follow each other, or reserve the given keys."""
        if request.HasField("max"):
            raise ApplicationError(BAD_REQUEST, "gaelocal allocates ids by `size`, not by `max`")
        if request.reserve:
            await self._client.call("ReserveIds", keys=[to_key(key) for key in request.reserve])
            return pb.AllocateIdsResponse(start=0, end=0)
        model = to_key(request.model_key)
        model.path[-1].ClearField("id_type")
        response = await self._client.call("AllocateIds", keys=[model])
        start = response.keys[0].path[-1].id
        end = start + max(request.size, 1) - 1
        if end > start:
            await self._client.call("ReserveIds", keys=list(_numbered(model, start + 1, end)))
        return pb.AllocateIdsResponse(start=start, end=end)

    def _indexes(self, _request: Any, _caller: Caller) -> Any:
        """Return no index: those of index.yaml are checked by the Datastore itself."""
        return pb.CompositeIndices()

    def _read_options(self, request: Any) -> ReadOptions:
        if not request.HasField("transaction"):
            return ReadOptions()
        return ReadOptions(transaction=self._transaction(request.transaction.handle).name)

    def _transaction(self, handle: int) -> OpenTransaction:
        if handle not in self._transactions:
            raise ApplicationError(BAD_REQUEST, "the transaction is over or was never begun here")
        return self._transactions[handle]


def _keep(table: OrderedDict[int, Any], number: int, value: Any) -> None:
    table[number] = value
    if len(table) > MOST_KEPT:
        table.popitem(last=False)


def _distinct(keys: Iterable[Any]) -> list[Any]:
    return list({key.SerializeToString(deterministic=True): key for key in keys}.values())


def _numbered(model: Any, start: int, end: int) -> Iterable[Any]:
    for number in range(start, end + 1):
        key = type(model)()
        key.CopyFrom(model)
        key.path[-1].id = number
        yield key
