"""Keys of datastore_v3 as keys of `google.datastore.v1`, and back."""

from collections.abc import Iterable
from typing import Any

from gaelocal.protobuf.bundled_entity_pb2 import Reference
from gaelocal.protobuf.datastore_pb2 import Key, PartitionId

BLOB_INFO = "__BlobInfo__"
STORED_BLOB_INFO = "_BlobInfo_"


def stored_kind(kind: str) -> str:
    """Return the kind under which entities are kept: that of blobs is reserved in Cloud Datastore."""
    return STORED_BLOB_INFO if kind == BLOB_INFO else kind


def project_of(app: str) -> str:
    """Return the project ID of an application ID such as `s~project`."""
    return app.rpartition("~")[2]


def partition_of(source: Any) -> PartitionId:
    """Return the partition of a message with `app`, `name_space` and `database_id`."""
    return PartitionId(
        project_id=project_of(source.app), namespace_id=source.name_space, database_id=source.database_id
    )


def to_key(reference: Any) -> Key:
    return _key(reference, reference.path.element)


def key_of_value(reference: Any) -> Key:
    return _key(reference, reference.pathelement)


def to_reference(key: Key, app: str) -> Reference:
    reference = Reference(path={})
    _set_partition(reference, key, app)
    _set_path(reference.path.element, key)
    return reference


def set_reference_value(target: Any, key: Key, app: str) -> None:
    _set_partition(target, key, app)
    _set_path(target.pathelement, key)


def is_complete(reference: Any) -> bool:
    last = reference.path.element[-1]
    return bool(last.name or last.id)


def _key(source: Any, elements: Iterable[Any]) -> Key:
    key = Key(partition_id=partition_of(source))
    for element in elements:
        part = key.path.add(kind=stored_kind(element.type))
        if element.HasField("name") and element.name:
            part.name = element.name
        elif element.id:
            part.id = element.id
    return key


def _set_partition(target: Any, key: Key, app: str) -> None:
    """Set the partition; `app` has the prefix `s~` that the project ID lacks."""
    partition = key.partition_id
    is_own = partition.project_id in ("", project_of(app))
    target.app = app if is_own else partition.project_id
    if partition.namespace_id:
        target.name_space = partition.namespace_id
    if partition.database_id:
        target.database_id = partition.database_id


def _set_path(elements: Any, key: Key) -> None:
    for part in key.path:
        element = elements.add(type=BLOB_INFO if part.kind == STORED_BLOB_INFO else part.kind)
        if part.name:
            element.name = part.name
        elif part.id:
            element.id = part.id
