"""Queries with encoded values; each alternative is a branch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

KEY = "__key__"

# The position of a row in its query: its value for each order (inverted if descending), then its key.
Position = tuple[bytes, ...]


class Range(NamedTuple):
    """Encoded values from `low` to just before `high`."""

    low: bytes = b""
    high: bytes = b"\xff"

    def __and__(self, other: "Range") -> "Range":
        return Range(max(self.low, other.low), min(self.high, other.high))

    def holds(self, encoded: bytes) -> bool:
        return self.low <= encoded < self.high


def only(encoded: bytes) -> Range:
    return Range(encoded, encoded + b"\x00")


def above(encoded: bytes) -> Range:
    return Range(low=encoded + b"\x00")


def below(encoded: bytes) -> Range:
    return Range(high=encoded)


def descendants(key: bytes) -> Range:
    """Return the range of a key and everything below it."""
    return Range(key, key + b"\xff")


@dataclass(frozen=True, slots=True)
class Branch:
    """Conditions that hold together; `keys` is the range that the ancestor and the key filters admit."""

    keys: Range
    equal: tuple[tuple[str, bytes], ...]
    ranges: Mapping[str, Range]

    def fixed(self, name: str) -> bytes | None:
        """Return the one value the branch admits for a property, or None."""
        return next((encoded for wanted, encoded in self.equal if wanted == name), None)


class Order(NamedTuple):
    name: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """`orders` end with the key, and hold every projected and distinct property."""

    partition: int
    kind: str | None
    branches: tuple[Branch, ...]
    orders: tuple[Order, ...]
    ancestor: bool = False
    projection: tuple[str, ...] = ()
    distinct: tuple[int, ...] = ()
    start: Position | None = None
    end: Position | None = None
    offset: int = 0
    limit: int | None = None
