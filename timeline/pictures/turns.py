"""One at a time, and who is in no hurry lets the others pass."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Turns:
    def __init__(self) -> None:
        self._changed = Condition()
        self._is_taken = False
        self._hurrying = 0

    @contextmanager
    def taken(self, *, can_wait: bool = False) -> Iterator[None]:
        with self._changed:
            self._hurrying += not can_wait
            self._changed.wait_for(lambda: not self._is_taken and not (can_wait and self._hurrying))
            self._hurrying -= not can_wait
            self._is_taken = True
        try:
            yield
        finally:
            with self._changed:
                self._is_taken = False
                self._changed.notify_all()
