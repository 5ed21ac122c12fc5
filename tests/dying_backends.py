"""Backends that simulate the end of the process at a write."""

from collections.abc import Callable
from typing import Any


class Killed(BaseException):
    """Raised instead of ending the process."""


class FailsAtWrite:
    """The real Datastore or Cloud Storage; raises Killed before or after its n-th write."""

    def __init__(self, real: Any, countdown: list[int], is_after: bool) -> None:
        self._real = real
        self._countdown = countdown
        self._is_after = is_after

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._real, name)
        return self._counted(real) if name in {"add", "join", "delete", "transact", "put"} else real

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*words: Any, **more: Any) -> Any:
            self._countdown[0] -= 1
            if self._countdown[0] == 0 and not self._is_after:
                raise Killed
            answer = real(*words, **more)
            if self._countdown[0] == 0:
                raise Killed
            return answer

        return call
