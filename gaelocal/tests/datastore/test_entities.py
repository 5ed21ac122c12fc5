"""Putting, getting and deleting entities."""

import datetime

import pytest
from google.api_core.exceptions import AlreadyExists, InvalidArgument, NotFound
from google.cloud import datastore
from google.cloud.datastore.helpers import GeoPoint
from tests.datastore.conftest import Connect
from tests.datastore.entities import commit, delete, entity, insert, names, put, update, upsert


def test_every_type_of_value_comes_back_as_it_was_put(client: datastore.Client) -> None:
    inner = datastore.Entity(client.key("Inner", 7), exclude_from_indexes=("hidden",))
    inner.update(hidden="x", shown=2)
    wanted = {
        "none": None, "yes": True, "small": -(2**63), "large": 2**63 - 1, "pi": 3.14,
        "text": "söa\x00\x01", "raw": b"\x00\xff", "where": GeoPoint(1.5, -2.5),
        "when": datetime.datetime(2026, 11, 20, 9, 31, 0, 123456, tzinfo=datetime.UTC),
        "who": client.key("User", "ana", "Photo", 3), "inner": inner, "many": [1, "two", None], "empty": [],
    }  # fmt: skip
    key = put(client, "Photo", "a", **wanted)

    found = client.get(key)

    assert found is not None
    assert dict(found) == wanted
    assert found["inner"].exclude_from_indexes == {"hidden"}
    assert found.exclude_from_indexes == set()


def test_unindexed_properties_stay_unindexed(client: datastore.Client) -> None:
    key = put(client, "Photo", "a", note="x" * 2_000)

    found = client.get(key)

    assert found is not None
    assert found.exclude_from_indexes == {"note"}


def test_a_missing_entity_is_missing(client: datastore.Client) -> None:
    put(client, "Photo", "a")
    missing: list[datastore.Entity] = []

    found = client.get_multi([client.key("Photo", "b"), client.key("Photo", "a")], missing=missing)

    assert (names(found), names(missing)) == (["a"], ["b"])


def test_a_deleted_entity_is_gone_and_may_be_deleted_again(client: datastore.Client) -> None:
    key = put(client, "Photo", "a")

    client.delete(key)
    client.delete(key)

    assert client.get(key) is None


def test_a_second_put_replaces_the_first(client: datastore.Client) -> None:
    put(client, "Photo", "a", old=1)

    key = put(client, "Photo", "a", new=2)

    assert dict(client.get(key) or {}) == {"new": 2}


def test_an_insert_of_what_is_there_is_refused(client: datastore.Client) -> None:
    key = put(client, "Photo", "a", n=1)

    with pytest.raises(AlreadyExists, match="entity already exists"):
        commit(client, insert(key, n=2))

    assert dict(client.get(key) or {}) == {"n": 1}


def test_an_update_of_what_is_not_there_is_refused(client: datastore.Client) -> None:
    with pytest.raises(NotFound, match="no entity to update"):
        commit(client, update(client.key("Photo", "a")))


def test_a_refused_commit_leaves_nothing_behind(client: datastore.Client, embedded: None) -> None:
    with pytest.raises(NotFound):
        commit(client, insert(client.key("New", 1)), update(client.key("Photo", "a")))

    assert client.get(client.key("New", 1)) is None
    assert list(client.query(kind="New").fetch()) == []


def test_ids_are_given_to_incomplete_keys_and_never_twice(client: datastore.Client) -> None:
    made = [entity(client.key("User", "ana", "Photo")) for _ in range(50)]

    client.put_multi(made)
    client.delete_multi([one.key for one in made])
    allocated = client.allocate_ids(client.key("Photo"), 50)

    assert len({key.id for key in [*(one.key for one in made), *allocated]}) == 100
    assert all(key.id > 0 for key in allocated)


def test_namespaces_do_not_see_each_other(connect: Connect) -> None:
    one, other = connect(), connect()
    put(one, "Photo", "a")

    assert other.get(other.key("Photo", "a")) is None
    assert names(other.query(kind="Photo").fetch()) == []
    assert names(one.query(kind="Photo").fetch()) == ["a"]


def test_projects_and_databases_do_not_see_each_other(connect: Connect, embedded: None) -> None:
    clients = [
        connect(namespace="same", project=p, database=d) for p, d in [("p", ""), ("q", ""), ("p", "second")]
    ]
    put(clients[0], "Photo", "a")

    assert [names(client.query(kind="Photo").fetch()) for client in clients] == [["a"], [], []]


def test_a_key_of_another_project_is_refused(connect: Connect) -> None:
    client, other = connect(), connect(project="other")

    with pytest.raises(InvalidArgument, match="mismatched databases"):
        client._datastore_api.lookup(
            request={"project_id": client.project, "keys": [other.key("Photo", 1).to_protobuf()]}
        )


@pytest.mark.parametrize("value", ["x" * 1_501, "é" * 751, b"x" * 1_501])
def test_a_long_value_must_not_be_indexed(client: datastore.Client, value: str | bytes) -> None:
    with pytest.raises(InvalidArgument, match='The value of property "caption" is longer than 1500 bytes'):
        put(client, "Photo", "a", caption=value)

    put(client, "Photo", "a", note=value)
    put(client, "Photo", "b", caption=value[: 1_500 // 2])


def test_a_value_of_exactly_1500_bytes_is_indexed(client: datastore.Client) -> None:
    put(client, "Photo", "a", caption="x" * 1_500)

    assert names(client.query(kind="Photo", order=["caption"]).fetch()) == ["a"]


def test_an_entity_over_one_mebibyte_is_refused(client: datastore.Client, embedded: None) -> None:
    with pytest.raises(InvalidArgument, match="entity is too big"):
        put(client, "Photo", "a", note=b"x" * (1 << 20))

    put(client, "Photo", "a", note=b"x" * 1_000_000)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (("Photo", "n" * 1_501), "key path element name is longer than 1500 bytes"),
        (("K" * 1_501, 1), "kind is longer than 1500 bytes"),
        (("__kind__", 1), 'kind "__kind__" is reserved'),
        (("Photo", "__n__"), 'name "__n__" is reserved'),
    ],
)
def test_a_key_google_refuses_is_refused(client: datastore.Client, path: tuple[str, int], words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        put(client, *path)


def test_an_incomplete_key_can_be_neither_looked_up_nor_updated(client: datastore.Client) -> None:
    key = client.key("Photo")
    request = {"project_id": client.project, "keys": [key.to_protobuf()]}

    with pytest.raises(InvalidArgument, match="must not be incomplete"):
        client._datastore_api.lookup(request=request)
    with pytest.raises(InvalidArgument, match="must not be incomplete"):
        commit(client, update(key))
    with pytest.raises(InvalidArgument, match="must not be incomplete"):
        commit(client, delete(key))


def test_lookups_are_bounded_and_large_commits_pass(client: datastore.Client, embedded: None) -> None:
    keys = [client.key("Photo", number + 1) for number in range(1_001)]

    with pytest.raises(InvalidArgument, match="1000 keys"):
        client._datastore_api.lookup(
            request={"project_id": client.project, "keys": [key.to_protobuf() for key in keys]}
        )

    assert commit(client, *map(upsert, keys[:501])).index_updates == 501


def test_one_entity_twice_in_a_plain_commit_is_refused(client: datastore.Client) -> None:
    key = client.key("Photo", 1)

    with pytest.raises(InvalidArgument, match="multiple mutations affecting the same entity"):
        commit(client, upsert(key), upsert(key))


def test_large_messages_pass(client: datastore.Client, embedded: None) -> None:
    keys = [client.key("Big", number + 1) for number in range(8)]
    client.put_multi([entity(key, note=b"x" * 900_000) for key in keys])

    assert len(client.get_multi(keys)) == 8
    assert len(list(client.query(kind="Big").fetch())) == 8
