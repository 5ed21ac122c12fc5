"""Property transforms: what the server computes from the stored value when it commits."""

from typing import Any

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.state.values import encode_value
from gaelocal.protobuf.datastore_pb2 import Value

_MOST, _LEAST = (1 << 63) - 1, -(1 << 63)
_NUMBERS = ("integer_value", "double_value")


def transform(entity: Any, wanted: Any, version: int) -> Any:
    """Change one property of the entity in place; give the resulting value."""
    kind = wanted.WhichOneof("transform_type")
    value = entity.properties[wanted.property]
    if kind == "set_to_server_value":
        value.timestamp_value.seconds, micros = divmod(version, 1_000_000)
        value.timestamp_value.nanos = micros * 1_000
    elif kind == "increment":
        _increment(value, _number(wanted.increment))
    elif kind in ("maximum", "minimum"):
        _choose(value, getattr(wanted, kind), largest=kind == "maximum")
    elif kind == "append_missing_elements":
        _append(value, wanted.append_missing_elements.values)
    elif kind == "remove_all_from_array":
        _remove(value, wanted.remove_all_from_array.values)
    else:
        raise invalid_argument("property transform is missing its type")
    return value


def _increment(value: Any, amount: float) -> None:
    if value.WhichOneof("value_type") not in _NUMBERS:
        value.integer_value = 0
    total = _number(value) + amount
    if isinstance(total, int):
        value.integer_value = max(_LEAST, min(_MOST, total))
    else:
        value.double_value = total


def _choose(value: Any, other: Any, largest: bool) -> None:
    wanted, is_number = _number(other), value.WhichOneof("value_type") in _NUMBERS
    if not is_number or wanted == (max if largest else min)(wanted, _number(value)):
        value.CopyFrom(other)


def _append(value: Any, elements: Any) -> None:
    known = {_identity(element) for element in value.array_value.values}
    value.array_value.SetInParent()
    for element in elements:
        if _identity(element) not in known:
            known.add(_identity(element))
            value.array_value.values.append(element)


def _remove(value: Any, elements: Any) -> None:
    unwanted = {_identity(element) for element in elements}
    kept = [element for element in value.array_value.values if _identity(element) not in unwanted]
    remaining = Value()
    remaining.array_value.SetInParent()
    remaining.array_value.values.extend(kept)
    value.CopyFrom(remaining)


def _identity(element: Any) -> bytes:
    encoded = encode_value(element)
    return encoded if encoded is not None else bytes(element.SerializeToString(deterministic=True))


def _number(value: Any) -> int | float:
    kind = value.WhichOneof("value_type")
    if kind not in _NUMBERS:
        raise invalid_argument("a numeric property transform needs an integer or a double")
    number: int | float = getattr(value, kind)
    return number
