"""Waiting for a condition, with a bound; nothing in these tests waits for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T], *, within: float = 60.0) -> T:
    """Return the first true result of `look`; fail if there is none in time."""
    deadline = time.monotonic() + within
    while True:
        found = look()
        if found or time.monotonic() > deadline:
            assert found, f"not true within {within:g} s"
            return found
        time.sleep(0.05)
