"""A lock with two priorities."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class PriorityLock:
    """A mutual-exclusion lock; a low-priority waiter gets it only when no other thread waits for it."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._is_held = False
        self._urgent_waiters = 0

    @contextmanager
    def hold(self, *, is_low_priority: bool = False) -> Iterator[None]:
        with self._changed:
            self._urgent_waiters += not is_low_priority
            self._changed.wait_for(
                lambda: not self._is_held and not (is_low_priority and self._urgent_waiters)
            )
            self._urgent_waiters -= not is_low_priority
            self._is_held = True
        try:
            yield
        finally:
            with self._changed:
                self._is_held = False
                self._changed.notify_all()
