"""Convert a Query message into a query of the state."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gaelocal.datastore.errors import Code, DatastoreError, invalid_argument
from gaelocal.datastore.protocol.cursors import read_cursor
from gaelocal.datastore.protocol.filters import Filters, parse_filter
from gaelocal.datastore.protocol.query_checks import check_query
from gaelocal.datastore.protocol.scope import Scope
from gaelocal.datastore.state.queries import KEY, Order, Query
from gaelocal.protobuf.datastore_pb2 import PropertyOrder


def parse_query(scope: Scope, partition_id: Any, written: Any, aggregated: tuple[str, ...] = ()) -> Query:
    """Check and encode a query; properties to be aggregated are projected: a row for each index entry.

    Raises:
        DatastoreError: INVALID_ARGUMENT, or UNIMPLEMENTED for vector search.
    """
    if written.HasField("find_nearest"):
        raise DatastoreError(Code.UNIMPLEMENTED, "find_nearest is not implemented here")
    check_query(written)
    partition = scope.tables.partition(scope.partition(partition_id))
    filters = parse_filter(scope, partition, written.filter)
    projection = tuple(one.property.name for one in written.projection if one.property.name != KEY)
    if filters.equal.intersection(projection) and not aggregated:
        raise invalid_argument("cannot use projection on a property with an equality filter")
    distinct = tuple(one.name for one in written.distinct_on)
    orders = _orders(written, filters, (*distinct, *projection, *aggregated))
    kind = written.kind[0].name if written.kind else None
    if kind is None:
        _check_kindless(filters, orders)
    projected = aggregated or projection
    query = Query(partition, kind, filters.branches, orders, filters.ancestor, projected)
    return _bounded(replace(query, distinct=_places(orders, distinct)), written)


def is_keys_only(written: Any) -> bool:
    return {one.property.name for one in written.projection} == {KEY}


def _orders(written: Any, filters: Filters, wanted: tuple[str, ...]) -> tuple[Order, ...]:
    orders = {order.name: order for order in _explicit_orders(written)}
    key = orders.pop(KEY, Order(KEY, descending=False))
    for name in (*filters.unequal, *wanted):
        orders.setdefault(name, Order(name, descending=False))
    return (*orders.values(), key)


def _explicit_orders(written: Any) -> Iterator[Order]:
    """Return the orders up to that by key: nothing is left to order behind it."""
    seen = set()
    for one in written.order:
        if one.property.name not in seen:
            yield Order(one.property.name, one.direction == PropertyOrder.DESCENDING)
        seen.add(one.property.name)
        if one.property.name == KEY:
            return


def _places(orders: tuple[Order, ...], names: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(place for place, order in enumerate(orders) if order.name in names)


def _check_kindless(filters: Filters, orders: tuple[Order, ...]) -> None:
    if filters.equal - {KEY} or filters.unequal:
        raise invalid_argument("kind is required for non-__key__ filters")
    if len(orders) > 1 or orders[0].descending:
        raise invalid_argument("kind is required for all orders except __key__ ascending")


def _bounded(query: Query, written: Any) -> Query:
    if written.offset < 0 or written.limit.value < 0:
        raise invalid_argument("limit and offset must not be negative")
    return replace(
        query,
        start=(read_cursor(query, written.start_cursor) or None) if written.start_cursor else None,
        end=read_cursor(query, written.end_cursor) if written.end_cursor else None,
        offset=written.offset,
        limit=written.limit.value if written.HasField("limit") else None,
    )
