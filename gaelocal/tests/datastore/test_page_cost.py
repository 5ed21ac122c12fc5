"""The last page costs what page 1 costs, counted in instructions of SQLite's machine."""

import math
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from gaelocal.datastore.protocol.reads import Reads
from gaelocal.datastore.protocol.writes import Writes
from gaelocal.datastore.state.store import Store
from gaelocal.protobuf import datastore_pb2
from gaelocal.protobuf.datastore_pb2 import RunQueryResponse

PHOTOS, LIMIT = 4_000, 20
MOST_RATIO = 1.1
USER = {"kind": "User", "name": "ana"}
BELOW_ANA = {"property": {"name": "__key__"}, "op": 11, "value": {"key_value": {"path": [USER]}}}
STREAM = {"kind": [{"name": "Photo"}], "filter": {"property_filter": BELOW_ANA}, "limit": {"value": LIMIT}}
NEWEST = {
    "kind": [{"name": "Photo"}],
    "order": [{"property": {"name": "created"}, "direction": 2}],
    "limit": {"value": LIMIT},
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A stream of 200 pages."""
    store = Store(tmp_path_factory.mktemp("stream"), budget=math.inf)
    for start in range(0, PHOTOS, 500):
        upserts = [{"upsert": photo(n)} for n in range(start, start + 500)]
        Writes(store).commit(datastore_pb2.CommitRequest(project_id="p", mode=2, mutations=upserts))
    yield store
    store.close()


def photo(n: int) -> dict[str, Any]:
    properties = {
        "created": {"integer_value": n},
        "caption": {"string_value": "sea", "exclude_from_indexes": True},
    }
    return {"key": {"path": [USER, {"kind": "Photo", "name": f"{n:08}"}]}, "properties": properties}


def cost(store: Store, act: Callable[[], object]) -> int:
    """Count the instructions SQLite executes."""
    steps = count()
    store.tables.connection.set_progress_handler(lambda: next(steps) and None, 1)
    act()
    store.tables.connection.set_progress_handler(None, 1)
    return next(steps)


def page(store: Store, query: dict[str, Any], **more: Any) -> Any:
    request = datastore_pb2.RunQueryRequest(project_id="p", query={**query, **more})
    batch = RunQueryResponse.FromString(Reads(store).run_query(request)).batch
    assert len(batch.entity_results) == LIMIT
    return batch


@pytest.mark.parametrize("query", [STREAM, NEWEST], ids=["stream of one user", "newest of everyone"])
def test_the_last_page_by_cursor_costs_what_the_first_costs(store: Store, query: dict[str, Any]) -> None:
    last = page(store, query, offset=PHOTOS - 2 * LIMIT).end_cursor

    first_cost = cost(store, lambda: page(store, query))
    last_cost = cost(store, lambda: page(store, query, start_cursor=last))

    assert last_cost <= MOST_RATIO * first_cost


def test_the_last_page_by_key_costs_what_the_first_costs(store: Store) -> None:
    key = {"path": [USER, {"kind": "Photo", "name": f"{PHOTOS - LIMIT - 1:08}"}]}
    beyond = {"property": {"name": "__key__"}, "op": 3, "value": {"key_value": key}}
    both = {
        "composite_filter": {"op": 1, "filters": [{"property_filter": one} for one in (BELOW_ANA, beyond)]}
    }

    first_cost = cost(store, lambda: page(store, STREAM))
    last_cost = cost(store, lambda: page(store, STREAM, filter=both))

    assert last_cost <= MOST_RATIO * first_cost
