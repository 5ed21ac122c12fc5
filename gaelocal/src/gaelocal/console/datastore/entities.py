"""Look up, write and delete entities."""

import re
from typing import Any

from gaelocal.console.datastore.client import DatastoreCalls
from gaelocal.console.datastore.values import TYPES, is_text_of, key_of, type_of, value_of
from gaelocal.console.problems import ConsoleError
from gaelocal.protobuf.datastore_pb2 import CommitRequest, Entity, Key, LookupRequest

CONFLICT = "The entity was changed since you opened it. Open it again and repeat your change."
NUMERIC_ID = re.compile(r"[0-9]{1,19}")
MOST_DELETED = 500
"""The limit of mutations in one commit."""


class Entities:
    """The entities of one project."""

    def __init__(self, calls: DatastoreCalls, project: str) -> None:
        self._calls = calls
        self._project = project

    async def find(self, key: Any) -> tuple[Any, int]:
        """Return an entity and its version.

        Raises:
            ConsoleError: it does not exist.
        """
        request = LookupRequest(
            project_id=self._project, database_id=key.partition_id.database_id, keys=[key]
        )
        response = await self._calls.call("Lookup", request)
        if not response.found:
            raise ConsoleError(
                404, "not_found", "There is no entity with this key. It may have been deleted."
            )
        return response.found[0].entity, response.found[0].version

    async def insert(self, entity: Any) -> Any:
        """Create an entity and return its key, completed."""
        request = self._commit(entity.key)
        request.mutations.add().insert.CopyFrom(entity)
        (result,) = (await self._calls.call("Commit", request)).mutation_results
        return result.key if result.HasField("key") else entity.key

    async def update(self, entity: Any, version: int) -> None:
        """Replace an entity, unless it was written since this version."""
        request = self._commit(entity.key)
        request.mutations.add(base_version=version).update.CopyFrom(entity)
        (result,) = (await self._calls.call("Commit", request)).mutation_results
        if result.conflict_detected:
            raise ConsoleError(
                409,
                "conflict",
                CONFLICT,
            )

    async def delete(self, keys: list[Any]) -> None:
        for start in range(0, len(keys), MOST_DELETED):
            request = self._commit(keys[start])
            for key in keys[start : start + MOST_DELETED]:
                request.mutations.add().delete.CopyFrom(key)
            await self._calls.call("Commit", request)

    def _commit(self, key: Any) -> Any:
        return CommitRequest(
            project_id=self._project,
            database_id=key.partition_id.database_id,
            mode=CommitRequest.NON_TRANSACTIONAL,
        )


def new_key(form: Any, partition: Any) -> Any:
    """Return the key that the form for a new entity describes; incomplete if its ID is to be allocated.

    Raises:
        ConsoleError: it is malformed.
    """
    kind, identifier = str(form.get("kind", "")).strip(), str(form.get("identifier", ""))
    if not kind:
        raise ConsoleError(400, "kind_missing", "An entity needs a kind.")
    parent = str(form.get("parent", "")).strip()
    key = key_of(parent, partition) if parent else Key()
    key.partition_id.CopyFrom(partition)
    element = key.path.add(kind=kind)
    match form.get("id_type"):
        case "name":
            element.name = identifier
        case "id":
            if not (NUMERIC_ID.fullmatch(identifier) and 0 < int(identifier) < 2**63):
                raise ConsoleError(
                    400, "invalid_id", "A numeric ID is a number from 1 to 9223372036854775807."
                )
            element.id = int(identifier)
    return key


def properties_of(form: Any, known: Any, partition: Any) -> Any:
    """Return an entity without a key that has the properties of the form; `known` is the one before.

    Raises:
        ConsoleError: a value is malformed, or a property is named twice.
    """
    entity = Entity()
    removed = set(form.getall("removed", []))
    columns = (form.getall(name, []) for name in ("name", "type", "value", "indexed"))
    for number, (name, kind, text, indexed) in enumerate(zip(*columns, strict=False)):
        if not name or str(number) in removed:
            continue
        if name in entity.properties:
            raise ConsoleError(400, "duplicate_property", f"The property “{name}” is given twice.")
        if kind not in TYPES:
            raise ConsoleError(400, "invalid_type", f"There is no type “{str(kind)[:40]}”.")
        value = _value(name, kind, text, known, partition)
        value.exclude_from_indexes = indexed != "yes"
        entity.properties[name].CopyFrom(value)
    return entity


def _value(name: str, kind: str, text: str, known: Any, partition: Any) -> Any:
    """Return the value of a row of the form; exactly the one before if its text is the same."""
    before = known.properties.get(name)
    if before is None or type_of(before) != kind:
        return value_of(kind, text, partition, name)
    if is_text_of(text, before):
        return before
    value = value_of(kind, text, partition, name)
    value.meaning = before.meaning
    return value
