"""Reads that take long move to a thread and see the Datastore as it was when they began."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gaelocal.datastore.protocol.reads import Reads
from gaelocal.datastore.protocol.writes import Writes
from gaelocal.datastore.state.store import Store
from gaelocal.protobuf import datastore_pb2
from gaelocal.protobuf.datastore_pb2 import RunAggregationQueryResponse, RunQueryResponse

PHOTOS = 600


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Every read exceeds its budget."""
    store = Store(tmp_path, budget=-1.0)
    for first in range(0, PHOTOS, 300):
        write(store, *({"upsert": photo(number)} for number in range(first, first + 300)))
    yield store
    store.close()


def photo(number: int) -> dict[str, Any]:
    return {
        "key": {"path": [{"kind": "Photo", "id": number + 1}]},
        "properties": {"n": {"integer_value": number}},
    }


def write(store: Store, *mutations: Any) -> None:
    Writes(store).commit(datastore_pb2.CommitRequest(project_id="p", mode=2, mutations=mutations))


def test_a_query_in_a_thread_does_not_see_what_is_written_meanwhile(store: Store) -> None:
    query = {"kind": [{"name": "Photo"}], "order": [{"property": {"name": "n"}}]}
    request = datastore_pb2.RunQueryRequest(project_id="p", query=query)

    async def read_and_write() -> Any:
        response = Reads(store).run_query(request)
        write(store, {"delete": photo(0)["key"]}, {"upsert": photo(PHOTOS)})
        assert not isinstance(response, bytes)
        return RunQueryResponse.FromString(await response).batch

    found = [
        result.entity.properties["n"].integer_value for result in asyncio.run(read_and_write()).entity_results
    ]

    assert found == list(range(PHOTOS))


def test_sums_and_counts_in_a_thread_agree_with_the_entities(store: Store) -> None:
    request = datastore_pb2.RunAggregationQueryRequest(
        project_id="p",
        aggregation_query={
            "nested_query": {"kind": [{"name": "Photo"}]},
            "aggregations": [
                {"alias": "sum", "sum": {"property": {"name": "n"}}},
                {"alias": "all", "count": {}},
            ],
        },
    )

    async def compute() -> Any:
        response = Reads(store).run_aggregation_query(request)
        assert not isinstance(response, bytes)
        return RunAggregationQueryResponse.FromString(await response)

    totals = asyncio.run(compute()).batch.aggregation_results[0].aggregate_properties

    assert totals["sum"].integer_value == sum(range(PHOTOS))
    assert totals["all"].integer_value == PHOTOS
