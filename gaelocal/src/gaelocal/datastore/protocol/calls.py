"""The eight calls of `google.datastore.v1.Datastore`, by their names in gRPC."""

from collections.abc import Callable
from typing import Any

from gaelocal.datastore.protocol.reads import Reads, Response
from gaelocal.datastore.protocol.writes import Writes
from gaelocal.datastore.state.store import Store

Call = Callable[[Any], Response]
"""A request message in; out a serialized response, or an awaitable where that takes long."""

WRITING = frozenset({"Commit", "AllocateIds", "ReserveIds"})


def calls_on(store: Store) -> dict[str, Call]:
    reads, writes = Reads(store), Writes(store)
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
