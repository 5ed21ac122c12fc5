"""A clock that stands still until a test moves it."""

import asyncio
from collections.abc import Callable


class ManualTimer:
    def __init__(self, clock: "ManualClock", when: float, callback: Callable[[], None]) -> None:
        self.clock, self.when, self.callback = clock, when, callback

    def cancel(self) -> None:
        if self in self.clock.timers:
            self.clock.timers.remove(self)


class ManualClock:
    """Stands still until a test moves it."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.time = now
        self.timers: list[ManualTimer] = []

    def now(self) -> float:
        return self.time

    def call_at(self, when: float, callback: Callable[[], None]) -> ManualTimer:
        timer = ManualTimer(self, when, callback)
        self.timers.append(timer)
        return timer

    async def advance(self, seconds: float) -> None:
        self.time += seconds
        for timer in [timer for timer in self.timers if timer.when <= self.time]:
            timer.cancel()
            timer.callback()
        await quiet()


async def quiet() -> None:
    """Let everything that is ready to run, run."""
    loop = asyncio.get_running_loop()
    for _ in range(30):
        turn = loop.create_future()
        loop.call_soon(turn.set_result, None)
        await turn
