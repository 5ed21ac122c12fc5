"""A lock that the shortest waiting job gets first."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition

MAX_OVERTAKEN = 8
"""A job that so many shorter ones have overtaken is next: it waits longer, but not forever."""


@dataclass(slots=True, eq=False)
class _Waiter:
    work: float
    arrival: int
    overtaken: int = 0

    @property
    def rank(self) -> tuple[bool, float, int]:
        return self.overtaken < MAX_OVERTAKEN, self.work, self.arrival


class PriorityLock:
    """A mutual-exclusion lock; of several waiters the one with the least work gets it."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._is_held = False
        self._waiters: list[_Waiter] = []
        self._arrivals = 0

    @contextmanager
    def hold(self, work: float = 0) -> Iterator[None]:
        with self._changed:
            waiter = self._enter(work)
            self._changed.wait_for(lambda: not self._is_held and self._next() is waiter)
            self._leave(waiter)
            self._is_held = True
        try:
            yield
        finally:
            with self._changed:
                self._is_held = False
                self._changed.notify_all()

    def _enter(self, work: float) -> _Waiter:
        self._arrivals += 1
        waiter = _Waiter(work, self._arrivals)
        self._waiters.append(waiter)
        return waiter

    def _next(self) -> _Waiter:
        return min(self._waiters, key=lambda waiter: waiter.rank)

    def _leave(self, waiter: _Waiter) -> None:
        self._waiters.remove(waiter)
        for other in self._waiters:
            other.overtaken += other.arrival < waiter.arrival
