"""Pessimistic locking: what a transaction has read stays as it is until the transaction is over."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.api_core.exceptions import Aborted
from google.cloud import datastore
from tests.datastore.conftest import client_of
from tests.datastore.entities import begin, commit, names, put, upsert
from tests.datastore.test_transactions import lookup, rollback
from tests.serving_thread import serving

from gaelocal.datastore import DatastoreServer, Rules
from gaelocal.protobuf import datastore_pb2 as pb

PROJECT = "photo-timeline"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[datastore.Client]:
    with serving(DatastoreServer(tmp_path, 0, Rules(pessimistic=True, lock_seconds=0.2))) as server:
        client = client_of(server.address)
        yield client
        client._datastore_api.transport.close()


def write(client: datastore.Client, n: int) -> None:
    api = client._datastore_api
    mutation = upsert(client.key("Photo", "a"), n=n)
    request = {"project_id": client.project, "mode": 2, "mutations": [mutation]}
    api.commit(request=request, retry=None, timeout=60)


def test_a_write_from_outside_fails_and_the_transaction_succeeds(client: datastore.Client) -> None:
    key = put(client, "Photo", "a", n=1)
    transaction = begin(client)
    lookup(client, key, transaction)

    with pytest.raises(Aborted):
        write(client, 2)
    commit(client, upsert(key, n=3), transaction=transaction)

    assert dict(client.get(key) or {}) == {"n": 3}
    write(client, 4)


def test_a_write_waits_until_the_transaction_is_over(client: datastore.Client) -> None:
    key = put(client, "Photo", "a", n=1)
    transaction = begin(client)
    lookup(client, key, transaction)
    writer = threading.Thread(target=write, args=(client, 2))

    writer.start()
    rollback(client, transaction)
    writer.join(90)

    assert dict(client.get(key) or {}) == {"n": 2}


def test_of_two_transactions_that_wait_for_each_other_one_commits(client: datastore.Client) -> None:
    key = put(client, "Photo", "a", n=0)

    def increment() -> None:
        for _ in range(10):
            while True:
                try:
                    with client.transaction() as transaction:
                        found = client.get(key)
                        assert found is not None
                        found["n"] += 1
                        transaction.put(found)
                except Aborted:
                    continue
                break

    threads = [threading.Thread(target=increment) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert dict(client.get(key) or {}) == {"n": 30}


def test_read_only_transactions_and_other_keys_lock_nothing(client: datastore.Client) -> None:
    key = put(client, "Photo", "a", n=1)
    lookup(client, key, begin(client, read_only={}))
    lookup(client, client.key("Photo", "b"), begin(client))

    write(client, 2)

    assert names(client.query(kind="Photo").fetch()) == ["a"]


def test_entities_of_a_new_namespace_stay_there_when_their_commit_waits(tmp_path: Path) -> None:
    async def write() -> list[str]:
        server = DatastoreServer(tmp_path, 0, Rules(pessimistic=True, lock_seconds=60.0))
        await server.start()
        await server.call("Commit", a_commit(a_key("old")))
        transaction = (
            await server.call("BeginTransaction", pb.BeginTransactionRequest(project_id=PROJECT))
        ).transaction
        await server.call(
            "Lookup",
            pb.LookupRequest(
                project_id=PROJECT, read_options={"transaction": transaction}, keys=[a_key("old")]
            ),
        )
        waiting = asyncio.create_task(server.call("Commit", a_commit(a_key("old"), a_key("new"))))
        await asyncio.sleep(0)
        await server.call("Commit", a_commit(a_key("other")))
        await server.call("Rollback", pb.RollbackRequest(project_id=PROJECT, transaction=transaction))
        await waiting
        query = pb.RunQueryRequest(
            project_id=PROJECT, query={"kind": [{"name": "__namespace__"}]}, partition_id={}
        )
        found = (await server.call("RunQuery", query)).batch.entity_results
        lookup = pb.LookupRequest(project_id=PROJECT, keys=[a_key("new"), a_key("other")])
        assert len((await server.call("Lookup", lookup)).found) == 2
        await server.stop()
        return [result.entity.key.path[-1].name for result in found]

    assert asyncio.run(write()) == ["new", "old", "other"]


def a_key(namespace: str) -> Any:
    return pb.Key(
        partition_id={"project_id": PROJECT, "namespace_id": namespace}, path=[{"kind": "Photo", "name": "a"}]
    )


def a_commit(*keys: Any) -> Any:
    mutations = [pb.Mutation(upsert=pb.Entity(key=key)) for key in keys]
    return pb.CommitRequest(project_id=PROJECT, mode="NON_TRANSACTIONAL", mutations=mutations)
