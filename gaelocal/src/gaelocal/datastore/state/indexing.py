"""The index entries of an entity."""

from functools import lru_cache
from typing import Any

from gaelocal.datastore.state.values import EMPTY_ARRAY, ENCODERS
from gaelocal.protobuf.datastore_pb2 import Entity

Indexed = dict[str, list[bytes]]
"""The encoded values of every indexed property, in order; those of an embedded entity as `outer.inner`."""

FROM_ARRAY, TIMESTAMP = 1, 2
"""Flags of an index entry: from an array; a timestamp, which is encoded as an integer."""

Entry = tuple[str, bytes, int]
"""Property, encoded value and flags."""

Found = dict[tuple[str, bytes], int]
"""The flags by property and encoded value."""

# What is written is most often replaced soon: the entries of this many small entities are kept.
_MOST_KNOWN, _KNOWN_BYTES = 512, 2_048


def indexed_values(entity: Any) -> Indexed:
    found: Indexed = {}
    for name, encoded, _ in sorted(index_entries(entity)):
        found.setdefault(name, []).append(encoded)
    return found


def index_entries(entity: Any) -> frozenset[Entry]:
    """Return one entry per property and value."""
    found: Found = {}
    _add_properties(found, entity, "", 0)
    return frozenset((name, encoded, flags) for (name, encoded), flags in found.items())


def index_entries_of(body: bytes) -> frozenset[Entry]:
    """Return the entries of a serialized entity."""
    return _known_entries(body) if len(body) <= _KNOWN_BYTES else _entries_of(body)


def _entries_of(body: bytes) -> frozenset[Entry]:
    return index_entries(Entity.FromString(body))


_known_entries = lru_cache(maxsize=_MOST_KNOWN)(_entries_of)


def _add_properties(found: Found, entity: Any, prefix: str, flags: int) -> None:
    properties = entity.properties
    for name in properties:
        value = properties[name]
        if not value.exclude_from_indexes:
            _add_value(found, prefix + name, value, flags)


def _add_value(found: Found, name: str, value: Any, flags: int) -> None:
    kind = value.WhichOneof("value_type")
    if kind == "entity_value":
        _add_properties(found, value.entity_value, name + ".", flags)
    elif kind == "array_value":
        _add_array(found, name, value.array_value.values, flags)
    else:
        flags |= TIMESTAMP if kind == "timestamp_value" else 0
        _add(found, name, ENCODERS[kind or "null_value"](value), flags)


def _add_array(found: Found, name: str, elements: Any, flags: int) -> None:
    if not elements:
        _add(found, name, EMPTY_ARRAY, flags)
    for element in elements:
        if not element.exclude_from_indexes:
            _add_value(found, name, element, flags | FROM_ARRAY)


def _add(found: Found, name: str, encoded: bytes, flags: int) -> None:
    found[name, encoded] = found.get((name, encoded), 0) | flags
