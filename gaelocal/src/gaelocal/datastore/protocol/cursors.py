"""Cursors: positions in one query, or in the same query in the opposite order."""

from dataclasses import replace
from zlib import crc32

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.state.queries import Order, Position, Query
from gaelocal.datastore.state.rows import key_at, key_place
from gaelocal.datastore.state.values import inverted

_VERSION = b"\x01"
_HEAD = 5
_BEYOND = b"\xff" * 16
"""Behind every value and key."""


def fingerprint(query: Query) -> bytes:
    """Return a checksum of what determines the order of rows; filters may change, as with Google."""
    return crc32(repr((query.partition, query.kind, query.orders)).encode()).to_bytes(4, "big")


def write_cursor(stamp: bytes, position: Position | None) -> bytes:
    cursor = _VERSION + stamp
    for part in position or ():
        cursor += len(part).to_bytes(4, "big") + part
    return cursor


def read_cursor(query: Query, cursor: bytes) -> Position:
    """Return the position; empty where the cursor stands before the first row.

    Raises:
        DatastoreError: INVALID_ARGUMENT where the cursor is damaged or belongs to another query.
    """
    if cursor[:1] != _VERSION or len(cursor) < _HEAD:
        raise invalid_argument("invalid encoding for cursor")
    position = tuple(_parts(cursor[_HEAD:]))
    if position and len(position) != len(query.orders):
        raise invalid_argument("invalid encoding for cursor")
    if cursor[1:_HEAD] == fingerprint(query):
        return position
    for orders in _reversed_orders(query):
        if cursor[1:_HEAD] == fingerprint(replace(query, orders=orders)):
            return _turned(position, orders, query.orders)
    raise invalid_argument("cursor does not match query")


def _reversed_orders(query: Query) -> list[tuple[Order, ...]]:
    """Return the opposite orders; the key, which is always the last one, may keep its direction."""
    opposite = tuple(order._replace(descending=not order.descending) for order in query.orders)
    return [opposite, (*opposite[:-1], query.orders[-1])]


def _turned(position: Position, old: tuple[Order, ...], new: tuple[Order, ...]) -> Position:
    """Return the place just before the row of a position, in the new orders.

    A cursor stands behind a row. Read in the opposite direction, that row comes first.
    """
    if not position:
        return (_BEYOND,) * len(new)
    *values, place = position
    turned = [inverted(value) for value in values]
    key = key_at(place, old[-1].descending)
    return (*turned, _just_before(key_place(key, new[-1].descending)))


def _just_before(place: bytes) -> bytes:
    """Return what stands before the place of a key and behind that of every smaller one."""
    return place[:-1] if place[-1] == 0 else place[:-1] + bytes((place[-1] - 1,)) + b"\xff"


def _parts(written: bytes) -> list[bytes]:
    parts, start = [], 0
    while start < len(written):
        end = start + 4 + int.from_bytes(written[start : start + 4], "big")
        if end > len(written):
            raise invalid_argument("invalid encoding for cursor")
        parts.append(written[start + 4 : end])
        start = end
    return parts
