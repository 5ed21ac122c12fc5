"""The kinds that describe the data itself: `__namespace__`, `__kind__` and `__property__`."""

from collections.abc import Callable, Iterable
from typing import Any

from gaelocal.datastore.protocol.scope import is_reserved
from gaelocal.datastore.state.indexing import TIMESTAMP
from gaelocal.datastore.state.keys import Partition, encode_key
from gaelocal.datastore.state.queries import KEY
from gaelocal.datastore.state.tables import TableReader
from gaelocal.datastore.state.values import class_of
from gaelocal.protobuf.datastore_pb2 import Entity

Path = list[tuple[str, str]]


def metadata_entities(tables: TableReader, partition: Partition, kind: str) -> dict[bytes, Any] | None:
    """Return the entities of such a kind by their encoded keys, or None where the kind is an ordinary one."""
    list_entities = _KINDS.get(kind)
    if list_entities is None:
        return None
    number = tables.names.partitions.get(partition, 0)
    return {
        encode_key(number, entity.key.path): entity for entity in list_entities(tables, partition, number)
    }


def _entity(partition: Partition, path: Path) -> Any:
    entity = Entity()
    entity.key.partition_id.project_id = partition.project
    entity.key.partition_id.database_id = partition.database
    entity.key.partition_id.namespace_id = partition.namespace
    for kind, name in path:
        element = entity.key.path.add(kind=kind)
        # Google gives the nameless namespace the id 1.
        if name:
            element.name = name
        else:
            element.id = 1
    return entity


def _namespaces(tables: TableReader, partition: Partition, _number: int) -> Iterable[Any]:
    for names, number in tables.partitions().items():
        if names[:2] == partition[:2] and tables.properties(number):
            yield _entity(partition, [("__namespace__", names.namespace)])


def _kinds(tables: TableReader, partition: Partition, number: int) -> Iterable[Any]:
    for kind, name in tables.properties(number):
        if name == KEY:
            yield _entity(partition, [("__kind__", kind)])


def _properties(tables: TableReader, partition: Partition, number: int) -> Iterable[Any]:
    for kind, name in tables.properties(number):
        if not is_reserved(name):
            entity = _entity(partition, [("__kind__", kind), ("__property__", name)])
            found = {_representation(*found) for found in tables.value_classes(number, kind, name)}
            values = entity.properties["property_representation"].array_value.values
            for representation in sorted(found):
                values.add(string_value=representation)
            yield entity


def _representation(first: int, flags: int) -> str:
    return "INT64" if flags & TIMESTAMP else _REPRESENTATIONS[class_of(first)]


_REPRESENTATIONS = {
    "null": "NULL",
    "integer": "INT64",
    "boolean": "BOOLEAN",
    "text": "STRING",
    "double": "DOUBLE",
    "point": "POINT",
    "key": "REFERENCE",
}
_KINDS: dict[str, Callable[[TableReader, Partition, int], Iterable[Any]]] = {
    "__namespace__": _namespaces,
    "__kind__": _kinds,
    "__property__": _properties,
}
