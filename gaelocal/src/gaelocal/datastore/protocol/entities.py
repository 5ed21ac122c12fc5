"""What an entity may hold."""

from typing import Any

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.protocol.scope import check_length, is_reserved

MOST_ENTITY_BYTES = 1_048_572
MOST_INDEXED_BYTES = 1_500
MOST_VALUE_BYTES = 1_048_487


def check_entity(entity: Any) -> None:
    """Refuse what Google's Datastore refuses.

    Raises:
        DatastoreError: INVALID_ARGUMENT, in Google's words.
    """
    if entity.ByteSize() > MOST_ENTITY_BYTES:
        raise invalid_argument("entity is too big")
    _check_properties(entity, is_indexed=True)


def _check_properties(entity: Any, is_indexed: bool) -> None:
    for name, value in entity.properties.items():
        if not name:
            raise invalid_argument("The property.name is the empty string.")
        if is_reserved(name):
            raise invalid_argument(f'The property.name "{name}" is reserved.')
        check_length("property.name", name)
        _check_value(name, value, is_indexed and not value.exclude_from_indexes)


def _check_value(name: str, value: Any, is_indexed: bool) -> None:
    kind = value.WhichOneof("value_type")
    if kind == "array_value":
        for element in value.array_value.values:
            _check_element(name, element, is_indexed and not element.exclude_from_indexes)
    elif kind == "entity_value":
        _check_properties(value.entity_value, is_indexed)
    elif kind in ("string_value", "blob_value"):
        _check_text(name, getattr(value, kind), MOST_INDEXED_BYTES if is_indexed else MOST_VALUE_BYTES)


def _check_element(name: str, element: Any, is_indexed: bool) -> None:
    if element.WhichOneof("value_type") == "array_value":
        raise invalid_argument("list_value cannot contain a Value containing another list_value.")
    _check_value(name, element, is_indexed)


def _check_text(name: str, text: str | bytes, most: int) -> None:
    if 4 * len(text) <= most:
        return
    if len(text.encode() if isinstance(text, str) else text) > most:
        raise invalid_argument(f'The value of property "{name}" is longer than {most} bytes.')
