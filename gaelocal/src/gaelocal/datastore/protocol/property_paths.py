"""Paths to properties of embedded entities, as masks and transforms name them: `address.city`."""

from collections.abc import Iterable
from typing import Any

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.protocol.scope import is_reserved
from gaelocal.protobuf.datastore_pb2 import Entity

PropertyPath = tuple[str, ...]

KEY_PATH: PropertyPath = ("__key__",)


def parse_path(written: str) -> PropertyPath:
    """Split a path at its dots; names in backquotes and escaped characters are taken as they are.

    Raises:
        DatastoreError: the path or one of its names is empty, or a name is reserved.
    """
    if not written:
        raise invalid_argument("Invalid empty property path string.")
    names, name, is_quoted, characters = [], "", False, iter(written)
    for character in characters:
        if character == "\\":
            name += next(characters, "")
        elif character == "`":
            is_quoted = not is_quoted
        elif character == "." and not is_quoted:
            names.append(name)
            name = ""
        else:
            name += character
    names.append(name)
    if is_quoted or not all(names):
        raise invalid_argument(f'Invalid property path "{written}".')
    return tuple(names)


def parse_mask(request: Any) -> list[PropertyPath] | None:
    """Return the paths of a request's property mask, or None where it has none."""
    if not request.HasField("property_mask"):
        return None
    paths = [parse_path(path) for path in request.property_mask.paths]
    for path in paths:
        if path != KEY_PATH:
            check_not_reserved(path)
    return paths


def check_not_reserved(path: PropertyPath) -> None:
    for name in path:
        if is_reserved(name):
            raise invalid_argument(f'Invalid property path member name "{name}".')


def keep_paths(entity: Any, paths: Iterable[PropertyPath]) -> Any:
    """Return an entity with the key and only those properties."""
    kept = Entity(key=entity.key)
    for path in paths:
        copy_path(entity, kept, path)
    return kept


def copy_path(source: Any, target: Any, path: PropertyPath) -> None:
    """Make the property at `path` in `target` what it is in `source`, absent if it is absent there."""
    name, rest = path[0], path[1:]
    if not rest:
        if name in source.properties:
            target.properties[name].CopyFrom(source.properties[name])
        else:
            target.properties.pop(name, None)
        return
    inner = _embedded(source, name)
    if inner is not None:
        copy_path(inner, embedded_for_writing(target, name), rest)
        return
    remaining = _embedded(target, name)
    if remaining is not None:
        copy_path(Entity(), remaining, rest)


def embedded_for_writing(entity: Any, name: str) -> Any:
    """Return the embedded entity of a property; anything else that it holds is replaced by one."""
    value = entity.properties[name]
    if value.WhichOneof("value_type") != "entity_value":
        value.entity_value.SetInParent()
    return value.entity_value


def _embedded(entity: Any, name: str) -> Any | None:
    if name not in entity.properties:
        return None
    value = entity.properties[name]
    return value.entity_value if value.WhichOneof("value_type") == "entity_value" else None
