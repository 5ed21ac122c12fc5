"""The clock as a parameter, so that tests can control the time."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

LONGEST_NAP = 30.0
"""Seconds. The longest time until a changed clock, or a resume from sleep, is noticed."""


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    def now(self) -> float:
        """Return the seconds since 1970, UTC."""
        ...

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Call back at `when` or earlier; the callback must check the clock again."""
        ...


class WallClock:
    def now(self) -> float:
        return time.time()

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        delay = min(max(0.0, when - self.now()), LONGEST_NAP)
        return asyncio.get_running_loop().call_later(delay, callback)


async def pause(clock: Clock, seconds: float) -> None:
    """Wait for `seconds` of the clock."""
    until = clock.now() + seconds
    while clock.now() < until:
        woken = asyncio.Event()
        timer = clock.call_at(until, woken.set)
        try:
            await woken.wait()
        finally:
            timer.cancel()
