"""The rows of one entity in a query, computed from the entity; index scans must agree with them."""

from itertools import product
from typing import NamedTuple

from gaelocal.datastore.state.indexing import Indexed
from gaelocal.datastore.state.queries import KEY, Branch, Order, Position, Query
from gaelocal.datastore.state.tables import Stored
from gaelocal.datastore.state.values import inverted


class Row(NamedTuple):
    """`stored` is the entity where the scan has read it along."""

    position: Position
    key: bytes
    stored: Stored | None = None


def rows_of(query: Query, key: bytes, indexed: Indexed) -> list[Row]:
    """Return the rows of one entity, in order: one, or one per combination of projected values."""
    positions: set[Position] = set()
    for branch in query.branches:
        positions.update(positions_in(query, branch, key, indexed))
    ordered = sorted(positions)
    return [Row(position, key) for position in (ordered if query.projection else ordered[:1])]


def positions_in(query: Query, branch: Branch, key: bytes, indexed: Indexed) -> list[Position]:
    if not _matches(branch, key, indexed):
        return []
    columns = [_column(order, branch, key, indexed) for order in query.orders]
    if query.projection:
        return list(product(*columns))
    return [tuple(min(column) for column in columns)] if all(columns) else []


def key_place(key: bytes, descending: bool) -> bytes:
    return inverted(key) + b"\xff" if descending else key


def key_at(place: bytes, descending: bool) -> bytes:
    """Return the key back from its place in a position."""
    return inverted(place[:-1]) if descending else place


def _matches(branch: Branch, key: bytes, indexed: Indexed) -> bool:
    return (
        branch.keys.holds(key)
        and all(value in indexed.get(name, ()) for name, value in branch.equal)
        and all(any(map(wanted.holds, indexed.get(name, ()))) for name, wanted in branch.ranges.items())
    )


def _column(order: Order, branch: Branch, key: bytes, indexed: Indexed) -> list[bytes]:
    if order.name == KEY:
        return [key_place(key, order.descending)]
    fixed = branch.fixed(order.name)
    values = [fixed] if fixed is not None else indexed.get(order.name, [])
    wanted = branch.ranges.get(order.name)
    admitted = [value for value in values if wanted is None or wanted.holds(value)]
    return [inverted(value) for value in admitted] if order.descending else admitted
