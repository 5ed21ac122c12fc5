"""Seconds since 1970 as protobuf wants them, and back."""

from typing import Any

from gaelocal.tasks.wire import Timestamp

MICRO = 1_000_000


def timestamp(seconds: float) -> Any:
    stamp = Timestamp()
    stamp.FromMicroseconds(round(seconds * MICRO))
    return stamp


def seconds_of(moment: Any) -> float:
    """Read a Timestamp or a Duration."""
    return float(moment.ToMicroseconds()) / MICRO
