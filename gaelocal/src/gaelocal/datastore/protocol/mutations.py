"""Convert mutations of a request into changes of the store."""

from collections.abc import Callable, Iterable
from typing import Any

from gaelocal.datastore.errors import Code, DatastoreError, invalid_argument
from gaelocal.datastore.protocol.entities import check_entity
from gaelocal.datastore.protocol.property_paths import PropertyPath, copy_path, parse_mask
from gaelocal.datastore.protocol.scope import Scope
from gaelocal.datastore.protocol.transforms import check_transform, transform
from gaelocal.datastore.state.store import Change, Made
from gaelocal.datastore.state.tables import Stored
from gaelocal.datastore.state.values import microseconds
from gaelocal.protobuf.datastore_pb2 import Entity, Mutation

Make = Callable[[Any | None, int], Made]


def change_of(scope: Scope, mutation: Any) -> Change:
    """Check a mutation whose key is complete, and return the change that it makes."""
    operation = mutation.WhichOneof("operation")
    if operation is None:
        raise invalid_argument("Mutation is missing operation.")
    key = key_of(mutation)
    encoded = scope.new_key(key)
    if operation != "delete":
        check_entity(getattr(mutation, operation))
    elif mutation.property_transforms:
        raise invalid_argument("Delete mutation cannot have PropertyTransforms.")
    for wanted in mutation.property_transforms:
        check_transform(wanted)
    kind = (scope.partition_number(key), key.path[-1].kind)
    return Change(encoded, kind, _maker(operation, mutation), _conflict_check(mutation))


def key_of(mutation: Any) -> Any:
    operation = mutation.WhichOneof("operation")
    if operation is None:
        raise invalid_argument("Mutation is missing operation.")
    return mutation.delete if operation == "delete" else getattr(mutation, operation).key


def _maker(operation: str, mutation: Any) -> Make:
    if operation == "delete":
        return lambda _old, _version: (None, ())
    entity = getattr(mutation, operation)

    mask = parse_mask(mutation)

    def make(old: Any | None, version: int) -> Made:
        if operation == "insert" and old is not None:
            raise DatastoreError(Code.ALREADY_EXISTS, f"entity already exists: {describe(entity.key)}")
        if operation == "update" and old is None:
            raise DatastoreError(Code.NOT_FOUND, f"no entity to update: {describe(entity.key)}")
        new = entity if mask is None else _masked(entity, old, mask)
        results = tuple(transform(new, wanted, version) for wanted in mutation.property_transforms)
        if results or mask is not None:
            check_entity(new)
        return new, results

    return make


def _masked(entity: Any, old: Any | None, mask: Iterable[PropertyPath]) -> Any:
    """Take only the properties the mask names from the mutation, and leave the others as they are."""
    made = Entity()
    made.CopyFrom(old if old is not None else Entity(key=entity.key))
    for path in mask:
        copy_path(entity, made, path)
    return made


def _conflict_check(mutation: Any) -> Callable[[Stored | None], bool]:
    strategy = mutation.WhichOneof("conflict_detection_strategy")
    if strategy is None:
        return lambda _stored: False
    if strategy == "base_version" and mutation.base_version < 0:
        raise invalid_argument(f"Invalid base_version: {mutation.base_version}, it should be >= 0")
    wanted = mutation.base_version if strategy == "base_version" else microseconds(mutation.update_time)

    def is_conflict(stored: Stored | None) -> bool:
        found = stored.version if stored else 0
        if found != wanted and mutation.conflict_resolution_strategy == Mutation.FAIL:
            raise DatastoreError(
                Code.FAILED_PRECONDITION,
                f"the stored version ({found}) does not match the required base version ({wanted})",
            )
        return found != wanted

    return is_conflict


def describe(key: Any) -> str:
    """Return a key in the form that Google's error messages use."""
    path = " ".join(f'Element {{ type: "{element.kind}" {_identifier(element)} }}' for element in key.path)
    return f'app: "{key.partition_id.project_id}" path < {path} >'


def _identifier(element: Any) -> str:
    return f"id: {element.id}" if element.id else f'name: "{element.name}"'
