"""Convert between entities and Datastore's protobuf messages.

The client library's own classes wrap every message and every value twice, which takes more CPU than all the
rest of a page that is not cached.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from google.cloud.datastore_v1 import types
from google.protobuf.struct_pb2 import NULL_VALUE

from timeline.interfaces import Entity, Key, Scan

Message = Any
"""A message of protobuf's own classes, which have no types."""

KeyMessage = types.Key.pb()
Mutation = types.Mutation.pb()
Query = types.Query.pb()
ASCENDING = int(types.PropertyOrder.Direction.ASCENDING)
AND = int(types.CompositeFilter.Operator.AND)
OPERATORS = types.PropertyFilter.Operator
KEY = "__key__"


class Messages:
    """Makes messages for one project."""

    def __init__(self, project: str) -> None:
        self._project = project

    def key(self, key: Key) -> Message:
        message = KeyMessage()
        self._set_key(message, key)
        return message

    def upsert(self, entity: Entity) -> Message:
        mutation = Mutation()
        self._fill(mutation.upsert, entity)
        return mutation

    def insert(self, entity: Entity) -> Message:
        mutation = Mutation()
        self._fill(mutation.insert, entity)
        return mutation

    def update(self, entity: Entity) -> Message:
        mutation = Mutation()
        self._fill(mutation.update, entity)
        return mutation

    def delete(self, key: Key) -> Message:
        mutation = Mutation()
        self._set_key(mutation.delete, key)
        return mutation

    def query(self, scan: Scan) -> Message:
        query = Query()
        if scan.kind:
            query.kind.add(name=scan.kind)
        if scan.keys_only:
            query.projection.add().property.name = KEY
        for name, operator, value in _conditions(scan):
            self._add_filter(query, name, operator, value)
        if scan.equal is None:
            query.order.add(property={"name": scan.by or KEY}, direction=ASCENDING)
        query.limit.value = scan.limit
        return query

    def _add_filter(self, query: Message, name: str, operator: Any, value: Any) -> None:
        query.filter.composite_filter.op = AND
        condition = query.filter.composite_filter.filters.add().property_filter
        condition.property.name, condition.op = name, int(operator)
        if name == KEY:
            self._set_key(condition.value.key_value, value)
        else:
            _set_value(condition.value, value, is_indexed=True)

    def _fill(self, message: Message, entity: Entity) -> None:
        self._set_key(message.key, entity.key)
        for name, value in entity.values.items():
            _set_value(message.properties[name], value, is_indexed=name in entity.indexed)

    def _set_key(self, message: Message, key: Key) -> None:
        message.partition_id.project_id = self._project
        for kind, name in zip(key[::2], key[1::2], strict=True):
            message.path.add(kind=kind, name=name)


def entity_of(message: Message) -> Entity:
    values, indexed = {}, []
    for name, value in message.properties.items():
        values[name] = _value_of(value)
        if _is_indexed(value):
            indexed.append(name)
    return Entity(key_of(message.key), values, frozenset(indexed))


def key_of(message: Message) -> Key:
    return tuple(part for element in message.path for part in (element.kind, element.name or element.id))


def _conditions(scan: Scan) -> Iterator[tuple[str, Any, Any]]:
    by = scan.by or ""
    conditions = (
        (KEY, OPERATORS.HAS_ANCESTOR, scan.parent),
        (KEY, OPERATORS.GREATER_THAN, scan.after),
        (KEY, OPERATORS.LESS_THAN_OR_EQUAL, scan.until),
        (by, OPERATORS.GREATER_THAN, scan.above),
        (by, OPERATORS.LESS_THAN, scan.below),
        (by, OPERATORS.EQUAL, scan.equal),
    )
    return (condition for condition in conditions if condition[2] is not None)


def _set_value(message: Message, value: Any, *, is_indexed: bool) -> None:
    """An array is excluded from indexes by its elements."""
    if isinstance(value, list):
        message.array_value.SetInParent()
        for element in value:
            _set_value(message.array_value.values.add(), element, is_indexed=is_indexed)
        return
    if not is_indexed:
        message.exclude_from_indexes = True
    if isinstance(value, datetime):
        message.timestamp_value.FromDatetime(value)
    elif isinstance(value, dict):
        message.entity_value.SetInParent()
        for name, part in value.items():
            _set_value(message.entity_value.properties[name], part, is_indexed=True)
    else:
        setattr(message, _FIELDS[type(value)], NULL_VALUE if value is None else value)


_FIELDS = {
    str: "string_value",
    bool: "boolean_value",
    int: "integer_value",
    float: "double_value",
    bytes: "blob_value",
    type(None): "null_value",
}


def _value_of(message: Message) -> Any:
    field = message.WhichOneof("value_type")
    if field in _PLAIN_FIELDS:
        return getattr(message, field)
    if field == "timestamp_value":
        moment = message.timestamp_value
        return datetime.fromtimestamp(moment.seconds, UTC).replace(microsecond=moment.nanos // 1_000)
    if field == "array_value":
        return [_value_of(element) for element in message.array_value.values]
    if field == "entity_value":
        return {name: _value_of(part) for name, part in message.entity_value.properties.items()}
    return None


_PLAIN_FIELDS = frozenset(_FIELDS.values()) - {"null_value"}


def _is_indexed(message: Message) -> bool:
    elements = message.array_value.values if message.HasField("array_value") else ()
    return not (elements[0] if elements else message).exclude_from_indexes
