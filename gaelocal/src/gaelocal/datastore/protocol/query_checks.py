"""Refuse queries that Google's Datastore refuses."""

from collections.abc import Iterable, Iterator
from typing import Any

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.protocol.scope import check_length
from gaelocal.datastore.protocol.values import MOST_INDEXED_BYTES, check_content
from gaelocal.datastore.state.queries import KEY
from gaelocal.protobuf.datastore_pb2 import CompositeFilter, PropertyFilter

MOST_IN, MOST_NOT_IN = 30, 10
_LISTS = (PropertyFilter.IN, PropertyFilter.NOT_IN)
_NEGATIVE = (PropertyFilter.NOT_EQUAL, PropertyFilter.NOT_IN)


def check_query(written: Any) -> None:
    """Refuse a query.

    Raises:
        DatastoreError: INVALID_ARGUMENT, in Google's words.
    """
    if len(written.kind) > 1:
        raise invalid_argument("A query may have at most one kind.")
    for kind in written.kind:
        if not kind.name:
            raise invalid_argument("The kind is the empty string.")
    _check_projection(written)
    _check_distinct(written)
    for order in written.order:
        _check_name(order.property.name)
    _check_filters(written.filter)


def _check_name(name: str) -> None:
    if not name:
        raise invalid_argument("The property.name is the empty string.")
    check_length("property.name", name)


def _check_projection(written: Any) -> None:
    names = [one.property.name for one in written.projection]
    for name in names:
        _check_name(name)
    if _repeats(name for name in names if name != KEY):
        raise invalid_argument("Cannot project a property multiple times.")


def _check_distinct(written: Any) -> None:
    names = [one.name for one in written.distinct_on]
    for name in names:
        _check_name(name)
    if KEY in names:
        raise invalid_argument("Group by is not supported for the property: __key__")
    if _repeats(names):
        raise invalid_argument("Cannot group by a property multiple times.")
    missing = set(names)
    for order in written.order:
        if order.property.name not in names and missing:
            raise invalid_argument(
                "All group by properties must be ordered before any non group by properties."
            )
        missing.discard(order.property.name)


def _repeats(names: Iterable[str]) -> bool:
    every = list(names)
    return len(set(every)) < len(every)


def _check_filters(written: Any) -> None:
    filters = list(_property_filters(written))
    for one in filters:
        _check_filter(one)
    negative = [one.op for one in filters if one.op in _NEGATIVE]
    if len(negative) > 1:
        raise invalid_argument("Only a single 'NOT_EQUAL' or 'NOT_IN' is allowed per query.")
    if PropertyFilter.NOT_IN in negative and (
        _has_or(written) or any(one.op == PropertyFilter.IN for one in filters)
    ):
        raise invalid_argument("'NOT_IN' cannot be used in the same query with 'IN' or 'OR'.")


def _property_filters(written: Any) -> Iterator[Any]:
    kind = written.WhichOneof("filter_type")
    if kind == "property_filter":
        yield written.property_filter
    elif kind == "composite_filter":
        if not written.composite_filter.op:
            raise invalid_argument("a composite filter must specify an operator")
        for part in written.composite_filter.filters:
            yield from _property_filters(part)


def _has_or(written: Any) -> bool:
    if written.WhichOneof("filter_type") != "composite_filter":
        return False
    composite = written.composite_filter
    return composite.op == CompositeFilter.OR or any(_has_or(part) for part in composite.filters)


def _check_filter(one: Any) -> None:
    name = one.property.name
    _check_name(name)
    if one.op == PropertyFilter.HAS_ANCESTOR and name != KEY:
        raise invalid_argument("property must be __key__")
    if one.value.exclude_from_indexes:
        raise invalid_argument("a filter value must be indexed")
    check_content(name, one.value)
    values = one.value.array_value.values if one.op in _LISTS else [one.value]
    for value in values:
        check_content(name, value)
        _check_size(name, value)
    if one.op == PropertyFilter.IN and len(values) > MOST_IN:
        raise invalid_argument(
            f"IN supports up to {MOST_IN} values. There are {len(values)} values in the IN filter in"
            " your query."
        )
    if one.op == PropertyFilter.NOT_IN and len(values) > MOST_NOT_IN:
        raise invalid_argument(f"NOT_IN supports up to {MOST_NOT_IN} values.")


def _check_size(name: str, value: Any) -> None:
    kind = value.WhichOneof("value_type")
    text = getattr(value, kind) if kind in ("string_value", "blob_value") else ""
    if len(text.encode() if isinstance(text, str) else text) > MOST_INDEXED_BYTES:
        raise invalid_argument(f'The value of property "{name}" is longer than {MOST_INDEXED_BYTES} bytes.')
