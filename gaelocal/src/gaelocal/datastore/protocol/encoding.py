"""Encode responses as protobuf bytes around stored entities, without parsing these again.

The numbers are those of the fields of `google.datastore.v1`; every value here is small or already encoded.
"""

from functools import lru_cache

from gaelocal.datastore.state.tables import Stored

# EntityResult: entity 1, cursor 3, version 4, update_time 5, create_time 6.
_ENTITY, _CURSOR, _VERSION, _UPDATED, _CREATED = b"\x0a", b"\x1a", b"\x20", b"\x2a", b"\x32"
# MutationResult: version 4 as above, update_time 6, create_time 7.
_MUTATION_UPDATED, _MUTATION_CREATED = b"\x32", b"\x3a"
_SECONDS, _NANOS = b"\x08", b"\x10"
_MICROSECOND = 1_000_000


@lru_cache(maxsize=1 << 14)
def varint(number: int) -> bytes:
    if number < 0x80:  # noqa: PLR2004 - one byte has seven bits
        return bytes((number,))
    encoded = bytearray()
    while number >> 7:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def field(tag: bytes, payload: bytes) -> bytes:
    """Return a field whose value is bytes, text or a message."""
    return tag + varint(len(payload)) + payload


def entity_result(stored: Stored, cursor: bytes = b"") -> bytes:
    """Return an EntityResult of a whole entity."""
    found = _ENTITY + varint(len(stored.body)) + stored.body + _times(stored.version, stored.created)
    return found + _CURSOR + varint(len(cursor)) + cursor if cursor else found


@lru_cache(maxsize=1 << 12)
def _times(version: int, created: int) -> bytes:
    updated = _VERSION + varint(version) + _UPDATED + encoded_timestamp(version)
    return updated + _CREATED + encoded_timestamp(created)


def mutation_times(version: int, created: int) -> bytes:
    """Return the version and the times of a MutationResult."""
    updated = _VERSION + varint(version) + _MUTATION_UPDATED + encoded_timestamp(version)
    return updated + _MUTATION_CREATED + encoded_timestamp(created) if created else updated


def encoded_timestamp(microseconds: int) -> bytes:
    """Return a Timestamp and before it its length."""
    seconds, micros = divmod(microseconds, _MICROSECOND)
    encoded = _SECONDS + varint(seconds)
    if micros:
        encoded += _NANOS + varint(micros * 1_000)
    return varint(len(encoded)) + encoded
