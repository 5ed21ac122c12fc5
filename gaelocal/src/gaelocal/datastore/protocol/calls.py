"""The eight calls of `google.datastore.v1.Datastore`, by their names in gRPC."""

from collections.abc import Callable
from typing import Any

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.protocol.index_check import IndexCheck
from gaelocal.datastore.protocol.reads import Reads, Response
from gaelocal.datastore.protocol.writes import Writes
from gaelocal.datastore.state.store import Store
from gaelocal.protobuf import datastore_pb2

Call = Callable[[Any], Response]
"""A request message in; out a serialized response, or an awaitable where that takes long."""

MAX_REQUEST_BYTES = 10 << 20

WRITING = frozenset({"Commit", "AllocateIds", "ReserveIds"})


def parse_request(name: str, data: bytes) -> Any:
    """Parse the serialized request of a call.

    Raises:
        DatastoreError: it is too large.
        DecodeError: it is no protobuf message.
    """
    if len(data) > MAX_REQUEST_BYTES:
        raise invalid_argument(f"Request payload size exceeds the limit: {MAX_REQUEST_BYTES} bytes.")
    return getattr(datastore_pb2, f"{name}Request").FromString(data)


def calls_on(store: Store, indexes: IndexCheck | None) -> dict[str, Call]:
    reads, writes = Reads(store, indexes), Writes(store)
    return {
        "Lookup": reads.lookup,
        "RunQuery": reads.run_query,
        "RunAggregationQuery": reads.run_aggregation_query,
        "BeginTransaction": writes.begin_transaction,
        "Commit": writes.commit,
        "Rollback": writes.rollback,
        "AllocateIds": writes.allocate_ids,
        "ReserveIds": writes.reserve_ids,
    }
