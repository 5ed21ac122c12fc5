"""Mutations with a base version, a property mask or transforms."""

from datetime import timedelta
from typing import Any

import pytest
from google.api_core.exceptions import FailedPrecondition, InvalidArgument
from google.cloud import datastore
from google.cloud.datastore_v1 import types
from tests.datastore.entities import begin, commit, delete, put, upsert

ONE, SEVEN = {"integer_value": 1}, {"integer_value": 7}

pytestmark = pytest.mark.usefixtures("embedded")


def version_of(client: datastore.Client, key: datastore.Key) -> int:
    request = {"project_id": client.project, "keys": [key.to_protobuf()]}
    return int(client._datastore_api.lookup(request=request).found[0].version)


def changed(mutation: types.Mutation, **fields: Any) -> types.Mutation:
    for name, value in fields.items():
        setattr(mutation, name, value)
    return mutation


def test_a_write_with_an_older_base_version_conflicts(client: datastore.Client) -> None:
    key = put(client, "Photo", "a", n=1)
    version = version_of(client, key)

    first = commit(client, changed(upsert(key, n=2), base_version=version)).mutation_results[0]
    second = commit(client, changed(upsert(key, n=3), base_version=version)).mutation_results[0]

    assert (first.conflict_detected, second.conflict_detected) == (False, True)
    assert second.version == first.version
    assert dict(client.get(key) or {}) == {"n": 2}


def test_a_change_on_an_older_version_can_fail_instead(client: datastore.Client) -> None:
    key = put(client, "Photo", "a", n=1)
    fail = types.Mutation.ConflictResolutionStrategy.FAIL

    with pytest.raises(FailedPrecondition, match="does not match the required base version"):
        commit(client, changed(upsert(key, n=3), base_version=1, conflict_resolution_strategy=fail))


def test_versions_increase_and_times_are_returned(client: datastore.Client) -> None:
    key = client.key("Photo", "a")

    first = commit(client, upsert(key, n=1)).mutation_results[0]
    second = commit(client, upsert(key, n=2)).mutation_results[0]

    assert first.version < second.version == version_of(client, key)
    assert first.create_time == second.create_time < second.update_time


def test_a_mask_changes_only_what_it_names(client: datastore.Client) -> None:
    key = put(client, "Photo", "a", caption="old", likes=1, gone=True)
    mask = types.PropertyMask(paths=["caption", "gone"])

    commit(client, changed(upsert(key, caption="new", likes=9), property_mask=mask))

    assert dict(client.get(key) or {}) == {"caption": "new", "likes": 1}


def test_a_mask_limits_what_is_read(client: datastore.Client) -> None:
    key = put(client, "Photo", "a", caption="x", likes=1)
    request = {
        "project_id": client.project,
        "keys": [key.to_protobuf()],
        "property_mask": {"paths": ["likes"]},
    }

    found = client._datastore_api.lookup(request=request).found[0].entity

    assert list(found.properties) == ["likes"]


@pytest.mark.parametrize(
    ("transform", "expected"),
    [
        ({"property": "n", "increment": {"integer_value": 2}}, 5),
        ({"property": "n", "increment": {"double_value": 0.5}}, 3.5),
        ({"property": "new", "increment": {"integer_value": 2}}, 2),
        ({"property": "n", "increment": {"integer_value": 2**63 - 1}}, 2**63 - 1),
        ({"property": "n", "maximum": {"integer_value": 9}}, 9),
        ({"property": "n", "maximum": {"integer_value": 1}}, 3),
        ({"property": "n", "minimum": {"integer_value": 1}}, 1),
        ({"property": "many", "append_missing_elements": {"values": [ONE, SEVEN]}}, [1, 2, 7]),
        ({"property": "many", "remove_all_from_array": {"values": [ONE]}}, [2]),
    ],
)  # fmt: skip
def test_transforms(client: datastore.Client, transform: dict[str, Any], expected: Any) -> None:
    key = put(client, "Photo", "a", n=3, many=[1, 2])
    wanted = [types.PropertyTransform(transform)]

    commit(client, changed(upsert(key, n=3, many=[1, 2]), property_transforms=wanted))

    assert dict(client.get(key) or {})[transform["property"]] == expected


def test_the_server_puts_its_time(client: datastore.Client) -> None:
    key = client.key("Photo", "a")
    transform = types.PropertyTransform({"property": "at", "set_to_server_value": "REQUEST_TIME"})

    result = commit(client, changed(upsert(key), property_transforms=[transform])).mutation_results[0]

    written = dict(client.get(key) or {})["at"]
    assert timedelta() <= result.update_time - written < timedelta(milliseconds=1)
    assert result.transform_results[0].timestamp_value == written


def test_a_number_cannot_be_added_to_by_text(client: datastore.Client) -> None:
    transform = types.PropertyTransform({"property": "n", "increment": {"string_value": "2"}})

    with pytest.raises(InvalidArgument, match="must be int64 or double"):
        commit(client, changed(upsert(client.key("Photo", "a")), property_transforms=[transform]))


NAN, ZERO, MINUS_ZERO = {"double_value": float("nan")}, {"double_value": 0.0}, {"double_value": -0.0}


@pytest.mark.parametrize(
    ("stored", "transform", "expected"),
    [
        (3, {"maximum": {"double_value": 3.0}}, "3"),
        (3.0, {"minimum": {"integer_value": 3}}, "3.0"),
        (-0.0, {"maximum": ZERO}, "-0.0"),
        (0.0, {"minimum": MINUS_ZERO}, "0.0"),
        (3, {"minimum": NAN}, "nan"),
        (float("nan"), {"maximum": {"integer_value": 3}}, "nan"),
        ("text", {"maximum": ONE}, "1"),
        ([1, 2], {"append_missing_elements": {"values": [{"double_value": 1.0}]}}, "[1, 2]"),
        ([1, 2.0], {"remove_all_from_array": {"values": [{"integer_value": 2}]}}, "[1]"),
        ([float("nan")], {"remove_all_from_array": {"values": [NAN]}}, "[]"),
        ([0.0], {"append_missing_elements": {"values": [MINUS_ZERO, {"integer_value": 0}]}}, "[0.0]"),
    ],
)
def test_equivalent_values_are_one_value(
    client: datastore.Client, stored: Any, transform: dict[str, Any], expected: str
) -> None:
    key = client.key("Photo", "a")
    wanted = [types.PropertyTransform({"property": "n", **transform})]

    commit(client, changed(upsert(key, n=stored), property_transforms=wanted))

    assert repr(dict(client.get(key) or {})["n"]) == expected


@pytest.mark.parametrize("path", ["place.visits", "`place`.visits"])
def test_a_transform_reaches_into_embedded_entities(client: datastore.Client, path: str) -> None:
    place = datastore.Entity()
    place.update(visits=1, city="Lima")
    key = client.key("Photo", "a")
    transform = types.PropertyTransform({"property": path, "increment": ONE})

    result = commit(client, changed(upsert(key, place=place), property_transforms=[transform]))

    found = dict(client.get(key) or {})
    assert list(found) == ["place"]
    assert dict(found["place"]) == {"visits": 2, "city": "Lima"}
    assert result.mutation_results[0].transform_results[0].integer_value == 2


@pytest.mark.parametrize(
    ("transform", "message"),
    [
        ({"property": "", "increment": ONE}, "empty property path"),
        ({"property": "__key__", "increment": ONE}, "__key__"),
        ({"property": "n"}, "Operation type must be specified"),
        ({"property": "n", "set_to_server_value": 0}, "ServerValue type must be specified"),
    ],
)
def test_transforms_that_mean_nothing_are_refused(
    client: datastore.Client, transform: dict[str, Any], message: str
) -> None:
    mutation = changed(
        upsert(client.key("Photo", "a")), property_transforms=[types.PropertyTransform(transform)]
    )

    with pytest.raises(InvalidArgument, match=message):
        commit(client, mutation)


def test_a_delete_takes_no_transforms(client: datastore.Client) -> None:
    transform = types.PropertyTransform({"property": "n", "increment": ONE})

    with pytest.raises(InvalidArgument, match="Delete mutation cannot have"):
        commit(client, changed(delete(client.key("Photo", "a")), property_transforms=[transform]))


def test_masks_reach_into_embedded_entities(client: datastore.Client) -> None:
    place = datastore.Entity()
    place.update(city="Lima", visits=1)
    key = put(client, "Photo", "a", place=place, caption="sea")
    new = datastore.Entity()
    new.update(city="Cusco", visits=9)

    commit(client, changed(upsert(key, place=new), property_mask=types.PropertyMask(paths=["place.city"])))

    found = dict(client.get(key) or {})
    assert (dict(found["place"]), found["caption"]) == ({"city": "Cusco", "visits": 1}, "sea")


def test_only_a_transaction_has_a_commit_time(client: datastore.Client) -> None:
    transaction = begin(client)

    inside = commit(client, upsert(client.key("Photo", "a")), transaction=transaction)
    outside = commit(client, upsert(client.key("Photo", "a")))

    assert ("commit_time" in inside, "commit_time" in outside) == (True, False)
