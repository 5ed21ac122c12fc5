"""Seconds since 1970 and in durations, as protobuf messages and back."""

from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

MICRO = 1_000_000


def timestamp(seconds: float) -> Timestamp:
    stamp = Timestamp()
    stamp.FromMicroseconds(round(seconds * MICRO))
    return stamp


def duration(seconds: float) -> Duration:
    length = Duration()
    length.FromMicroseconds(round(seconds * MICRO))
    return length


def seconds_of(moment: Any) -> float:
    """Read a Timestamp or a Duration."""
    return float(moment.ToMicroseconds()) / MICRO
