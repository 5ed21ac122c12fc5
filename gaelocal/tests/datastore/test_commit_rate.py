"""`--commits-per-second`: the limit of the legacy Datastore for one entity group."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.api_core.exceptions import Aborted
from google.cloud import datastore
from tests.datastore.conftest import client_of
from tests.serving_thread import serving

from gaelocal.datastore import DatastoreServer, Rules
from gaelocal.datastore.commit_rate import CommitRate
from gaelocal.datastore.errors import DatastoreError
from gaelocal.protobuf.datastore_pb2 import CommitRequest


class Clock:
    """A clock that only sleeping moves; `slept` lists for how long."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def a_commit(*names: str) -> CommitRequest:
    request = CommitRequest()
    for name in names:
        path = request.mutations.add().upsert.key.path
        path.add(kind="User", name=name)
        path.add(kind="Photo", id=1)
    return request


def waits(commits: list[CommitRequest], patience: float = 5.0) -> list[float | str]:
    """Send all commits at the same moment and return how long each waits."""
    clock = Clock()
    rate = CommitRate(1.0, patience, clock, clock.sleep)

    async def wait(request: CommitRequest) -> float | str:
        clock.slept.clear()
        try:
            await rate.wait(request)
        except DatastoreError as error:
            return error.code.name
        return sum(clock.slept)

    async def wait_all() -> list[float | str]:
        return [await wait(request) for request in commits]

    return asyncio.run(wait_all())


def test_commits_to_one_group_follow_each_other_by_a_second() -> None:
    assert waits([a_commit("ana")] * 4) == [0, 1, 2, 3]


def test_other_groups_are_not_delayed() -> None:
    assert waits([a_commit("ana"), a_commit("ben"), a_commit("ana"), a_commit("cleo")]) == [0, 0, 1, 0]


def test_a_commit_that_would_wait_too_long_fails() -> None:
    assert waits([a_commit("ana")] * 4, patience=2.0) == [0, 1, 2, "ABORTED"]


def test_a_commit_of_several_groups_waits_for_the_busiest() -> None:
    assert waits([a_commit("ana"), a_commit("ana"), a_commit("ben", "ana"), a_commit("ben")]) == [0, 1, 2, 3]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[datastore.Client]:
    """A Datastore with two commits per minute: no test waits for a turn."""
    with serving(DatastoreServer(tmp_path, 0, Rules(commits_per_second=1 / 30))) as server:
        client = client_of(server.address)
        yield client
        client._datastore_api.transport.close()


def test_one_commit_holds_many_entities(client: datastore.Client) -> None:
    rows = [datastore.Entity(client.key("User", "ana", "Photo", number)) for number in range(1, 101)]

    client.put_multi(rows)

    assert len(list(client.query(kind="Photo", ancestor=client.key("User", "ana")).fetch())) == 100


def test_the_client_sees_contention(client: datastore.Client) -> None:
    row = datastore.Entity(client.key("User", "ana"))
    client.put(row)

    with pytest.raises(Aborted, match="too much contention"):
        client.put(row, retry=None)
