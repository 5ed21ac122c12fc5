"""Read the rows of a query in order, lazily, from the cheapest range of the index.

- Equality filters, an ancestor and key filters end in one range, read in key order and no further
  than the answer needs.
- One order (or inequality) reads its own index in order, asking the equality indexes about each key.
- Further orders are sorted within the rows that share the first order's value.
- Where an equality or an ancestor leaves fewer than SMALL entities, these are fetched and sorted instead.

A scan that cannot see everything (arrays, several branches, several orders) has each row confirmed by the
entity itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from heapq import merge
from itertools import chain, groupby
from operator import itemgetter
from typing import NamedTuple

from gaelocal.datastore.state.indexing import FROM_ARRAY, Indexed
from gaelocal.datastore.state.queries import KEY, Branch, Order, Query, Range
from gaelocal.datastore.state.rows import Row, key_at, key_place, positions_in, rows_of
from gaelocal.datastore.state.scans import Scan, keys_in
from gaelocal.datastore.state.tables import Stored, TableReader
from gaelocal.datastore.state.values import inverted

SMALL = 300

Overlay = dict[bytes, Indexed | None]
"""Keys that a reader sees in another state than the tables hold: with these values, or not at all."""


class Reader(NamedTuple):
    """With `with_entities`, scans read the entities along where the plan is one scan."""

    tables: TableReader
    indexed: Callable[[bytes], Indexed]
    overlay: Overlay
    small: int = SMALL
    with_entities: bool = False


def rows(reader: Reader, query: Query) -> Iterator[Row]:
    """Return the rows after `query.start`, in order, each once."""
    if len(query.branches) == 1 and not reader.overlay:
        found, start = _branch_rows(reader, query, query.branches[0]), query.start
        return found if start is None else (row for row in found if row.position > start)
    return _merged_rows(reader._replace(with_entities=False), query)


def _merged_rows(reader: Reader, query: Query) -> Iterator[Row]:
    streams = [_branch_rows(reader, query, branch) for branch in query.branches]
    streams.append(_overlay_rows(reader, query))
    last = query.start
    for row in merge(*streams):
        if last is None or row.position > last:
            last = row.position
            yield row


def _overlay_rows(reader: Reader, query: Query) -> Iterator[Row]:
    kept = ((key, indexed) for key, indexed in reader.overlay.items() if indexed is not None)
    return iter(sorted(chain.from_iterable(rows_of(query, key, indexed) for key, indexed in kept)))


def _branch_rows(reader: Reader, query: Query, branch: Branch) -> Iterator[Row]:
    read = _kindless_rows if query.kind is None else _kind_rows
    found = read(reader, query, branch)
    if not reader.overlay:
        return found
    return (row for row in found if row.key not in reader.overlay)


def _kindless_rows(reader: Reader, query: Query, branch: Branch) -> Iterator[Row]:
    descending = query.orders[0].descending
    keys = branch.keys
    if query.start:
        place = key_at(query.start[-1], descending)
        keys &= Range(high=place) if descending else Range(low=place + b"\x00")
    found = keys_in(reader.tables.connection, keys, descending)
    return (Row((key_place(key, descending),), key) for key in found)


def _kind_rows(reader: Reader, query: Query, branch: Branch) -> Iterator[Row]:
    scans = _equality_scans(reader, query, branch)
    free = [order for order in query.orders[:-1] if branch.fixed(order.name) is None]
    if not scans or _is_empty(branch):
        return iter(())
    narrow = bool(branch.equal) or query.ancestor
    driver, size = _smallest(reader, scans, decisive=len(scans) > 1 or (narrow and bool(free)))
    if not free and not branch.ranges:
        return _rows_by_key(reader, query, branch, _joined(driver, scans, query.orders[-1].descending))
    if not free or size < reader.small:
        return _sorted_rows(reader, query, _joined(driver, scans, descending=False))
    return _rows_by_value(reader, query, branch, free[0], scans)


def _is_empty(branch: Branch) -> bool:
    return any(wanted.low >= wanted.high for wanted in (branch.keys, *branch.ranges.values()))


def _equality_scans(reader: Reader, query: Query, branch: Branch) -> list[Scan]:
    """Return one scan per equality, or that of the whole kind; none where an index does not exist."""
    kind = query.kind or ""
    wanted = branch.equal or ((KEY, b""),)
    numbers = [reader.tables.property(query.partition, kind, name) for name, _ in wanted]
    return [
        Scan(number, branch.keys, value=value)
        for number, (_, value) in zip(numbers, wanted, strict=True)
        if number is not None and None not in numbers
    ]


def _smallest(reader: Reader, scans: list[Scan], decisive: bool) -> tuple[Scan, int]:
    if not decisive:
        return scans[0], reader.small
    sizes = [scan.size(reader.tables.connection, reader.small) for scan in scans]
    best = sizes.index(min(sizes))
    return scans[best], sizes[best]


def _joined(driver: Scan, scans: list[Scan], descending: bool) -> Scan:
    others = tuple((scan.index, scan.value) for scan in scans if scan is not driver)
    return replace(driver, equal=others, descending=descending)


def _rows_by_key(reader: Reader, query: Query, branch: Branch, scan: Scan) -> Iterator[Row]:
    """Read one range in key order; it starts right behind the cursor."""
    descending = query.orders[-1].descending
    fixed = tuple(_fixed_place(order, branch) for order in query.orders[:-1])
    if query.start and query.start[:-1] > fixed:
        return iter(())
    if query.start and query.start[:-1] == fixed:
        [scan] = scan.after(b"", key_at(query.start[-1], descending))
    rows = (
        Row((*fixed, key_place(key, descending)), key, stored) for _, key, _, stored in _entries(reader, scan)
    )
    return rows if len(query.branches) == 1 else (row for row in rows if _is_confirmed(reader, query, row))


def _fixed_place(order: Order, branch: Branch) -> bytes:
    value = branch.fixed(order.name) or b""
    return inverted(value) if order.descending else value


def _is_confirmed(reader: Reader, query: Query, row: Row) -> bool:
    return Row(row.position, row.key) in rows_of(query, row.key, reader.indexed(row.key))


def _entries(reader: Reader, scan: Scan) -> Iterator[tuple[bytes, bytes, int, Stored | None]]:
    connection = reader.tables.connection
    if not reader.with_entities:
        return ((value, key, flags, None) for value, key, flags in scan.entries(connection))
    return (
        (value, key, flags, Stored(version, created, body))
        for value, key, flags, version, created, body in scan.stored_entries(connection)
    )


def _sorted_rows(reader: Reader, query: Query, scan: Scan) -> Iterator[Row]:
    keys = (key for _, key, _ in scan.entries(reader.tables.connection))
    return iter(sorted(chain.from_iterable(rows_of(query, key, reader.indexed(key)) for key in keys)))


def _rows_by_value(
    reader: Reader, query: Query, branch: Branch, order: Order, scans: list[Scan]
) -> Iterator[Row]:
    index = reader.tables.property(query.partition, query.kind or "", order.name)
    if index is None:
        return iter(())
    equal = tuple((scan.index, scan.value) for scan in scans) if branch.equal else ()
    values = branch.ranges.get(order.name, Range())
    scan = Scan(index, branch.keys, values, equal=equal, descending=order.descending)
    if query.orders[:-1] == (order,) and not query.orders[-1].descending:
        return _rows_of_one_order(reader, query, scan)
    return _rows_of_many_orders(reader, query, branch, scan)


def _rows_of_one_order(reader: Reader, query: Query, scan: Scan) -> Iterator[Row]:
    """Read values and keys in the order of the index, starting after the cursor."""
    parts = scan.after(_plain(query.start[0], scan), query.start[1]) if query.start else [scan]
    found = chain.from_iterable(_entries(reader, part) for part in parts)
    several = len(query.branches) > 1
    for value, key, flags, stored in found:
        row = Row((_plain(value, scan), key), key, stored)
        if query.projection or not (several or flags & FROM_ARRAY) or _is_confirmed(reader, query, row):
            yield row


def _plain(value: bytes, scan: Scan) -> bytes:
    return inverted(value) if scan.descending else value


def _rows_of_many_orders(reader: Reader, query: Query, branch: Branch, scan: Scan) -> Iterator[Row]:
    """Sort within each value of the first order that the branch leaves free."""
    place = next(n for n, order in enumerate(query.orders) if branch.fixed(order.name) is None)
    if query.start and scan.values and not place:
        edge = _plain(query.start[0], scan)
        rest = Range(high=edge + b"\x00") if scan.descending else Range(low=edge)
        scan = replace(scan, values=scan.values & rest)
    found = scan.entries(reader.tables.connection)
    for value, entries in groupby(found, key=itemgetter(0)):
        edge = _plain(value, scan)
        block = chain.from_iterable(_confirmed_rows(reader, query, branch, key) for _, key, _ in entries)
        yield from sorted(row for row in block if row.position[place] == edge)


def _confirmed_rows(reader: Reader, query: Query, branch: Branch, key: bytes) -> Iterator[Row]:
    indexed = reader.indexed(key)
    here = positions_in(query, branch, key, indexed)
    return (row for row in rows_of(query, key, indexed) if row.position in here)
