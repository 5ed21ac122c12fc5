"""The message classes that schema.py declares, in a pool of their own, and their enums."""

from enum import IntEnum
from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from gaelocal.datastore.schema import SCHEMA

_PACKAGE = "gaelocal.datastore"
_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    name: _Field.Type.Value(f"TYPE_{name.upper()}")
    for name in ("int32", "int64", "double", "bool", "string", "bytes")
}


class Operator(IntEnum):
    LESS_THAN = 1
    LESS_THAN_OR_EQUAL = 2
    GREATER_THAN = 3
    GREATER_THAN_OR_EQUAL = 4
    EQUAL = 5
    IN = 6
    NOT_EQUAL = 9
    HAS_ANCESTOR = 11
    NOT_IN = 13


class MoreResults(IntEnum):
    NOT_FINISHED = 1
    MORE_RESULTS_AFTER_LIMIT = 2
    NO_MORE_RESULTS = 3
    MORE_RESULTS_AFTER_CURSOR = 4


class ResultType(IntEnum):
    FULL = 1
    PROJECTION = 2
    KEY_ONLY = 3


AND = 1
DESCENDING = 2
NON_TRANSACTIONAL = 2
CONFLICT_FAILS = 3


def _declare(file: Any, line: str) -> None:
    name, *fields = line.split()
    message = file.message_type.add(name=name)
    oneofs: list[str] = []
    for field in fields:
        _declare_field(message, oneofs, field)
    for oneof in oneofs:
        message.oneof_decl.add(name=oneof)


def _declare_field(message: Any, oneofs: list[str], written: str) -> None:
    name, rest = written.split("=")
    number, kind = rest.split(":")
    kind, _, oneof = kind.partition("/")
    field = message.field.add(name=name, number=int(number))
    field.label = _Field.LABEL_REPEATED if kind[-1] in "*}" else _Field.LABEL_OPTIONAL
    if kind.startswith("{"):
        kind = _declare_map_entry(message, name, kind.strip("{}"))
    _set_type(field, kind.rstrip("*"))
    if oneof:
        oneofs[len(oneofs) :] = [] if oneof in oneofs else [oneof]
        field.oneof_index = oneofs.index(oneof)


def _declare_map_entry(message: Any, name: str, kind: str) -> str:
    entry = message.nested_type.add(name=f"{name.title().replace('_', '')}Entry")
    entry.options.map_entry = True
    _set_type(entry.field.add(name="key", number=1, label=_Field.LABEL_OPTIONAL), "string")
    _set_type(entry.field.add(name="value", number=2, label=_Field.LABEL_OPTIONAL), kind)
    return f"{message.name}.{entry.name}"


def _set_type(field: Any, kind: str) -> None:
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type, field.type_name = _Field.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"


def _build() -> descriptor_pool.DescriptorPool:
    file = descriptor_pb2.FileDescriptorProto(
        name="gaelocal/datastore.proto", package=_PACKAGE, syntax="proto3"
    )
    for line in SCHEMA.replace("\n  ", " ").strip().splitlines():
        _declare(file, line)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool


_POOL = _build()


@cache
def message(name: str) -> Any:
    """Give the class of a message by its name in SCHEMA."""
    return message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f"{_PACKAGE}.{name}"))


Entity = message("Entity")
EntityResult = message("EntityResult")
Key = message("Key")
Value = message("Value")
Timestamp = message("Timestamp")
