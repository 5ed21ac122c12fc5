"""Datastore's remote calls on the channel of Google's client, with deadlines, retries and Google's errors."""

from collections.abc import Callable, Sequence
from typing import Any

from google.api_core.grpc_helpers import wrap_errors
from google.cloud import datastore
from google.cloud.datastore_v1 import types

from timeline.gcp.datastore_messages import Message
from timeline.gcp.retries import OUTAGE_SECONDS, retry_for

RPC_SECONDS = 3.5
"""The deadline of one call, which usually takes milliseconds."""
ROLLBACK_SECONDS = 1.0
RETRY_SECONDS = OUTAGE_SECONDS - RPC_SECONDS - ROLLBACK_SECONDS
"""The time for retries of failed calls; the last one may then take its whole deadline."""
PING_SECONDS = 1.5

SERVICE = "/google.datastore.v1.Datastore/"
LookupRequest, LookupResponse = types.LookupRequest.pb(), types.LookupResponse.pb()
RunQueryRequest, RunQueryResponse = types.RunQueryRequest.pb(), types.RunQueryResponse.pb()
BeginRequest, BeginResponse = types.BeginTransactionRequest.pb(), types.BeginTransactionResponse.pb()
CommitRequest, CommitResponse = types.CommitRequest.pb(), types.CommitResponse.pb()
RollbackRequest, RollbackResponse = types.RollbackRequest.pb(), types.RollbackResponse.pb()
TRANSACTIONAL = int(types.CommitRequest.Mode.TRANSACTIONAL)
NON_TRANSACTIONAL = int(types.CommitRequest.Mode.NON_TRANSACTIONAL)
NOT_FINISHED = int(types.QueryResultBatch.MoreResultsType.NOT_FINISHED)

_RETRY = retry_for(RETRY_SECONDS)
_PING_RETRY = retry_for(PING_SECONDS)

Call = Callable[..., Any]


class DatastoreCalls:
    """Each method makes one call, or as many as its response asks for."""

    def __init__(self, client: datastore.Client) -> None:
        self._client = client
        self._project = client.project
        channel = client._datastore_api.transport.grpc_channel
        self._metadata = (
            ("x-goog-request-params", f"project_id={self._project}"),
            client._client_info.to_grpc_metadata(),
        )

        def call(name: str, request: Any, response: Any) -> Call:
            stub = channel.unary_unary(
                SERVICE + name,
                request_serializer=request.SerializeToString,
                response_deserializer=response.FromString,
            )
            return wrap_errors(stub)  # type: ignore[no-any-return, no-untyped-call]

        self._lookup = call("Lookup", LookupRequest, LookupResponse)
        self._run_query = call("RunQuery", RunQueryRequest, RunQueryResponse)
        self._begin = call("BeginTransaction", BeginRequest, BeginResponse)
        self._commit = call("Commit", CommitRequest, CommitResponse)
        self._rollback = call("Rollback", RollbackRequest, RollbackResponse)

    def lookup(self, keys: Sequence[Message], transaction: bytes | None = None) -> Sequence[Message]:
        """Return the entities found, in any order. Ask again for the keys that the server defers."""
        request = self._lookup_request(keys)
        if transaction is not None:
            request.read_options.transaction = transaction
        response = self._send(_RETRY(self._lookup), request)
        found = [result.entity for result in response.found]
        return [*found, *self.lookup(response.deferred, transaction)] if response.deferred else found

    def ping(self, key: Message) -> None:
        self._send(_PING_RETRY(self._lookup), self._lookup_request([key]), PING_SECONDS)

    def run_query(self, query: Message) -> Sequence[Message]:
        """Return the entities; a server may return them in several batches."""
        found: list[Message] = []
        limit = query.limit.value
        request = RunQueryRequest(project_id=self._project, query=query)
        request.partition_id.project_id = self._project
        while True:
            batch = self._send(_RETRY(self._run_query), request).batch
            found += [result.entity for result in batch.entity_results]
            if batch.more_results != NOT_FINISHED or len(found) >= limit:
                return found
            request.query.start_cursor = batch.end_cursor
            request.query.limit.value = limit - len(found)

    def begin(self) -> bytes:
        request = BeginRequest(project_id=self._project)
        request.transaction_options.read_write.SetInParent()
        return bytes(self._send(self._begin, request).transaction)

    def commit(self, mutations: Sequence[Message]) -> None:
        """Write outside of a transaction, which is safe to repeat."""
        request = CommitRequest(project_id=self._project, mode=NON_TRANSACTIONAL, mutations=mutations)
        self._send(_RETRY(self._commit), request)

    def commit_transaction(self, transaction: bytes, mutations: Sequence[Message]) -> None:
        self._send(
            self._commit,
            CommitRequest(
                project_id=self._project, mode=TRANSACTIONAL, transaction=transaction, mutations=mutations
            ),
        )

    def roll_back(self, transaction: bytes) -> None:
        request = RollbackRequest(project_id=self._project, transaction=transaction)
        self._send(self._rollback, request, ROLLBACK_SECONDS)

    def close(self) -> None:
        """Close the channel too: the client closes only its HTTP session."""
        self._client.close()  # type: ignore[no-untyped-call]
        self._client._datastore_api.transport.close()

    def _lookup_request(self, keys: Sequence[Message]) -> Message:
        return LookupRequest(project_id=self._project, keys=keys)

    def _send(self, call: Call, request: Message, seconds: float = RPC_SECONDS) -> Any:
        return call(request, timeout=seconds, metadata=self._metadata)
