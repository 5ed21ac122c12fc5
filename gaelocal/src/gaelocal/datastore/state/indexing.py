"""The index entries of an entity."""

from collections.abc import Iterator
from typing import Any

from gaelocal.datastore.state.values import EMPTY_ARRAY, encode_value

Indexed = dict[str, list[bytes]]
"""The encoded values of every indexed property, in order; those of an embedded entity as `outer.inner`."""

FROM_ARRAY, TIMESTAMP = 1, 2
"""Flags of an index entry: from an array; a timestamp, which is encoded as an integer."""

Entry = tuple[str, bytes, int]
"""Property, encoded value and flags."""


def indexed_values(entity: Any) -> Indexed:
    found: Indexed = {}
    for name, encoded, _ in sorted(index_entries(entity)):
        found.setdefault(name, []).append(encoded)
    return found


def index_entries(entity: Any) -> set[Entry]:
    """Return one entry per property and value."""
    found: dict[tuple[str, bytes], int] = {}
    for name, encoded, flags in _entries(entity, "", 0):
        found[name, encoded] = found.get((name, encoded), 0) | flags
    return {(name, encoded, flags) for (name, encoded), flags in found.items()}


def _entries(entity: Any, prefix: str, flags: int) -> Iterator[Entry]:
    for name, value in entity.properties.items():
        if not value.exclude_from_indexes:
            yield from _entries_of_value(prefix + name, value, flags)


def _entries_of_value(name: str, value: Any, flags: int) -> Iterator[Entry]:
    kind = value.WhichOneof("value_type")
    if kind == "entity_value":
        yield from _entries(value.entity_value, name + ".", flags)
    elif kind != "array_value":
        encoded = encode_value(value)
        if encoded is not None:
            yield name, encoded, flags | TIMESTAMP if kind == "timestamp_value" else flags
    elif not value.array_value.values:
        yield name, EMPTY_ARRAY, flags
    else:
        for element in value.array_value.values:
            if not element.exclude_from_indexes:
                yield from _entries_of_value(name, element, flags | FROM_ARRAY)
