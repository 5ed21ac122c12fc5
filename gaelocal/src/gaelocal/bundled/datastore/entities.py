"""Entities of datastore_v3 as entities of `google.datastore.v1`, and back."""

from typing import Any

from gaelocal.bundled.datastore.keys import to_key, to_reference
from gaelocal.bundled.datastore.values import BY_MEANING_URI, USER, fill_property, to_value
from gaelocal.protobuf.bundled_entity_pb2 import EntityProto, Property
from gaelocal.protobuf.datastore_pb2 import Entity, Key, Value


def to_entity(source: Any) -> Entity:
    """Convert an EntityProto: `property` is indexed, `raw_property` is not."""
    entity = Entity(key=to_key(source.key))
    for properties, is_indexed in ((source.property, True), (source.raw_property, False)):
        for each in properties:
            value = _embedded(each) if _is_embedded(each) else to_value(each, is_indexed=is_indexed)
            if each.multiple:
                entity.properties[each.name].array_value.values.append(value)
            else:
                entity.properties[each.name].CopyFrom(value)
    return entity


def _is_embedded(source: Any) -> bool:
    return bool(
        source.meaning == Property.ENTITY_PROTO
        and source.meaning_uri != BY_MEANING_URI
        and source.value.HasField("stringValue")
    )


def _embedded(source: Any) -> Value:
    """Return a serialized EntityProto as the entity that it is, as other clients store and read it."""
    proto = EntityProto()
    proto.MergeFromString(source.value.stringValue)
    entity = to_entity(proto)
    if not proto.key.path.element:
        entity.ClearField("key")
    return Value(entity_value=entity, exclude_from_indexes=True)


def to_entity_proto(entity: Entity, app: str) -> EntityProto:
    proto = _head(entity.key, app) if entity.HasField("key") else EntityProto(key={}, entity_group={})
    for name, value in sorted(entity.properties.items()):
        _add_property(proto, name, value, app)
    return proto


def to_projection(entity: Entity, app: str) -> EntityProto:
    """Convert the result of a projection: its values are those of an index."""
    proto = _head(entity.key, app)
    for name, value in sorted(entity.properties.items()):
        target = proto.property.add(name=name, multiple=False, value={})
        fill_property(target, value, app)
        target.meaning = Property.INDEX_VALUE
    return proto


def key_only(key: Key, app: str) -> EntityProto:
    return _head(key, app)


def _head(key: Key, app: str) -> EntityProto:
    proto = EntityProto(key=to_reference(key, app), entity_group={})
    proto.entity_group.element.append(proto.key.path.element[0])
    return proto


def _add_property(proto: EntityProto, name: str, value: Value, app: str) -> None:
    kind = value.WhichOneof("value_type")
    if kind == "array_value":
        if not value.array_value.values:
            meaning = Property.EMPTY_LIST
            proto.raw_property.add(name=name, multiple=False, meaning=meaning, value={})
        for element in value.array_value.values:
            _add_single(proto, name, element, app, is_multiple=True)
    else:
        _add_single(proto, name, value, app, is_multiple=False)


def _add_single(proto: EntityProto, name: str, value: Value, app: str, *, is_multiple: bool) -> None:
    is_embedded = value.WhichOneof("value_type") == "entity_value" and value.meaning != USER
    is_raw = value.exclude_from_indexes or is_embedded
    target = (proto.raw_property if is_raw else proto.property).add(name=name, multiple=is_multiple, value={})
    if is_embedded:
        target.meaning = Property.ENTITY_PROTO
        target.value.stringValue = to_entity_proto(value.entity_value, app).SerializePartialToString()
    else:
        fill_property(target, value, app)
