"""Which index entries an entity has."""

from collections.abc import Iterator
from typing import Any

from gaelocal.datastore.state.values import EMPTY_ARRAY, encode_value

Indexed = dict[str, list[bytes]]


def indexed_values(entity: Any) -> Indexed:
    """Give the encoded values of every indexed property; those of an embedded entity as `outer.inner`."""
    found: dict[str, set[bytes]] = {}
    for name, encoded in _entries(entity, ""):
        found.setdefault(name, set()).add(encoded)
    return {name: sorted(values) for name, values in found.items()}


def _entries(entity: Any, prefix: str) -> Iterator[tuple[str, bytes]]:
    for name, value in entity.properties.items():
        if not value.exclude_from_indexes:
            yield from _entries_of_value(prefix + name, value)


def _entries_of_value(name: str, value: Any) -> Iterator[tuple[str, bytes]]:
    kind = value.WhichOneof("value_type")
    if kind == "entity_value":
        yield from _entries(value.entity_value, name + ".")
    elif kind != "array_value":
        encoded = encode_value(value)
        if encoded is not None:
            yield name, encoded
    elif not value.array_value.values:
        yield name, EMPTY_ARRAY
    else:
        for element in value.array_value.values:
            if not element.exclude_from_indexes:
                yield from _entries_of_value(name, element)
