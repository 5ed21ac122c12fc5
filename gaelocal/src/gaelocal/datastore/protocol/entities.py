"""Check entities that are to be written."""

from typing import Any

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.protocol.scope import check_length, check_path, is_reserved, refuse_incomplete
from gaelocal.datastore.protocol.values import MOST_INDEXED_BYTES, MOST_VALUE_BYTES, check_content
from gaelocal.datastore.state.indexing import index_entries

MOST_ENTITY_BYTES = 1_048_572
MOST_DEPTH = 20
MOST_INDEX_ENTRIES = 20_000
# An entity with more entries than that is larger.
_ENTRIES_COUNTED_FROM_BYTES = 2 * MOST_INDEX_ENTRIES


def check_entity(entity: Any) -> None:
    """Refuse what Google's Datastore refuses, and cut timestamps to microseconds.

    Raises:
        DatastoreError: INVALID_ARGUMENT, in Google's words.
    """
    size = entity.ByteSize()
    if size > MOST_ENTITY_BYTES:
        raise invalid_argument("entity is too big")
    _check_properties(entity, 0, is_indexed=True)
    if size > _ENTRIES_COUNTED_FROM_BYTES and len(index_entries(entity)) >= MOST_INDEX_ENTRIES:
        raise invalid_argument("Too many indexed properties")


def _check_properties(entity: Any, depth: int, *, is_indexed: bool) -> None:
    if depth > MOST_DEPTH:
        raise invalid_argument(f"At most {MOST_DEPTH} nested entity values are supported.")
    for name, value in entity.properties.items():
        if not name:
            raise invalid_argument("The property.name is the empty string.")
        if is_reserved(name):
            raise invalid_argument(f'The property.name "{name}" is reserved.')
        check_length("property.name", name)
        _check_value(name, value, depth, is_indexed=is_indexed and not value.exclude_from_indexes)


def _check_value(name: str, value: Any, depth: int, *, is_indexed: bool) -> None:
    check_content(name, value)
    kind = value.WhichOneof("value_type")
    if kind == "array_value":
        for element in value.array_value.values:
            if element.WhichOneof("value_type") == "array_value":
                raise invalid_argument("list_value cannot contain a Value containing another list_value.")
            _check_value(name, element, depth, is_indexed=is_indexed and not element.exclude_from_indexes)
    elif kind == "entity_value":
        _check_properties(value.entity_value, depth + 1, is_indexed=is_indexed)
    elif kind == "key_value":
        check_path(value.key_value.path)
        refuse_incomplete(value.key_value.path)
    elif kind in ("string_value", "blob_value"):
        _check_text(name, getattr(value, kind), MOST_INDEXED_BYTES if is_indexed else MOST_VALUE_BYTES)


def _check_text(name: str, text: str | bytes, most: int) -> None:
    if 4 * len(text) <= most:
        return
    if len(text.encode() if isinstance(text, str) else text) > most:
        raise invalid_argument(f'The value of property "{name}" is longer than {most} bytes.')
