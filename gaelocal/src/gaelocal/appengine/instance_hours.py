"""Instance hours of each service, and their price on App Engine."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from gaelocal.appengine.project import Service
from gaelocal.atomic_write import write_atomically
from gaelocal.state_files import describe, ensure_folder, read_json
from gaelocal.supervision import Component, keep_running

log = logging.getLogger(__name__)
HOUR = 3600.0
SAVE_SECONDS = 60.0
FILE = "instance-hours.json"
PRICES: Mapping[str, float] = {
    "F1": 0.05,
    "F2": 0.10,
    "F4": 0.20,
    "F4_1G": 0.30,
    "B1": 0.05,
    "B2": 0.10,
    "B4": 0.20,
    "B4_1G": 0.30,
    "B8": 0.40,
}
"""US dollars per hour in us-central1 (cloud.google.com/appengine/pricing)."""


class Kind(NamedTuple):
    """The instances of one class in a service, which have one price."""

    service: str
    instance_class: str


@dataclass(frozen=True, slots=True)
class Running:
    kind: Kind
    since: float


class InstanceHours:
    """Counts from the start of a process to its end, and keeps the sums in a file.

    `clock` returns seconds. After `kill -9` of the platform, at most the last minute is missing.
    """

    def __init__(self, data: Path, component: Component, clock: Callable[[], float] = time.monotonic) -> None:
        self._file = data / FILE
        self._component = component
        self._clock = clock
        self._seconds: dict[Kind, float] = {}
        self._running: dict[str, Running] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Read the sums of earlier runs, and save them every minute from now on."""
        empty: dict[Kind, float] = {}
        self._seconds = read_json(self._file, _sums, empty)
        self._task = asyncio.create_task(keep_running(self._component, self._save_regularly))

    async def stop(self) -> None:
        """Save the sums; every instance has ended."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
            try:
                self._save()
            except OSError as error:  # what ends with the platform must not depend on it
                log.warning("%s %s", self._file, describe(error))

    def begin(self, instance: str, service: Service) -> None:
        kind = Kind(service.name, service.scaling.instance_class)
        self._running[instance] = Running(kind, self._clock())

    def end(self, instance: str) -> None:
        """Add the time of an instance; one that is unknown or has ended before is ignored."""
        if running := self._running.pop(instance, None):
            seconds = self._clock() - running.since
            self._seconds[running.kind] = self._seconds.get(running.kind, 0.0) + seconds

    def rows(self) -> list[dict[str, Any]]:
        """Return the hours and their price in US dollars, by service and instance class."""
        running = [one.kind for one in self._running.values()]
        return [
            {
                "service": kind.service,
                "instance_class": kind.instance_class,
                "running": running.count(kind),
                "hours": round(seconds / HOUR, 6),
                "price_per_hour": PRICES[kind.instance_class],
                "price": round(seconds / HOUR * PRICES[kind.instance_class], 6),
            }
            for kind, seconds in sorted(self._totals().items())
        ]

    def _totals(self) -> dict[Kind, float]:
        totals = dict(self._seconds)
        for running in self._running.values():
            totals[running.kind] = totals.get(running.kind, 0.0) + self._clock() - running.since
        return totals

    async def _save_regularly(self) -> None:
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            self._save()
            self._component.recovered()

    def _save(self) -> None:
        ensure_folder(self._file.parent)
        write_atomically(
            self._file, json.dumps([[*kind, seconds] for kind, seconds in self._totals().items()])
        )


def _sums(kept: Any) -> dict[Kind, float]:
    return {Kind(str(service), name): float(seconds) for service, name, seconds in kept if name in PRICES}
