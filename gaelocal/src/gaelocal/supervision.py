"""Supervise long-running work: start it again after a failure, and keep its health for the console."""

import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from gaelocal.clock import Clock, WallClock, pause

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
"""Seconds between retries, after a full disk or a held lock."""
KEPT_INCIDENTS = 50

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(slots=True)
class Component:
    """One long-running part. `failures` counts since it last worked, `total` since the start."""

    name: str
    clock: Clock
    failures: int = 0
    total: int = 0
    error: str = ""
    since: float | None = None

    def failed(self, error: BaseException) -> None:
        """Note a failure; log it when it is the first, or another than before."""
        text = describe(error)
        if not self.failures or text != self.error:
            log.warning("%s: %s; retrying", self.name, text)
        self.since = self.since or self.clock.now()
        self.failures += 1
        self.total += 1
        self.error = text

    def recovered(self) -> None:
        """Note that it works; log it after a failure."""
        if self.failures:
            log.warning("%s works again after %d failures", self.name, self.failures)
        self.failures, self.since = 0, None

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "status": "failing" if self.failures else "ok",
            "failures": self.failures,
            "total_failures": self.total,
            "last_error": self.error or None,
            "failing_since": _moment(self.since) if self.since else None,
        }


@dataclass(slots=True)
class Health:
    """The components of the platform, and the last errors outside of any component."""

    clock: Clock = field(default_factory=WallClock)
    _components: dict[str, Component] = field(default_factory=dict)
    _incidents: deque[dict[str, str]] = field(default_factory=lambda: deque(maxlen=KEPT_INCIDENTS))

    def component(self, name: str) -> Component:
        return self._components.setdefault(name, Component(name, self.clock))

    def forget(self, name: str) -> None:
        self._components.pop(name, None)

    def incident(self, what: str, error: BaseException | None = None) -> None:
        """Log and keep an event that needs attention but has no component that could recover."""
        message = f"{what}: {describe(error)}" if error else what
        log.warning("%s", message)
        self._incidents.appendleft({"time": _moment(self.clock.now()), "message": message})

    def note_loop_error(self, _loop: Any, context: dict[str, Any]) -> None:
        """Handle an error that nothing awaited; the signature is that of an asyncio exception handler."""
        self.incident(str(context.get("message", "background work failed")), context.get("exception"))

    def as_json(self) -> dict[str, Any]:
        rows = [component.as_json() for component in self._components.values()]
        is_failing = any(row["status"] == "failing" for row in rows)
        return {
            "status": "failing" if is_failing else "ok",
            "components": sorted(rows, key=lambda row: (row["status"] == "ok", row["name"])),
            "incidents": list(self._incidents),
        }


async def keep_running(component: Component, work: Callable[[], Awaitable[None]]) -> None:
    """Await `work()`, and start it again after each error until it returns.

    `work` calls `component.recovered()` whenever it got something done.
    """
    while True:
        try:
            return await work()
        except Exception as error:  # noqa: BLE001 - supervision handles unforeseen errors
            component.failed(error)
        await pause(component.clock, _backoff(component.failures))


async def retry(component: Component, action: Callable[[], T]) -> T:
    """Repeat a short action until it succeeds; return its result."""
    attempt = 0
    while True:
        try:
            result = action()
        except Exception as error:  # noqa: BLE001 - the same
            attempt += 1
            component.failed(error)
            await pause(component.clock, _backoff(attempt))
            continue
        component.recovered()
        return result


def describe(error: BaseException) -> str:
    """Return an error in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def _backoff(attempt: int) -> float:
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempt - 1, 16))


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
