"""The kinds the Datastore has of itself: `__namespace__`, `__kind__` and `__property__`, as keys."""

from collections.abc import Callable

from gaelocal.datastore.protocol.scope import is_reserved
from gaelocal.datastore.state.keys import Partition, encode_key
from gaelocal.datastore.state.queries import KEY
from gaelocal.datastore.state.tables import Tables
from gaelocal.protobuf.datastore_pb2 import Key

Path = list[tuple[str, str]]


def metadata_keys(tables: Tables, partition: Partition, kind: str) -> list[bytes] | None:
    """Give the keys of such a kind, or None where the kind is an ordinary one."""
    list_paths = _PATHS.get(kind)
    if list_paths is None:
        return None
    number = tables.partition(partition)
    return [_encode(number, path) for path in list_paths(tables, partition)]


def _encode(number: int, path: Path) -> bytes:
    key = Key()
    for kind, name in path:
        element = key.path.add(kind=kind)
        # Google gives the nameless namespace the id 1.
        if name:
            element.name = name
        else:
            element.id = 1
    return encode_key(number, key.path)


def _namespaces(tables: Tables, partition: Partition) -> list[Path]:
    mine = [(names, number) for names, number in tables.partitions().items() if names[:2] == partition[:2]]
    return [[("__namespace__", names.namespace)] for names, number in mine if tables.properties(number)]


def _kinds(tables: Tables, partition: Partition) -> list[Path]:
    indexed = tables.properties(tables.partition(partition))
    return [[("__kind__", kind)] for kind, name in indexed if name == KEY]


def _properties(tables: Tables, partition: Partition) -> list[Path]:
    indexed = tables.properties(tables.partition(partition))
    return [[("__kind__", kind), ("__property__", name)] for kind, name in indexed if not is_reserved(name)]


_PATHS: dict[str, Callable[[Tables, Partition], list[Path]]] = {
    "__namespace__": _namespaces,
    "__kind__": _kinds,
    "__property__": _properties,
}
