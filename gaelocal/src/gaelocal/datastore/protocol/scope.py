"""The project and database of a request; keys are checked against them and encoded."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.state.keys import Partition, encode_ordinary_path, encode_partition, encode_path
from gaelocal.datastore.state.tables import Tables

MOST_KEY_BYTES = 1_500
MOST_PATH_ELEMENTS = 100
# As in App Engine: an optional partition, an optional domain, and the name.
_PROJECT = re.compile(r"(?:[a-z\d\-]{1,100}~)?(?:(?!-)[a-z\d\-.]{1,100}:)?(?!-)[a-z\d\-]{1,100}")
_NAMESPACE = re.compile(r"[0-9A-Za-z._-]{0,100}")
_RESERVED_LENGTH = len("____")


class Scope(NamedTuple):
    tables: Tables
    project: str
    database: str

    @classmethod
    def of(cls, tables: Tables, request: Any) -> "Scope":
        project = request.project_id
        _check_project(project)
        return cls(tables, project, request.database_id)

    def partition(self, partition_id: Any) -> Partition:
        """Return the partition, filled in from the request.

        Raises:
            DatastoreError: it names another project or database than the request.
        """
        project = partition_id.project_id or self.project
        database = partition_id.database_id or self.database
        if (project, database) != (self.project, self.database):
            mine = f"{self.project}~{self.database}"
            raise invalid_argument(f"mismatched databases within request: {project}~{database} vs. {mine}")
        return _partition(project, database, partition_id.namespace_id)

    def key(self, key: Any) -> bytes:
        """Encode a complete key, and fill its partition in."""
        path = key.path
        encoded = encode_ordinary_path(path) if len(path) <= MOST_PATH_ELEMENTS else b""
        if not encoded:
            check_path(path)
            refuse_incomplete(path)
            encoded = encode_path(path)
        return encode_partition(self.partition_number(key)) + encoded

    def new_key(self, key: Any) -> bytes:
        """Encode the key of an entity that is to be written: neither kind nor name may be reserved."""
        for element in key.path:
            _check_not_reserved(element)
        return self.key(key)

    def partition_number(self, key: Any) -> int:
        partition_id = key.partition_id
        names = self.partition(partition_id)
        if is_reserved(names.namespace):
            raise invalid_argument(f'The namespace id "{names.namespace}" is reserved.')
        if not partition_id.project_id:
            partition_id.project_id = names.project
        if not partition_id.database_id:
            partition_id.database_id = names.database
        return self.tables.partition(names)


@lru_cache(maxsize=256)
def _check_project(project: str) -> None:
    if not project:
        raise invalid_argument("project_id is required")
    if not _PROJECT.fullmatch(project):
        raise invalid_argument(f'"{project}" is an invalid project id.')


@lru_cache(maxsize=1_024)
def _partition(project: str, database: str, namespace: str) -> Partition:
    if not _NAMESPACE.fullmatch(namespace):
        raise invalid_argument(f'Illegal string "{namespace}" in namespace id.')
    return Partition(project, database, namespace)


def refuse_incomplete(path: Any) -> None:
    if not path[-1].id and not path[-1].name:
        raise invalid_argument(f"Key path element must not be incomplete: {written_path(path)}")


def is_incomplete(key: Any) -> bool:
    last = key.path[-1]
    return not last.id and not last.name


def check_path(path: Any) -> None:
    """Refuse a path that no key can have; its last element may still lack an id or name."""
    if not 0 < len(path) <= MOST_PATH_ELEMENTS:
        raise invalid_argument(f"A key must have 1 to {MOST_PATH_ELEMENTS} path elements.")
    for element in path:
        if not element.kind:
            raise invalid_argument("The kind is the empty string.")
        check_length("kind", element.kind)
        _check_identifier(element)
        check_length("key path element name", element.name)
    if any(not element.id and not element.name for element in path[:-1]):
        raise invalid_argument(f"Key path element must not be incomplete: {written_path(path)}")


def _check_identifier(element: Any) -> None:
    chosen = element.WhichOneof("id_type")
    if chosen == "id" and not element.id:
        raise invalid_argument("Key path id is invalid. Must not be zero.")
    if chosen == "name" and not element.name:
        raise invalid_argument("The key path element name is the empty string.")


def check_length(what: str, text: str) -> None:
    if len(text) > MOST_KEY_BYTES or len(text.encode()) > MOST_KEY_BYTES:
        raise invalid_argument(f"The {what} is longer than {MOST_KEY_BYTES} bytes.")


def is_reserved(text: str) -> bool:
    return text.startswith("__") and text.endswith("__") and len(text) >= _RESERVED_LENGTH


def _check_not_reserved(element: Any) -> None:
    if is_reserved(element.kind):
        raise invalid_argument(f'The kind "{element.kind}" is reserved.')
    if is_reserved(element.name):
        raise invalid_argument(f'The key path element name "{element.name}" is reserved.')


def written_path(path: Iterable[Any]) -> str:
    return "[" + ", ".join(f"{element.kind}: {element.id or element.name or ''}" for element in path) + "]"
