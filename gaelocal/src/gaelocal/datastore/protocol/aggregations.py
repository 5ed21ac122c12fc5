"""count, sum and avg over the index entries of a query."""

import math
from collections.abc import Callable
from typing import Any

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.protocol.scope import is_reserved
from gaelocal.datastore.state.queries import KEY
from gaelocal.datastore.state.totals import Totals
from gaelocal.protobuf.datastore_pb2 import Value

MOST_AGGREGATIONS = 5
_FITS = 1 << 63
_NULL = Value(null_value="NULL_VALUE")


def check_aggregations(wanted: Any) -> None:
    """Refuse aggregations that cannot be computed.

    Raises:
        DatastoreError: INVALID_ARGUMENT, in Google's words.
    """
    if not wanted:
        raise invalid_argument("Aggregations can not be empty.")
    if len(wanted) > MOST_AGGREGATIONS:
        raise invalid_argument(
            "The maximum number of aggregations allowed in an aggregation query is "
            f"{MOST_AGGREGATIONS}. Received: {len(wanted)}"
        )
    aliases: set[str] = set()
    for one in wanted:
        _check(one)
        if one.alias and one.alias in aliases:
            raise invalid_argument(f"Aggregation aliases contain duplicate alias: {one.alias}.")
        aliases.add(one.alias)


def _check(one: Any) -> None:
    if one.WhichOneof("operator") is None:
        raise invalid_argument("Operator field in Aggregation is not set.")
    if is_reserved(one.alias):
        raise invalid_argument(f'The property.name "{one.alias}" is reserved.')
    name = _property(one)
    if name == "":
        raise invalid_argument("The property.name is the empty string.")
    if name == KEY:
        raise invalid_argument("Aggregations are not supported for the property: __key__")
    if one.WhichOneof("operator") == "count" and one.count.up_to.value < 0:
        raise invalid_argument("The up_to of a count must not be negative.")


def aggregated(wanted: Any) -> tuple[str, ...]:
    """Return the properties that are summed or averaged: only entities that have them are counted."""
    names = [_property(one) for one in wanted]
    return tuple(dict.fromkeys(name for name in names if name is not None))


def fill_result(wanted: Any, totals: Totals, result: Any) -> None:
    """Fill one AggregationResult; aggregations without an alias are numbered."""
    taken = {one.alias for one in wanted}
    numbers = (f"property_{number}" for number in range(1, 2 * MOST_AGGREGATIONS))
    free = (name for name in numbers if name not in taken)
    for one in wanted:
        operator = _OPERATORS[one.WhichOneof("operator")]
        result.aggregate_properties[one.alias or next(free)].CopyFrom(operator(one, totals))


def _property(one: Any) -> str | None:
    operator = one.WhichOneof("operator")
    name: str | None = getattr(one, operator).property.name if operator in ("sum", "avg") else None
    return name


def _count(one: Any, totals: Totals) -> Any:
    most = one.count.up_to.value if one.count.HasField("up_to") else totals.count
    return Value(integer_value=min(most, totals.count))


def _sum(one: Any, totals: Totals) -> Any:
    total = totals.sums[one.sum.property.name].total
    if isinstance(total, int) and -_FITS <= total < _FITS:
        return Value(integer_value=total)
    return Value(double_value=_as_double(total))


def _average(one: Any, totals: Totals) -> Any:
    found = totals.sums[one.avg.property.name]
    return Value(double_value=_as_double(found.total) / found.numbers) if found.numbers else _NULL


def _as_double(total: float) -> float:
    try:
        return float(total)
    except OverflowError:
        return math.inf if total > 0 else -math.inf


_OPERATORS: dict[str, Callable[[Any, Totals], Any]] = {"count": _count, "sum": _sum, "avg": _average}
