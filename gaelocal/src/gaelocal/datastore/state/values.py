"""Property values as bytes in Datastore's order across types.

null < integers and timestamps < booleans < text and bytes < doubles < points < keys. Timestamps count
as their microseconds and bytes as text: two values of one class that look the same are equal, as in Google's
index.
No encoded value is the beginning of another one, so the inverted bytes have exactly the inverted order.
"""

import math
import struct
from collections.abc import Callable
from typing import Any

from gaelocal.datastore.state.keys import (
    decode_integer,
    decode_path,
    encode_integer,
    encode_path,
    escaped,
    unescaped,
)
from gaelocal.protobuf.datastore_pb2 import Value

_NULL, _FIXED, _BOOLEAN, _TEXT, _DOUBLE, _POINT, _KEY = (bytes([16 * n]) for n in range(1, 8))
_INVERSION = bytes(range(255, -1, -1))
_ALL = (1 << 64) - 1
_SIGN = 1 << 63


def encode_value(value: Any) -> bytes | None:
    """Return the index form of a value, or None for what no index holds as a whole: arrays and entities."""
    encode = ENCODERS.get(value.WhichOneof("value_type") or "null_value")
    return encode(value) if encode else None


def inverted(encoded: bytes) -> bytes:
    return encoded.translate(_INVERSION)


def decode_value(encoded: bytes) -> Any:
    """Return the value an index entry stands for; a timestamp comes back in microseconds, as from Google."""
    value = Value()
    _DECODERS[encoded[:1]](value, encoded[1:])
    return value


def class_of(first: int) -> str:
    """Name the class of values whose encoding begins with a byte."""
    return _CLASSES[first // 16 - 1]


def number_of(encoded: bytes) -> int | float | None:
    """Return the number that an encoded integer, timestamp or double stands for, or None for other values."""
    if encoded[:1] == _FIXED:
        return decode_integer(encoded[1:])
    return _from_double(encoded[1:]) if encoded[:1] == _DOUBLE else None


def microseconds(timestamp: Any) -> int:
    return int(timestamp.seconds * 1_000_000 + timestamp.nanos // 1_000)


def _double(number: float) -> bytes:
    bits = int.from_bytes(struct.pack(">d", math.nan if math.isnan(number) else number), "big")
    return ((bits ^ _ALL) if bits & _SIGN else (bits | _SIGN)).to_bytes(8, "big")


def _from_double(encoded: bytes) -> float:
    bits = int.from_bytes(encoded, "big")
    bits = (bits ^ _SIGN) if bits & _SIGN else (bits ^ _ALL)
    return float(struct.unpack(">d", bits.to_bytes(8, "big"))[0])


def _encode_point(value: Any) -> bytes:
    return _POINT + _double(value.geo_point_value.latitude) + _double(value.geo_point_value.longitude)


def _encode_key(value: Any) -> bytes:
    partition = value.key_value.partition_id
    names = (partition.project_id, partition.database_id, partition.namespace_id)
    return (
        _KEY
        + b"".join(escaped(name.encode()) for name in names)
        + encode_path(value.key_value.path)
        + b"\x00"
    )


def _decode_key(value: Any, encoded: bytes) -> None:
    project, database, namespace, path = encoded.split(b"\x00", 3)
    partition = value.key_value.partition_id
    partition.project_id = unescaped(project).decode()
    partition.database_id = unescaped(database).decode()
    partition.namespace_id = unescaped(namespace).decode()
    decode_path(path, 0, value.key_value.path)


def _decode_null(value: Any, _encoded: bytes) -> None:
    value.null_value = 0


def _decode_fixed(value: Any, encoded: bytes) -> None:
    value.integer_value = decode_integer(encoded)


def _decode_boolean(value: Any, encoded: bytes) -> None:
    value.boolean_value = encoded == b"\x01"


def _decode_text(value: Any, encoded: bytes) -> None:
    text = unescaped(encoded[:-1])
    try:
        value.string_value = text.decode()
    except UnicodeDecodeError:
        value.blob_value = text


def _decode_double(value: Any, encoded: bytes) -> None:
    value.double_value = _from_double(encoded)


def _decode_point(value: Any, encoded: bytes) -> None:
    value.geo_point_value.latitude = _from_double(encoded[:8])
    value.geo_point_value.longitude = _from_double(encoded[8:])


ENCODERS: dict[str, Callable[[Any], bytes]] = {
    "null_value": lambda _value: _NULL,
    "integer_value": lambda value: _FIXED + encode_integer(value.integer_value),
    "timestamp_value": lambda value: _FIXED + encode_integer(microseconds(value.timestamp_value)),
    "boolean_value": lambda value: _BOOLEAN + (b"\x01" if value.boolean_value else b"\x00"),
    "string_value": lambda value: _TEXT + escaped(value.string_value.encode()),
    "blob_value": lambda value: _TEXT + escaped(value.blob_value),
    "double_value": lambda value: _DOUBLE + _double(value.double_value),
    "geo_point_value": _encode_point,
    "key_value": _encode_key,
}
_DECODERS: dict[bytes, Callable[[Any, bytes], None]] = {
    _NULL: _decode_null,
    _FIXED: _decode_fixed,
    _BOOLEAN: _decode_boolean,
    _TEXT: _decode_text,
    _DOUBLE: _decode_double,
    _POINT: _decode_point,
    _KEY: _decode_key,
}
_CLASSES = ("null", "integer", "boolean", "text", "double", "point", "key")
EMPTY_ARRAY = _NULL
