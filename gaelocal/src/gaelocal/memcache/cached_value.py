"""A cached value as the console shows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CachedValue:
    """`remaining` is in seconds, -1 for a value that does not expire; None stands for an unknown fact."""

    value: bytes
    flags: int
    remaining: int | None = None
    idle: int | None = None
