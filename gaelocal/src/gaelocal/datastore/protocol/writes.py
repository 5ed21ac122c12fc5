"""Transactions, Commit, AllocateIds and ReserveIds: request messages in, serialized responses out."""

from collections.abc import Awaitable
from functools import partial
from typing import Any

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.protocol.encoding import encoded_timestamp, field, mutation_times, varint
from gaelocal.datastore.protocol.mutations import change_of, key_of
from gaelocal.datastore.protocol.reads import begin
from gaelocal.datastore.protocol.scope import Scope, check_path, is_incomplete, written_path
from gaelocal.datastore.state.keys import encode_key
from gaelocal.datastore.state.store import Change, Outcome, Store
from gaelocal.datastore.state.transactions import Transaction
from gaelocal.protobuf.datastore_pb2 import (
    AllocateIdsResponse,
    BeginTransactionResponse,
    CommitRequest,
    MutationResult,
    ReserveIdsResponse,
    RollbackResponse,
)

# CommitResponse: mutation_results 3, index_updates 4, commit_time 8.
_MUTATION_RESULTS, _INDEX_UPDATES, _COMMIT_TIME = b"\x1a", b"\x20", b"\x42"


class Writes:
    def __init__(self, store: Store) -> None:
        self._store = store

    def begin_transaction(self, request: Any) -> bytes:
        Scope.of(self._store.tables, request)
        name = begin(self._store, request.transaction_options)
        return BeginTransactionResponse(transaction=name).SerializeToString()

    def commit(self, request: Any) -> bytes | Awaitable[bytes]:
        """Commit at once, or when the transactions that lock the entities are over."""
        transaction = self._transaction(request)
        try:
            changes, made = self._changes(request)
        except BaseException:
            self._end(request)
            raise
        keys = [change.key for change in changes]
        if self._store.locks.are_free(keys, transaction):
            self._end(request)
            return self._apply(request, changes, made, transaction)
        return self._apply_when_free(request, keys, made, transaction)

    async def _apply_when_free(
        self, request: Any, keys: list[bytes], made: set[int], transaction: Transaction | None
    ) -> bytes:
        """Wait, then encode the keys again: the numbers of new partitions were undone with the first try."""
        try:
            await self._store.locks.until_free(keys, transaction)
        finally:
            self._end(request)
        changes, _ = self._changes(request)
        return self._apply(request, changes, made, transaction)

    def _changes(self, request: Any) -> tuple[list[Change], set[int]]:
        """Check the mutations; return what they change, and the numbers of those that got new ids."""
        scope = Scope.of(self._store.tables, request)
        made = self._complete_keys(scope, request.mutations)
        changes = [change_of(scope, mutation) for mutation in request.mutations]
        repeats = len({change.key for change in changes}) < len(changes)
        if repeats and request.mode == CommitRequest.NON_TRANSACTIONAL:
            raise invalid_argument(
                "A non-transactional commit may not contain multiple mutations affecting the same entity."
            )
        return changes, made

    def _apply(
        self, request: Any, changes: list[Change], made: set[int], transaction: Transaction | None
    ) -> bytes:
        outcomes = self._store.commit(changes, transaction)
        parts = []
        for number, outcome in enumerate(outcomes):
            key = key_of(request.mutations[number]) if number in made else None
            parts.append(field(_MUTATION_RESULTS, _mutation_result(outcome, key)))
        if updates := sum(outcome.index_updates for outcome in outcomes):
            parts.append(_INDEX_UPDATES + varint(updates))
        if request.mode != CommitRequest.NON_TRANSACTIONAL:
            parts.append(_COMMIT_TIME + encoded_timestamp(self._store.version))
        return b"".join(parts)

    def rollback(self, request: Any) -> bytes:
        self._store.transactions.roll_back(request.transaction)
        return RollbackResponse().SerializeToString()

    def allocate_ids(self, request: Any) -> bytes:
        scope = Scope.of(self._store.tables, request)
        for key in request.keys:
            check_path(key.path)
            if not is_incomplete(key):
                raise invalid_argument(f"Key path element must not be complete: {written_path(key.path)}")
        self._allocate(scope, list(request.keys))
        return AllocateIdsResponse(keys=request.keys).SerializeToString()

    def reserve_ids(self, request: Any) -> bytes:
        scope = Scope.of(self._store.tables, request)
        self._store.reserve([scope.key(key) for key in request.keys])
        return ReserveIdsResponse().SerializeToString()

    def _end(self, request: Any) -> None:
        """End the transaction: whatever the fate of the commit, it is over."""
        if request.WhichOneof("transaction_selector") == "transaction":
            self._store.transactions.roll_back(request.transaction)

    def _transaction(self, request: Any) -> Transaction | None:
        chosen = request.WhichOneof("transaction_selector")
        if request.mode == CommitRequest.NON_TRANSACTIONAL:
            if chosen:
                raise invalid_argument("a non-transactional commit must not have a transaction")
            return None
        if chosen is None:
            raise invalid_argument("transactional commit requires a transaction")
        return self._store.transactions.get(request.transaction) if chosen == "transaction" else None

    def _complete_keys(self, scope: Scope, mutations: Any) -> set[int]:
        """Return ids to what is inserted without one; return the numbers of those mutations."""
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


def _mutation_result(outcome: Outcome, key: Any | None) -> bytes:
    encoded = mutation_times(outcome.version, outcome.created)
    if key is None and not outcome.conflict and not outcome.transform_results:
        return encoded
    rest = MutationResult(
        key=key, conflict_detected=outcome.conflict, transform_results=outcome.transform_results
    )
    return encoded + rest.SerializeToString()
