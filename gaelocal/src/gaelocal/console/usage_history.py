"""Memory, CPU and requests of each instance over the last half hour."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from gaelocal.supervision import Component, keep_running

EVERY = 5.0
KEPT = 360
"""Samples of each instance: half an hour."""
MOST_SHOWN = 8
SHORT = 8
"""Letters of an ID that tell instances apart."""
Row = dict[str, Any]


class Sample(NamedTuple):
    """`cpu` is in seconds since the start of the process."""

    time: float
    memory: int
    cpu: float
    requests: int


class UsageHistory:
    """Samples the rows of the instances; those of instances that are gone are forgotten after a while."""

    def __init__(self, rows: Callable[[], list[Row]]) -> None:
        self._rows = rows
        self._samples: dict[tuple[str, str, str], deque[Sample]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self, component: Component) -> None:
        self._component = component
        self._task = asyncio.create_task(keep_running(component, self._collect))

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    def add(self, rows: list[Row], now: float) -> None:
        """Keep one sample of each instance that runs."""
        for row in rows:
            if not row["memory"] and not row.get("pid"):
                continue
            key = (str(row["service"]), str(row["version"]), str(row["instance"]))
            samples = self._samples.setdefault(key, deque(maxlen=KEPT))
            samples.append(Sample(now, row["memory"], row["cpu"], row["requests"]))
        oldest = now - KEPT * EVERY
        gone = [key for key, samples in self._samples.items() if samples[-1].time < oldest]
        for key in gone:
            del self._samples[key]

    def graphs(self, service: str, version: str) -> Row:
        """Return the series of each graph: the times, and a column for each instance."""
        kept = {
            key[2]: list(samples) for key, samples in self._samples.items() if key[:2] == (service, version)
        }
        shown = dict(list(kept.items())[-MOST_SHOWN:])
        times = sorted({sample.time for samples in shown.values() for sample in samples})
        places = {at: place for place, at in enumerate(times)}
        return {
            "names": [instance[:SHORT] for instance in shown],
            "memory": _aligned(times, places, shown.values(), lambda _, sample: sample.memory),
            "cpu": _aligned(times, places, shown.values(), _cpu_share),
            "requests": _aligned(times, places, shown.values(), _request_rate),
        }

    async def _collect(self) -> None:
        while True:
            # In a thread: it asks the operating system about every process of every instance.
            self.add(await asyncio.to_thread(self._rows), time.time())
            self._component.recovered()
            await asyncio.sleep(EVERY)


def _aligned(
    times: list[float], places: dict[float, int], series: Any, value: Callable[[Sample, Sample], float | None]
) -> list[list[float | None]]:
    columns: list[list[float | None]] = [list(times)]
    for samples in series:
        column: list[float | None] = [None] * len(times)
        for before, sample in zip([samples[0], *samples], samples, strict=False):
            column[places[sample.time]] = value(before, sample)
        columns.append(column)
    return columns


def _cpu_share(before: Sample, sample: Sample) -> float | None:
    """Return the share of one core in percent; None for the first sample and after a restart."""
    return _per_second(before, sample, 100 * (sample.cpu - before.cpu))


def _request_rate(before: Sample, sample: Sample) -> float | None:
    return _per_second(before, sample, sample.requests - before.requests)


def _per_second(before: Sample, sample: Sample, difference: float) -> float | None:
    seconds = sample.time - before.time
    return round(difference / seconds, 3) if seconds > 0 and difference >= 0 else None
