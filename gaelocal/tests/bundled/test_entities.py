"""Entities of datastore_v3 survive the way into the local Datastore and back."""

from typing import Any

import pytest

from gaelocal.bundled.datastore.entities import to_entity, to_entity_proto
from gaelocal.protobuf.bundled_entity_pb2 import EntityProto, Property

APP = "s~demo"


def an_entity(name_space: str = "") -> EntityProto:
    proto = EntityProto(key={"app": APP}, entity_group={})
    if name_space:
        proto.key.name_space = name_space
    proto.key.path.element.add(type="Parent", name="p")
    proto.key.path.element.add(type="Kind", id=7)
    proto.entity_group.element.add(type="Parent", name="p")
    return proto


def and_back(proto: EntityProto) -> EntityProto:
    return to_entity_proto(to_entity(proto), APP)


VALUES: list[tuple[str, dict[str, Any], Any, bool]] = [
    ("integer", {"int64Value": -3}, None, True),
    ("moment", {"int64Value": 1_600_000_000_123_456}, Property.GD_WHEN, True),
    ("flag", {"booleanValue": False}, None, True),
    ("number", {"doubleValue": 1.5}, None, True),
    ("text", {"stringValue": "ä".encode()}, None, True),
    ("long text", {"stringValue": b"x" * 2000}, Property.TEXT, False),
    ("bytes", {"stringValue": b"\xff\x00"}, Property.BYTESTRING, True),
    ("blob", {"stringValue": b"\xff\x00"}, Property.BLOB, False),
    ("blob key", {"stringValue": b"key"}, Property.BLOBKEY, True),
    ("point", {"pointvalue": {"x": 1.0, "y": 2.0}}, Property.GEORSS_POINT, True),
    ("nothing", {}, None, True),
    ("empty list", {}, Property.EMPTY_LIST, False),
]


@pytest.mark.parametrize(("_name", "value", "meaning", "is_indexed"), VALUES, ids=[row[0] for row in VALUES])
def test_a_value_survives(_name: str, value: dict[str, Any], meaning: Any, is_indexed: bool) -> None:
    proto = an_entity()
    properties = proto.property if is_indexed else proto.raw_property
    added = properties.add(name="p", multiple=False, value=value)
    if meaning is not None:
        added.meaning = meaning

    assert and_back(proto) == proto


def test_an_embedded_entity_is_stored_as_an_entity() -> None:
    inner = EntityProto(key={"app": APP, "path": {}}, entity_group={})
    inner.property.add(name="city", multiple=False, value={"stringValue": b"Bonn"})
    proto = an_entity()
    content = {"stringValue": inner.SerializePartialToString()}
    proto.raw_property.add(name="p", multiple=False, meaning=Property.ENTITY_PROTO, value=content)

    stored = to_entity(proto).properties["p"].entity_value
    back = EntityProto()
    back.MergeFromString(and_back(proto).raw_property[0].value.stringValue)

    assert stored.properties["city"].string_value == "Bonn"
    assert not stored.HasField("key")
    assert back.property[0] == inner.property[0]
    assert and_back(proto).raw_property[0].meaning == Property.ENTITY_PROTO


def test_a_compressed_blob_keeps_its_sign() -> None:
    proto = an_entity()
    value = {"stringValue": b"\x78\x9c"}
    proto.raw_property.add(name="z", multiple=False, value=value, meaning=Property.BLOB, meaning_uri="ZLIB")

    assert and_back(proto) == proto


def test_a_list_keeps_its_order_and_its_names() -> None:
    proto = an_entity()
    for name in ("address.city", "address.number"):
        for number in (3, 1, 2):
            proto.property.add(name=name, multiple=True, value={"int64Value": number})

    assert and_back(proto) == proto


def test_keys_users_and_namespaces_survive() -> None:
    proto = an_entity("space")
    key = proto.property.add(name="key", multiple=False, value={}).value.referencevalue
    key.app, key.name_space = APP, "space"
    key.pathelement.add(type="Kind", id=9)
    user = proto.property.add(name="user", multiple=False, value={}).value.uservalue
    user.email, user.auth_domain, user.gaiaid, user.obfuscated_gaiaid = "a@x.org", "gmail.com", 0, "12"
    proto.property[-1].meaning = 0
    proto.property[-1].ClearField("meaning")

    assert and_back(proto) == proto
