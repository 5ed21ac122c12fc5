"""Values of datastore_v3 as values of `google.datastore.v1`, and back.

datastore_v3 has few types and tells the others by a `meaning`: a moment is an integer with GD_WHEN.
"""

from collections.abc import Callable
from typing import Any

from gaelocal.bundled.datastore.keys import key_of_value, set_reference_value
from gaelocal.protobuf.bundled_entity_pb2 import Property, PropertyValue
from gaelocal.protobuf.datastore_pb2 import Value

ZLIB = 22
"""The meaning of a compressed blob, which datastore_v3 tells by a `meaning_uri`."""
USER = 20
POINT = 21
BYTES = (Property.BLOB, Property.BYTESTRING, Property.ENTITY_PROTO)
TOLD_BY_TYPE = frozenset(
    (
        *(Property.GD_WHEN, Property.INDEX_VALUE, Property.BLOB, Property.BYTESTRING, Property.TEXT),
        *(Property.GEORSS_POINT, Property.EMPTY_LIST),
    )
)
"""Meanings that type and index of a value tell in Cloud Datastore, whose emulators refuse them."""
BY_MEANING_URI = "ZLIB"


def to_value(source: Any, *, is_indexed: bool) -> Value:
    """Convert the value of a Property."""
    value = _typed(source.value, source.meaning)
    if source.meaning_uri == BY_MEANING_URI:
        value.meaning = ZLIB
    elif source.meaning and source.meaning not in TOLD_BY_TYPE:
        value.meaning = source.meaning
    value.exclude_from_indexes = not is_indexed
    return value


def _typed(source: PropertyValue, meaning: int) -> Value:
    kind = next((name for name in TO_VALUE if source.HasField(name)), None)
    if kind:
        return TO_VALUE[kind](getattr(source, kind), meaning)
    if meaning == Property.EMPTY_LIST:
        return Value(array_value={})
    return Value(null_value="NULL_VALUE")


def _integer(number: int, meaning: int) -> Value:
    if meaning != Property.GD_WHEN:
        return Value(integer_value=number)
    value = Value()
    value.timestamp_value.FromMicroseconds(number)
    return value


def _bytes_or_text(content: bytes, meaning: int) -> Value:
    if meaning in BYTES:
        return Value(blob_value=content)
    try:
        return Value(string_value=content.decode())
    except UnicodeDecodeError:
        return Value(blob_value=content)


def _user(user: Any, _meaning: int) -> Value:
    value = Value(meaning=USER)
    for name, text in (
        ("email", user.email),
        ("auth_domain", user.auth_domain),
        ("user_id", user.obfuscated_gaiaid),
    ):
        value.entity_value.properties[name].string_value = text
        value.entity_value.properties[name].exclude_from_indexes = True
    return value


TO_VALUE: dict[str, Callable[[Any, int], Value]] = {
    "int64Value": _integer,
    "booleanValue": lambda flag, _: Value(boolean_value=flag),
    "doubleValue": lambda number, _: Value(double_value=number),
    "stringValue": _bytes_or_text,
    "referencevalue": lambda key, _: Value(key_value=key_of_value(key)),
    "pointvalue": lambda point, _: Value(geo_point_value={"latitude": point.x, "longitude": point.y}),
    "uservalue": _user,
}


def fill_property(target: Any, value: Value, app: str) -> None:
    """Fill the value and the meaning of a Property."""
    if value.meaning == ZLIB:
        target.meaning, target.meaning_uri = Property.BLOB, BY_MEANING_URI
    elif value.meaning and value.meaning in Property.Meaning.values():
        target.meaning = value.meaning
    kind = value.WhichOneof("value_type")
    if kind == "key_value":
        set_reference_value(target.value.referencevalue, value.key_value, app)
    elif kind in FILL:
        FILL[kind](target, value)


def _fill_moment(target: Any, value: Value) -> None:
    target.value.int64Value = value.timestamp_value.ToMicroseconds()
    target.meaning = Property.GD_WHEN


def _fill_text(target: Any, value: Value) -> None:
    target.value.stringValue = value.string_value.encode()
    if value.exclude_from_indexes and not target.meaning:
        target.meaning = Property.TEXT


def _fill_bytes(target: Any, value: Value) -> None:
    target.value.stringValue = value.blob_value
    if not target.meaning:
        target.meaning = Property.BLOB if value.exclude_from_indexes else Property.BYTESTRING


def _fill_point(target: Any, value: Value) -> None:
    point = target.value.pointvalue
    point.x, point.y = value.geo_point_value.latitude, value.geo_point_value.longitude
    target.meaning = Property.GEORSS_POINT


def _fill_user(target: Any, value: Value) -> None:
    user, entity = target.value.uservalue, value.entity_value
    user.email = entity.properties["email"].string_value
    user.auth_domain = entity.properties["auth_domain"].string_value
    user.gaiaid = 0
    if user_id := entity.properties["user_id"].string_value:
        user.obfuscated_gaiaid = user_id


def _setter(name: str, kind: str) -> Callable[[Any, Value], None]:
    return lambda target, value: setattr(target.value, name, getattr(value, kind))


FILL: dict[str, Callable[[Any, Value], None]] = {
    "integer_value": _setter("int64Value", "integer_value"),
    "boolean_value": _setter("booleanValue", "boolean_value"),
    "double_value": _setter("doubleValue", "double_value"),
    "timestamp_value": _fill_moment,
    "string_value": _fill_text,
    "blob_value": _fill_bytes,
    "geo_point_value": _fill_point,
    "entity_value": _fill_user,
}
