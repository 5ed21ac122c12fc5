"""Reads of the past, by read_time."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from gaelocal.datastore.errors import Code, DatastoreError
from gaelocal.datastore.protocol.reads import Reads
from gaelocal.datastore.protocol.writes import Writes
from gaelocal.datastore.state.keys import Partition
from gaelocal.datastore.state.store import Store
from gaelocal.protobuf import datastore_pb2
from gaelocal.protobuf.datastore_pb2 import LookupResponse, RunQueryResponse

START = 1_800_000_000
HOUR = 3_600


class Past:
    """A store whose clock the test moves; moments are seconds since it was opened."""

    def __init__(self, folder: Path) -> None:
        self.now = 0.0
        self.store = Store(folder, budget=math.inf, clock=lambda: int((START + self.now) * 1e9))

    def write(self, now: float, name: str, n: int | None) -> None:
        self.now = now
        key = {"path": [{"kind": "Photo", "name": name}]}
        upsert = {"upsert": {"key": key, "properties": {"n": {"integer_value": n}}}}
        mutation = {"delete": key} if n is None else upsert
        Writes(self.store).commit(
            datastore_pb2.CommitRequest(project_id="p", mode="NON_TRANSACTIONAL", mutations=[mutation])
        )

    def lookup(self, moment: float, name: str) -> int | None:
        request = datastore_pb2.LookupRequest(
            project_id="p", keys=[{"path": [{"kind": "Photo", "name": name}]}]
        )
        request.read_options.read_time.FromMicroseconds(int((START + moment) * 1e6))
        found = LookupResponse.FromString(Reads(self.store).lookup(request)).found
        return found[0].entity.properties["n"].integer_value if found else None

    def query(self, moment: float) -> dict[str, int]:
        query = {"kind": [{"name": "Photo"}], "order": [{"property": {"name": "n"}}]}
        request = datastore_pb2.RunQueryRequest(project_id="p", query=query)
        request.read_options.read_time.FromMicroseconds(int((START + moment) * 1e6))
        batch = RunQueryResponse.FromString(Reads(self.store).run_query(request)).batch
        found = [result.entity for result in batch.entity_results]
        return {entity.key.path[0].name: entity.properties["n"].integer_value for entity in found}


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    past = Past(tmp_path)
    yield past
    past.store.close()


def test_each_moment_shows_what_was_stored_then(past: Past) -> None:
    past.write(10, "a", 1)
    past.write(20, "a", 2)
    past.write(30, "a", None)
    past.write(40, "a", 4)

    assert [past.lookup(moment, "a") for moment in (5, 15, 25, 35, 40)] == [None, 1, 2, None, 4]


def test_a_query_shows_the_past_of_every_entity(past: Past) -> None:
    past.write(10, "a", 1)
    past.write(10.5, "b", 5)
    past.write(20, "b", 0)
    past.write(20.5, "c", 7)
    past.write(30, "a", None)

    assert [past.query(moment) for moment in (15, 25, 30)] == [
        {"a": 1, "b": 5},
        {"a": 1, "b": 0, "c": 7},
        {"b": 0, "c": 7},
    ]


def test_the_past_survives_a_restart(past: Past, tmp_path: Path) -> None:
    past.write(10, "a", 1)
    past.write(20, "a", 2)
    past.store.close()

    again = Past(tmp_path)
    again.now = 30

    assert again.lookup(15, "a") == 1
    again.store.close()


@pytest.mark.parametrize("is_cleared", [False, True])
def test_versions_go_on_after_a_restart_with_a_clock_that_went_back(
    past: Past, tmp_path: Path, is_cleared: bool
) -> None:
    past.write(10, "a", 1)
    version = past.store.version
    if is_cleared:
        past.store.clear()
    past.store.close()

    again = Past(tmp_path)
    again.write(0, "a", 2)

    assert again.store.version == version + 1
    again.store.close()


def test_a_refused_commit_leaves_nothing_behind(past: Past) -> None:
    past.write(10, "a", 1)
    assert past.store.tables.begin_writing()
    past.store.tables.partition(Partition("p", "", "new"))

    past.store.tables.end_writing()

    assert not past.store.tables.connection.in_transaction
    assert [names.namespace for names in past.store.tables.partitions()] == [""]


@pytest.mark.parametrize(
    ("moment", "code"), [(2 * HOUR + 1, Code.INVALID_ARGUMENT), (HOUR - 1, Code.FAILED_PRECONDITION)]
)
def test_the_future_and_what_is_older_than_an_hour_are_refused(past: Past, moment: float, code: Code) -> None:
    past.write(10, "a", 1)
    past.now = 2 * HOUR

    with pytest.raises(DatastoreError) as refused:
        past.lookup(moment, "a")

    assert refused.value.code is code


def test_what_is_older_than_an_hour_is_dropped(past: Past) -> None:
    for number in range(200):
        past.write(number, "a", number)
    for number in range(200):
        past.write(2 * HOUR + number, "b", number)

    rows = past.store.tables.connection.execute("SELECT min(until) FROM history").fetchone()
    assert rows[0] >= (START + 2 * HOUR) * 1e6


def test_a_read_only_transaction_stays_in_its_moment(past: Past) -> None:
    past.write(10, "a", 1)
    past.write(20, "a", 2)
    options = datastore_pb2.TransactionOptions(read_only={})
    options.read_only.read_time.FromSeconds(START + 15)
    begin = datastore_pb2.BeginTransactionRequest(project_id="p", transaction_options=options)
    name = datastore_pb2.BeginTransactionResponse.FromString(Writes(past.store).begin_transaction(begin))
    past.write(30, "a", 3)

    request = datastore_pb2.LookupRequest(project_id="p", keys=[{"path": [{"kind": "Photo", "name": "a"}]}])
    request.read_options.transaction = name.transaction
    found = LookupResponse.FromString(Reads(past.store).lookup(request)).found

    assert found[0].entity.properties["n"].integer_value == 1
