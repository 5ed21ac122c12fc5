"""Entities, keys, requests and queries that Google's Datastore refuses."""

from typing import Any

import pytest
from google.api_core.exceptions import GoogleAPICallError, InvalidArgument
from google.cloud import datastore
from google.cloud.datastore_v1 import types
from tests.datastore.entities import commit, put, run

ONE = {"integer_value": 1}


def array(*values: Any) -> dict[str, Any]:
    return {"array_value": {"values": list(values)}}


def with_value(client: datastore.Client, value: Any) -> types.Mutation:
    key = client.key("Photo", "a").to_protobuf()
    return types.Mutation({"upsert": {"key": key, "properties": {"p": value}}})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"key_value": {"path": [{"kind": "A"}]}}, "must not be incomplete"),
        ({"timestamp_value": {"seconds": 253402300800}}, "Timestamp seconds"),
        ({"timestamp_value": {"seconds": -62135596801}}, "Timestamp seconds"),
        ({"timestamp_value": {"nanos": -1}}, "Timestamp nanos"),
        ({"geo_point_value": {"latitude": 91}}, "latitude"),
        ({"geo_point_value": {"longitude": -181}}, "longitude"),
        ({"geo_point_value": {"latitude": float("nan")}}, "not a number"),
        ({**array(ONE), "exclude_from_indexes": True}, "Exclude from indexes"),
        ({**array(ONE), "meaning": 14}, "meaning"),
        (array(array(ONE)), "another list_value"),
        ({}, "does not contain a value"),
    ],
)
def test_values_out_of_range(client: datastore.Client, value: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        commit(client, with_value(client, value))


@pytest.mark.parametrize(("depth", "is_refused"), [(20, False), (21, True)])
def test_embedded_entities_nest_20_deep(client: datastore.Client, depth: int, is_refused: bool) -> None:
    value: dict[str, Any] = ONE
    for _ in range(depth):
        value = {"entity_value": {"properties": {"e": value}}}

    def write() -> None:
        commit(client, with_value(client, value))

    if is_refused:
        with pytest.raises(InvalidArgument, match="At most 20 nested"):
            write()
    else:
        write()


def test_timestamps_are_cut_to_microseconds(client: datastore.Client) -> None:
    mutation = with_value(client, {"timestamp_value": {"seconds": 5, "nanos": 123_456_789}})

    commit(client, mutation)

    found = client._datastore_api.lookup(
        request={"project_id": client.project, "keys": [client.key("Photo", "a").to_protobuf()]}
    ).found[0]
    assert types.Entity.pb(found.entity).properties["p"].timestamp_value.nanos == 123_456_000


def test_an_entity_has_fewer_than_20000_index_entries(client: datastore.Client, embedded: None) -> None:
    many = array(*({"integer_value": number} for number in range(20_000)))

    with pytest.raises(InvalidArgument, match="Too many indexed properties"):
        commit(client, with_value(client, many))


def test_a_request_has_at_most_10_mebibytes(client: datastore.Client) -> None:
    text = {"string_value": "x" * 1_000_000, "exclude_from_indexes": True}
    mutations = [
        types.Mutation(
            {"upsert": {"key": client.key("Photo", n + 1).to_protobuf(), "properties": {"p": text}}}
        )
        for n in range(11)
    ]

    with pytest.raises(GoogleAPICallError):
        commit(client, *mutations)


@pytest.mark.parametrize(
    ("partition", "element", "message"),
    [
        ({"namespace_id": "a b"}, {"id": 1}, "Illegal string"),
        ({"namespace_id": "é"}, {"id": 1}, "Illegal string"),
        ({"namespace_id": "x" * 101}, {"id": 1}, "Illegal string"),
        ({"namespace_id": "__x__"}, {"id": 1}, "is reserved"),
        ({}, {"id": 0}, "Must not be zero"),
        ({}, {"name": ""}, "empty string"),
    ],
)
def test_keys(
    client: datastore.Client, partition: dict[str, str], element: dict[str, Any], message: str
) -> None:
    key = {"partition_id": {"project_id": client.project, **partition}, "path": [{"kind": "A", **element}]}

    with pytest.raises(InvalidArgument, match=message):
        commit(client, types.Mutation({"upsert": {"key": key}}))


def test_a_negative_base_version(client: datastore.Client) -> None:
    mutation = types.Mutation({"delete": client.key("A", 1).to_protobuf(), "base_version": -5})

    with pytest.raises(InvalidArgument, match="base_version"):
        commit(client, mutation)


def where(name: str, operator: str, value: Any) -> dict[str, Any]:
    return {"property_filter": {"property": {"name": name}, "op": operator, "value": value}}


def both(*filters: Any, op: str = "AND") -> dict[str, Any]:
    return {"composite_filter": {"op": op, "filters": list(filters)}}


def names(*names: str) -> list[dict[str, Any]]:
    return [{"property": {"name": name}} for name in names]


FOREIGN = {
    "key_value": {
        "partition_id": {"project_id": "photo-timeline", "namespace_id": "foreign"},
        "path": [{"kind": "User", "name": "ana"}],
    }
}


@pytest.mark.parametrize(
    "query",
    [
        {"filter": both(where("a", "NOT_IN", array(ONE)), where("b", "IN", array(ONE)))},
        {"filter": both(where("a", "NOT_IN", array(ONE)), where("b", "EQUAL", ONE), op="OR")},
        {"filter": both(where("a", "NOT_EQUAL", ONE), where("b", "NOT_EQUAL", ONE))},
        {"filter": where("a", "NOT_IN", array(*[ONE] * 11))},
        {"filter": where("a", "IN", array(*[ONE] * 31))},
        {"filter": where("a", "IN", array())},
        {"filter": where("a", "EQUAL", {})},
        {"filter": where("a", "EQUAL", {**ONE, "exclude_from_indexes": True})},
        {"filter": where("a", "EQUAL", {"string_value": "x" * 1501})},
        {"filter": where("a" * 1501, "EQUAL", ONE)},
        {"filter": where("a", "HAS_ANCESTOR", FOREIGN)},
        {"filter": where("__key__", "HAS_ANCESTOR", FOREIGN)},
        {"filter": where("__key__", "GREATER_THAN", FOREIGN)},
        {"filter": {"composite_filter": {"filters": [where("a", "EQUAL", ONE)]}}},
        {"projection": names("a", "b"), "distinct_on": [{"name": "b"}], "order": names("a", "b")},
        {"projection": names("a"), "distinct_on": [{"name": "a"}], "order": names("b")},
        {"projection": names("a"), "distinct_on": [{"name": "__key__"}]},
        {"projection": names("a"), "distinct_on": [{"name": "a"}, {"name": "a"}]},
        {"projection": names("a", "a")},
        {"projection": names("")},
        {"order": names("")},
        {"kind": [{"name": ""}]},
        {"kind": [], "order": [{"property": {"name": "__key__"}, "direction": "DESCENDING"}]},
    ],
    ids=str,
)
def test_queries(client: datastore.Client, query: dict[str, Any]) -> None:
    put(client, "Photo", "a", a=1, b=1)

    with pytest.raises(InvalidArgument):
        run(client, **{"kind": [{"name": "Photo"}], **query})


def test_two_ancestors(client: datastore.Client) -> None:
    ana, ben = ({"key_value": client.key("User", name).to_protobuf()} for name in ("ana", "ben"))
    one, other = (where("__key__", "HAS_ANCESTOR", ancestor) for ancestor in (ana, ben))

    for query in (both(one, other), both(one, where("a", "EQUAL", ONE), op="OR")):
        with pytest.raises(InvalidArgument, match="common and unique ancestor"):
            run(client, kind=[{"name": "Photo"}], filter=query)
