"""Cursors: a position in a query, good for that query only."""

from zlib import crc32

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.state.queries import Position, Query

_VERSION = b"\x01"
_HEAD = 5


def fingerprint(query: Query) -> bytes:
    """Tell queries apart that put their rows in another order; filters may change, as with Google."""
    return crc32(repr((query.partition, query.kind, query.orders)).encode()).to_bytes(4, "big")


def write_cursor(stamp: bytes, position: Position | None) -> bytes:
    parts = (len(part).to_bytes(4, "big") + part for part in position or ())
    return _VERSION + stamp + b"".join(parts)


def read_cursor(query: Query, cursor: bytes) -> Position:
    """Give the position; empty where the cursor stands before the first row.

    Raises:
        DatastoreError: INVALID_ARGUMENT where the cursor is damaged or belongs to another query.
    """
    if cursor[:1] != _VERSION or len(cursor) < _HEAD:
        raise invalid_argument("invalid encoding for cursor")
    if cursor[1:_HEAD] != fingerprint(query):
        raise invalid_argument("cursor does not match query")
    position = tuple(_parts(cursor[_HEAD:]))
    if position and len(position) != len(query.orders):
        raise invalid_argument("invalid encoding for cursor")
    return position


def _parts(written: bytes) -> list[bytes]:
    parts, start = [], 0
    while start < len(written):
        end = start + 4 + int.from_bytes(written[start : start + 4], "big")
        if end > len(written):
            raise invalid_argument("invalid encoding for cursor")
        parts.append(written[start + 4 : end])
        start = end
    return parts
