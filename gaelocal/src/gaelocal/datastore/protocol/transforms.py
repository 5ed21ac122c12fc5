"""Property transforms: values that the server computes from the stored entity when it commits."""

import math
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.protocol.property_paths import (
    PropertyPath,
    check_not_reserved,
    embedded_for_writing,
    parse_path,
)
from gaelocal.protobuf.datastore_pb2 import PropertyTransform, Value

_MOST, _LEAST = (1 << 63) - 1, -(1 << 63)
_NUMERIC = ("increment", "maximum", "minimum")
_NUMBERS = ("integer_value", "double_value")
_NULL = Value(null_value="NULL_VALUE")

Apply = Callable[[Any, Any, int], Any]


def check_transform(wanted: Any) -> None:
    """Refuse a transform that can apply to no entity.

    Raises:
        DatastoreError: INVALID_ARGUMENT.
    """
    check_not_reserved(parse_path(wanted.property))
    kind = wanted.WhichOneof("transform_type")
    if kind is None:
        raise invalid_argument("Operation type must be specified for field transformation.")
    if kind == "set_to_server_value" and wanted.set_to_server_value != PropertyTransform.REQUEST_TIME:
        raise invalid_argument("ServerValue type must be specified for set_to_server_value transformation.")
    if kind in _NUMERIC and getattr(wanted, kind).WhichOneof("value_type") not in _NUMBERS:
        raise invalid_argument("Input must be int64 or double.")


def transform(entity: Any, wanted: Any, version: int) -> Any:
    """Change one property of the entity in place and return the transform's result."""
    path = parse_path(wanted.property)
    value = _value_at(entity, path)
    return _TRANSFORMS[wanted.WhichOneof("transform_type")](value, wanted, version)


def _value_at(entity: Any, path: PropertyPath) -> Any:
    for name in path[:-1]:
        entity = embedded_for_writing(entity, name)
    return entity.properties[path[-1]]


def _set_to_server_value(value: Any, _wanted: Any, version: int) -> Any:
    seconds, micros = divmod(version, 1_000_000)
    made = Value()
    made.timestamp_value.seconds, made.timestamp_value.nanos = seconds, micros // 1_000 * 1_000_000
    return _set(value, made)


def _increment(value: Any, wanted: Any, _version: int) -> Any:
    total = (_number(value) or 0) + (_number(wanted.increment) or 0)
    if isinstance(total, int):
        return _set(value, Value(integer_value=max(_LEAST, min(_MOST, total))))
    return _set(value, Value(double_value=total))


def _maximum(value: Any, wanted: Any, _version: int) -> Any:
    return _choose(value, wanted.maximum, lambda new, old: new > old)


def _minimum(value: Any, wanted: Any, _version: int) -> Any:
    return _choose(value, wanted.minimum, lambda new, old: new < old)


def _choose(value: Any, other: Any, is_better: Callable[[float, float], bool]) -> Any:
    """Keep the stored number where both are equivalent; NaN wins over any number."""
    old, new = _number(value), _number(other)
    assert new is not None  # noqa: S101 - check_transform has seen to it
    if old is None or (not math.isnan(old) and (math.isnan(new) or is_better(new, old))):
        return _set(value, other)
    return _plain(value)


def _append(value: Any, wanted: Any, _version: int) -> Any:
    kept = _elements(value)
    known = {_identity(element) for element in kept}
    for element in wanted.append_missing_elements.values:
        if _identity(element) not in known:
            known.add(_identity(element))
            kept.append(element)
    return _set_elements(value, kept)


def _remove(value: Any, wanted: Any, _version: int) -> Any:
    unwanted = {_identity(element) for element in wanted.remove_all_from_array.values}
    return _set_elements(
        value, [element for element in _elements(value) if _identity(element) not in unwanted]
    )


def _elements(value: Any) -> list[Any]:
    copied = Value()
    copied.CopyFrom(value)
    return list(copied.array_value.values)


def _set_elements(value: Any, elements: Iterable[Any]) -> Any:
    made = Value()
    made.array_value.SetInParent()
    made.array_value.values.extend(elements)
    _set(value, made)
    return _NULL


def _set(value: Any, new: Any) -> Any:
    """Replace the value but not whether it is indexed."""
    excluded = value.exclude_from_indexes or new.exclude_from_indexes
    value.CopyFrom(new)
    value.exclude_from_indexes = excluded
    return _plain(value)


def _plain(value: Any) -> Any:
    result = Value()
    result.CopyFrom(value)
    result.exclude_from_indexes = False
    return result


def _number(value: Any) -> int | float | None:
    kind = value.WhichOneof("value_type")
    return getattr(value, kind) if kind in _NUMBERS else None


def _identity(value: Any) -> Hashable:
    """Return what is the same for equivalent values: 1 and 1.0, both zeros, any two NaN."""
    kind = value.WhichOneof("value_type") or "null_value"
    if kind in _NUMBERS:
        number = getattr(value, kind)
        return "number", "NaN" if math.isnan(number) else number
    if kind == "array_value":
        return kind, tuple(_identity(element) for element in value.array_value.values)
    if kind == "entity_value":
        properties = value.entity_value.properties.items()
        key = value.entity_value.key.SerializeToString(deterministic=True)
        return kind, key, frozenset((name, _identity(inner)) for name, inner in properties)
    content = getattr(value, kind)
    return kind, content.SerializeToString(deterministic=True) if hasattr(
        content, "SerializeToString"
    ) else content


_TRANSFORMS: dict[str | None, Apply] = {
    "set_to_server_value": _set_to_server_value,
    "increment": _increment,
    "maximum": _maximum,
    "minimum": _minimum,
    "append_missing_elements": _append,
    "remove_all_from_array": _remove,
}
