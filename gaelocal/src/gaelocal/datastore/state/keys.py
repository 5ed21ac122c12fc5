"""Keys as bytes: their order is Datastore's key order, and an ancestor is a prefix.

A key is the number of its partition (4 bytes) and its path. A path element is the kind, ended by 0, and an
id (1 and 8 bytes) or a name (2, text, 0): ids come before names, parents before children.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from gaelocal.protobuf.datastore_pb2 import Key

_PARTITION = 4
_ID, _NAME = b"\x01", b"\x02"
_SIGN = 1 << 63
# Shorter texts need no check of their length in bytes: 1,500 at most, of which a character takes up to four.
_SHORT = 375


class Partition(NamedTuple):
    project: str
    database: str
    namespace: str


def escaped(text: bytes) -> bytes:
    """Terminate the text with 0 and escape 0 inside it; the order stays the same."""
    if b"\x00" in text or b"\x01" in text:
        text = text.replace(b"\x01", b"\x01\x02").replace(b"\x00", b"\x01\x01")
    return text + b"\x00"


def unescaped(text: bytes) -> bytes:
    return text.replace(b"\x01\x01", b"\x00").replace(b"\x01\x02", b"\x01")


def encode_integer(number: int) -> bytes:
    return (number + _SIGN).to_bytes(8, "big")


def decode_integer(encoded: bytes) -> int:
    return int.from_bytes(encoded, "big") - _SIGN


def encode_path(path: Any) -> bytes:
    parts = []
    for element in path:
        parts.append(escaped(element.kind.encode()))
        if element.WhichOneof("id_type") == "name":
            parts.append(_NAME + escaped(element.name.encode()))
        else:
            parts.append(_ID + encode_integer(element.id))
    return b"".join(parts)


def encode_ordinary_path(path: Any) -> bytes:
    """Encode a complete path of short kinds and names; return nothing for any other path."""
    parts = []
    for element in path:
        kind, name, number = element.kind, element.name, element.id
        if not kind or len(kind) > _SHORT or len(name) > _SHORT or not (name or number):
            return b""
        parts.append(_encoded_kind(kind))
        parts.append(_NAME + escaped(name.encode()) if name else _ID + encode_integer(number))
    return b"".join(parts)


@lru_cache(maxsize=1_024)
def _encoded_kind(kind: str) -> bytes:
    return escaped(kind.encode())


def encode_partition(number: int) -> bytes:
    return number.to_bytes(_PARTITION, "big")


def encode_key(partition: int, path: Any) -> bytes:
    return encode_partition(partition) + encode_path(path)


def decode_key(encoded: bytes, partition: Partition) -> Any:
    key = Key()
    project, database, namespace = partition
    key.partition_id.project_id = project
    key.partition_id.database_id = database
    key.partition_id.namespace_id = namespace
    decode_path(encoded, _PARTITION, key.path)
    return key


def decode_path(encoded: bytes, start: int, path: Any) -> int:
    """Append the elements that stand at `start` to `path`; return the place where they end."""
    while start < len(encoded) and encoded[start]:
        end = encoded.index(b"\x00", start)
        element = path.add(kind=unescaped(encoded[start:end]).decode())
        start = _end_of_identifier(encoded, end + 1)
        if encoded[end + 1 : end + 2] == _ID:
            element.id = decode_integer(encoded[end + 2 : start])
        else:
            element.name = unescaped(encoded[end + 2 : start - 1]).decode()
    return start


def partition_number(encoded: bytes) -> int:
    return int.from_bytes(encoded[:_PARTITION], "big")


def group_of(encoded: bytes) -> bytes:
    """Return the root of the key: its entity group."""
    return encoded[: _end_of_identifier(encoded, encoded.index(b"\x00", _PARTITION) + 1)]


def kind_of(encoded: bytes) -> bytes:
    """Return the kind of the last path element, in UTF-8."""
    start = _PARTITION
    while True:
        end = encoded.index(b"\x00", start)
        kind, start = encoded[start:end], _end_of_identifier(encoded, end + 1)
        if start >= len(encoded):
            return unescaped(kind)


def _end_of_identifier(encoded: bytes, start: int) -> int:
    if encoded[start : start + 1] == _ID:
        return start + 9
    return encoded.index(b"\x00", start) + 1
