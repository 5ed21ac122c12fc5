"""Counts and sums over the rows of a query, from index entries alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gaelocal.datastore.state.indexing import FROM_ARRAY, TIMESTAMP, index_entries
from gaelocal.datastore.state.queries import KEY, Branch, Order, Query, Range
from gaelocal.datastore.state.scans import Scan
from gaelocal.datastore.state.tables import TableReader
from gaelocal.datastore.state.values import inverted, number_of
from gaelocal.datastore.state.views import View
from gaelocal.protobuf.datastore_pb2 import Entity

MOST_ROWS = 10_000_000


@dataclass(slots=True)
class Sum:
    """The sum of the numbers that a property holds, and how many there are."""

    total: int | float = 0
    numbers: int = 0

    def add(self, number: float) -> None:
        self.total += number
        self.numbers += 1


@dataclass(slots=True)
class Totals:
    count: int = 0
    sums: dict[str, Sum] = field(default_factory=dict)


def totals_of(view: View, query: Query) -> Totals:
    """Count the rows and sum the projected properties."""
    quick = _from_one_index(view, query)
    return quick if quick is not None else _from_rows(view, query)


def _from_one_index(view: View, query: Query) -> Totals | None:
    """Read one range of one index, or return None where the query needs more than that."""
    if view.past or len(query.branches) > 1 or _is_bounded(query) or query.kind is None:
        return None
    [branch] = query.branches
    if not query.projection and not branch.ranges:
        return _count_equal(view.tables, query, branch)
    named = {*query.projection, *branch.ranges}
    if branch.equal or len(named) > 1:
        return None
    return _sum_index(view.tables, query, branch, *named)


def _is_bounded(query: Query) -> bool:
    return bool(query.offset or query.start or query.end or query.distinct) or query.limit is not None


def _count_equal(tables: TableReader, query: Query, branch: Branch) -> Totals:
    numbers = [
        (tables.property(query.partition, query.kind or "", name), value)
        for name, value in branch.equal or ((KEY, b""),)
    ]
    (first, value), *others = numbers
    if first is None or any(number is None for number, _ in others):
        return Totals()
    scan = Scan(first, branch.keys, value=value, equal=tuple((n, v) for n, v in others if n is not None))
    return Totals(scan.count(tables.connection))


def _sum_index(tables: TableReader, query: Query, branch: Branch, name: str) -> Totals | None:
    index = tables.property(query.partition, query.kind or "", name)
    summed = Sum()
    totals = Totals(sums={name: summed} if query.projection else {})
    if index is None:
        return totals
    if index not in tables.names.flagged:
        return None
    scan = Scan(index, branch.keys, branch.ranges.get(name, Range()))
    keys_of_arrays = set()
    for value, key, flags in scan.entries(tables.connection):
        if flags & FROM_ARRAY and not query.projection:
            keys_of_arrays.add(key)
            continue
        totals.count += 1
        number = None if flags & TIMESTAMP else number_of(value)
        if number is not None:
            summed.add(number)
    totals.count += len(keys_of_arrays)
    return totals


def _from_rows(view: View, query: Query) -> Totals:
    rows = view.run(query, MOST_ROWS).rows
    totals = Totals(len(rows), {name: Sum() for name in query.projection})
    for place, order in enumerate(query.orders):
        if order.name in totals.sums:
            values = ((row.key, row.position[place]) for row in rows)
            totals.sums[order.name] = _sum_values(view, values, order)
    return totals


def _sum_values(view: View, values: Iterable[tuple[bytes, bytes]], order: Order) -> Sum:
    summed = Sum()
    for key, placed in values:
        value = inverted(placed) if order.descending else placed
        number = number_of(value)
        if number is None or (isinstance(number, int) and _is_timestamp(view, key, order.name, value)):
            continue
        summed.add(number)
    return summed


def _is_timestamp(view: View, key: bytes, name: str, value: bytes) -> bool:
    stored = view.get(key)
    return stored is not None and (name, value, TIMESTAMP) in {
        (found, encoded, flags & TIMESTAMP)
        for found, encoded, flags in index_entries(Entity.FromString(stored.body))
    }
