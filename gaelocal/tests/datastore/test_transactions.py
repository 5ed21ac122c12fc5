"""Transactions: isolation, conflicts, and what ends them."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from google.api_core.exceptions import Aborted, InvalidArgument
from google.cloud import datastore
from tests.datastore.entities import begin, commit, delete, names, put, run, upsert

from gaelocal.datastore.errors import DatastoreError
from gaelocal.datastore.state.transactions import Transactions

Act = Callable[[datastore.Client], object]


def lookup(client: datastore.Client, key: datastore.Key, transaction: bytes) -> int | None:
    answer = client._datastore_api.lookup(
        request={
            "project_id": client.project,
            "keys": [key.to_protobuf()],
            "read_options": {"transaction": transaction},
        }
    )
    return answer.found[0].entity.properties["n"].integer_value if answer.found else None


def stream(client: datastore.Client, transaction: bytes, user: str = "ana") -> list[str]:
    ancestor = {
        "property": {"name": "__key__"},
        "op": "HAS_ANCESTOR",
        "value": {"key_value": client.key("User", user).to_protobuf()},
    }
    batch = run(client, transaction, kind=[{"name": "Photo"}], filter={"property_filter": ancestor})
    return [result.entity.key.path[-1].name for result in batch.entity_results]


def test_a_transaction_reads_the_past_it_began_in(client: datastore.Client, embedded: None) -> None:
    key = put(client, "User", "ana", "Photo", "a", n=1)
    transaction = begin(client, read_only={})
    lookup(client, key, transaction)

    put(client, "User", "ana", "Photo", "a", n=2)
    put(client, "User", "ana", "Photo", "b", n=2)
    client.delete(client.key("User", "ana", "Photo", "c"))

    assert lookup(client, key, transaction) == 1
    assert stream(client, transaction) == ["a"]


def test_a_transaction_still_sees_what_others_deleted(client: datastore.Client, embedded: None) -> None:
    key = put(client, "User", "ana", "Photo", "a", n=1)
    transaction = begin(client, read_only={})
    lookup(client, key, transaction)

    client.delete(key)

    assert lookup(client, key, transaction) == 1
    assert stream(client, transaction) == ["a"]


def test_a_transaction_does_not_see_its_own_writes(client: datastore.Client) -> None:
    key = put(client, "Photo", "a", n=1)

    with client.transaction() as transaction:
        found = client.get(key)
        assert found is not None
        found["n"] = 2
        transaction.put(found)
        assert dict(client.get(key) or {}) == {"n": 1}

    assert dict(client.get(key) or {}) == {"n": 2}


def test_what_was_read_and_then_changed_by_another_aborts(client: datastore.Client) -> None:
    key = put(client, "Photo", "a", n=1)
    transaction = begin(client)
    lookup(client, key, transaction)
    put(client, "Photo", "a", n=2)

    with pytest.raises(Aborted, match="too much contention on these datastore entities"):
        commit(client, upsert(key, n=3), transaction=transaction)

    assert dict(client.get(key) or {}) == {"n": 2}


def test_an_absence_that_was_read_conflicts_as_well(client: datastore.Client) -> None:
    key = client.key("Idempotency", "k")
    transaction = begin(client)
    lookup(client, key, transaction)
    put(client, "Idempotency", "k", n=1)

    with pytest.raises(Aborted):
        commit(client, upsert(key, n=2), transaction=transaction)


@pytest.mark.parametrize(
    "act",
    [
        lambda client: put(client, "User", "ana", "Photo", "b"),
        lambda client: client.delete(client.key("User", "ana", "Photo", "a")),
        lambda client: put(client, "User", "ana", "Photo", "a", n=2),
    ],
    ids=["insert", "delete", "change"],
)
def test_a_change_in_an_ancestor_range_that_was_read_aborts(client: datastore.Client, act: Act) -> None:
    put(client, "User", "ana", "Photo", "a", n=1)
    transaction = begin(client)
    stream(client, transaction)
    act(client)

    with pytest.raises(Aborted):
        commit(client, upsert(client.key("User", "ana"), n=1), transaction=transaction)


@pytest.mark.parametrize(
    "act",
    [
        lambda client: put(client, "User", "ben", "Photo", "b"),
        lambda client: put(client, "User", "ana", "Outbox", "b"),
    ],
    ids=["another group", "another kind"],
)
def test_a_change_beside_what_was_read_does_not_abort(
    client: datastore.Client, act: Act, embedded: None
) -> None:
    key = put(client, "User", "ana", "Photo", "a", n=1)
    transaction = begin(client)
    stream(client, transaction)
    act(client)

    commit(client, upsert(key, n=5), transaction=transaction)

    assert dict(client.get(key) or {}) == {"n": 5}


def test_two_writers_of_different_photos_below_one_user_both_commit(
    client: datastore.Client, embedded: None
) -> None:
    user = put(client, "User", "ana", n=1)
    transactions = [begin(client), begin(client)]
    for transaction in transactions:
        lookup(client, user, transaction)

    for number, transaction in enumerate(transactions):
        commit(client, upsert(client.key("User", "ana", "Photo", f"p{number}")), transaction=transaction)

    assert names(client.query(kind="Photo", ancestor=user).fetch()) == ["p0", "p1"]


def test_no_increment_of_many_threads_is_lost(client: datastore.Client) -> None:
    key = put(client, "Counter", "c", n=0)

    def increment() -> bool:
        try:
            with client.transaction() as transaction:
                found = client.get(key)
                assert found is not None
                found["n"] += 1
                transaction.put(found)
        except Aborted:
            return False
        return True

    def work() -> None:
        for _ in range(10):
            while not increment():
                pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert dict(client.get(key) or {}) == {"n": 40}


def test_a_read_only_transaction_cannot_write(client: datastore.Client) -> None:
    transaction = begin(client, read_only={})

    with pytest.raises(InvalidArgument, match="Cannot modify entities in a read-only transaction"):
        commit(client, upsert(client.key("Photo", 1)), transaction=transaction)


def test_a_transaction_that_is_over_is_refused(client: datastore.Client) -> None:
    rolled_back, committed = begin(client), begin(client)
    client._datastore_api.rollback(request={"project_id": client.project, "transaction": rolled_back})
    commit(client, transaction=committed)

    for transaction in (rolled_back, committed):
        with pytest.raises(InvalidArgument, match="transaction has expired or is invalid"):
            commit(client, delete(client.key("Photo", 1)), transaction=transaction)


def rollback(client: datastore.Client, transaction: bytes) -> None:
    client._datastore_api.rollback(request={"project_id": client.project, "transaction": transaction})


def test_a_transaction_whose_commit_failed_can_be_rolled_back(client: datastore.Client) -> None:
    key = put(client, "Photo", "a", n=1)
    transaction = begin(client)
    lookup(client, key, transaction)
    put(client, "Photo", "a", n=2)
    with pytest.raises(Aborted):
        commit(client, upsert(key, n=3), transaction=transaction)

    rollback(client, transaction)

    assert dict(client.get(key) or {}) == {"n": 2}


def test_a_transaction_that_never_was_cannot_be_rolled_back(client: datastore.Client) -> None:
    with pytest.raises(InvalidArgument, match="Invalid transaction"):
        rollback(client, b"never begun")


def test_a_transaction_can_begin_with_its_first_read(client: datastore.Client, embedded: None) -> None:
    key = put(client, "Photo", "a", n=1)

    with client.transaction(begin_later=True) as transaction:
        found = client.get(key)
        assert transaction.id
        assert found is not None
        found["n"] = 2
        transaction.put(found)

    assert dict(client.get(key) or {}) == {"n": 2}


def test_a_retry_may_name_the_transaction_it_repeats(client: datastore.Client) -> None:
    first = begin(client)

    second = begin(client, read_write={"previous_transaction": first})

    assert second
    assert second != first


@pytest.mark.parametrize(("seconds", "steps"), [(61.0, 1), (50.0, 6)], ids=["idle", "too long"])
def test_transactions_expire(seconds: float, steps: int, tmp_path: Path) -> None:
    now = [0.0]
    transactions = Transactions(clock=lambda: now[0])
    name = transactions.begin(read_only=False)

    def wait() -> None:
        for _ in range(steps):
            now[0] += seconds
            transactions.get(name)

    with pytest.raises(DatastoreError, match="expired"):
        wait()


def test_a_transaction_in_use_lives_on() -> None:
    now = [0.0]
    transactions = Transactions(clock=lambda: now[0])
    name = transactions.begin(read_only=False)

    for _ in range(5):
        now[0] += 50.0
        transactions.get(name)

    assert transactions.end(name)
