"""Pessimistic locking: what a transaction has read stays as it is until the transaction is over."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.api_core.exceptions import Aborted
from google.cloud import datastore
from tests.datastore.conftest import client_of
from tests.datastore.entities import begin, commit, names, put, upsert
from tests.datastore.test_transactions import lookup, rollback
from tests.serving_thread import serving

from gaelocal.datastore import DatastoreServer, Rules


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
