"""Check property values, in entities and in filters."""

import math
from collections.abc import Callable
from typing import Any

from gaelocal.datastore.errors import invalid_argument

MOST_INDEXED_BYTES = 1_500
MOST_VALUE_BYTES = 1_048_487
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799
"""The years 1 to 9999."""
_NANOS_PER_SECOND = 1_000_000_000
_MOST_LATITUDE, _MOST_LONGITUDE = 90.0, 180.0


def check_content(name: str, value: Any) -> None:
    """Refuse a value that is missing or out of range, and cut timestamps to microseconds.

    Raises:
        DatastoreError: INVALID_ARGUMENT, in Google's words.
    """
    kind = value.WhichOneof("value_type")
    if kind is None:
        raise invalid_argument(f'The value "{name}" does not contain a value.')
    check = _CHECKS.get(kind)
    if check is not None:
        check(value)


def _check_timestamp(value: Any) -> None:
    timestamp = value.timestamp_value
    if not _FIRST_SECOND <= timestamp.seconds <= _LAST_SECOND:
        raise invalid_argument("Timestamp seconds exceeds limit for field")
    if not 0 <= timestamp.nanos < _NANOS_PER_SECOND:
        raise invalid_argument("Timestamp nanos exceeds limit for field")
    if timestamp.nanos % 1_000:
        timestamp.nanos -= timestamp.nanos % 1_000


def _check_point(value: Any) -> None:
    point = value.geo_point_value
    for name, number, most in (
        ("latitude", point.latitude, _MOST_LATITUDE),
        ("longitude", point.longitude, _MOST_LONGITUDE),
    ):
        if math.isnan(number):
            raise invalid_argument(f"Geo point {name} is not a number.")
        if abs(number) > most:
            raise invalid_argument(f"Geo point {name} outside permitted range -{most} to {most}.")


def _check_array(value: Any) -> None:
    if value.exclude_from_indexes:
        raise invalid_argument("Exclude from indexes cannot be set on a list value")
    if value.meaning:
        raise invalid_argument("A Value containing a list_value cannot specify a meaning.")


_CHECKS: dict[str, Callable[[Any], None]] = {
    "timestamp_value": _check_timestamp,
    "geo_point_value": _check_point,
    "array_value": _check_array,
}
