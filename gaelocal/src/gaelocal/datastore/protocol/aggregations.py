"""count, sum and avg over the rows of a query."""

from collections.abc import Callable
from typing import Any

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.protocol.results import Read
from gaelocal.datastore.state.rows import Row
from gaelocal.protobuf.datastore_pb2 import Entity, Value

MOST_AGGREGATIONS = 5
_FITS = 1 << 63
_NULL = Value(null_value="NULL_VALUE")


def aggregated(wanted: Any) -> tuple[str, ...]:
    """Give the properties that are summed or averaged: only entities that have them are counted."""
    both = [(one.WhichOneof("operator"), one) for one in wanted]
    names = [getattr(one, operator).property.name for operator, one in both if operator in ("sum", "avg")]
    return tuple(dict.fromkeys(names))


def aggregate(wanted: Any, rows: list[Row], read: Read, result: Any) -> None:
    """Fill one AggregationResult.

    Raises:
        DatastoreError: INVALID_ARGUMENT where an aggregation is missing or two carry one alias.
    """
    if not 0 < len(wanted) <= MOST_AGGREGATIONS:
        raise invalid_argument(f"An aggregation query needs 1 to {MOST_AGGREGATIONS} aggregations.")
    for number, one in enumerate(wanted, 1):
        alias = one.alias or f"property_{number}"
        if alias in result.aggregate_properties:
            raise invalid_argument(f"The alias {alias} stands twice in the aggregation query.")
        operator = _OPERATORS.get(one.WhichOneof("operator") or "")
        if operator is None:
            raise invalid_argument("An aggregation is missing its operator.")
        result.aggregate_properties[alias].CopyFrom(operator(one, rows, read))


def _count(one: Any, rows: list[Row], _read: Read) -> Any:
    most = one.count.up_to.value if one.count.HasField("up_to") else len(rows)
    return Value(integer_value=min(most, len(rows)))


def _sum(one: Any, rows: list[Row], read: Read) -> Any:
    return _written(sum(_numbers(one.sum.property.name, rows, read)))


def _average(one: Any, rows: list[Row], read: Read) -> Any:
    numbers = _numbers(one.avg.property.name, rows, read)
    return Value(double_value=sum(numbers) / len(numbers)) if numbers else _NULL


def _written(total: float) -> Any:
    if isinstance(total, int) and -_FITS <= total < _FITS:
        return Value(integer_value=total)
    return Value(double_value=float(total))


def _numbers(name: str, rows: list[Row], read: Read) -> list[int | float]:
    found = (_number(name, read(row.key)) for row in rows)
    return [number for number in found if number is not None]


def _number(name: str, stored: Any) -> int | float | None:
    properties = Entity.FromString(stored.body).properties if stored else {}
    if name not in properties or properties[name].exclude_from_indexes:
        return None
    kind = properties[name].WhichOneof("value_type")
    return getattr(properties[name], kind) if kind in ("integer_value", "double_value") else None


_OPERATORS: dict[str, Callable[[Any, list[Row], Read], Any]] = {"count": _count, "sum": _sum, "avg": _average}
