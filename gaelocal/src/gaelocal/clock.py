"""The time as a thing that is handed in, so that a test can move it by hand."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

LONGEST_NAP = 30.0
"""Seconds. A laptop that slept or whose clock was set is noticed within this time."""


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    def now(self) -> float:
        """Give the seconds since 1970, UTC."""
        ...

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Call back at `when` or earlier: who is called looks at the clock again."""
        ...


class WallClock:
    def now(self) -> float:
        return time.time()

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        delay = min(max(0.0, when - self.now()), LONGEST_NAP)
        return asyncio.get_running_loop().call_later(delay, callback)


async def pause(clock: Clock, seconds: float) -> None:
    """Wait by the clock."""
    until = clock.now() + seconds
    while clock.now() < until:
        woken = asyncio.Event()
        timer = clock.call_at(until, woken.set)
        try:
            await woken.wait()
        finally:
            timer.cancel()
