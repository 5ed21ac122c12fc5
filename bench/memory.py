"""Samples of the memory of each process of a platform, and how much it grows."""

import statistics
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

import psutil

from tests.journeys.platform import Platform

MEBIBYTE = 1 << 20
SAMPLE_SECONDS = 10.0
PART = 0.1
"""The memory at the beginning and at the end are medians of this part of the samples."""
Sample = dict[str, float]
"""MiB by process."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The memory of a process, or of all, at the beginning and at the end."""

    before: float
    after: float

    @property
    def percent(self) -> float:
        return (self.after / self.before - 1) * 100


@dataclass
class MemoryRecorder:
    """Samples the memory of a platform in a thread: `with MemoryRecorder(platform) as recorder`."""

    platform: Platform
    seconds: float = SAMPLE_SECONDS
    samples: list[Sample] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> "MemoryRecorder":
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        assert self._thread is not None
        self._thread.join()

    def _run(self) -> None:
        self.samples.append(sample_of(self.platform))
        while not self._stopped.wait(self.seconds):
            self.samples.append(sample_of(self.platform))


def sample_of(platform: Platform) -> Sample:
    """PSS counts a page shared by n processes as 1/n for each, so that the sum is the memory really used."""
    found: Sample = {}
    for pid in platform.pids():
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            memory = process.memory_full_info()
            found[f"{name_of(process)} {pid}"] = getattr(memory, "pss", memory.rss) / MEBIBYTE
    return found


def name_of(process: psutil.Process) -> str:
    """Return the service of a process of gunicorn, "decoder" or "gaelocal"."""
    if "decoder" in " ".join(process.cmdline()):
        return "decoder"
    return process.environ().get("GAE_SERVICE", "gaelocal")


def growth_of_all(samples: Sequence[Sample]) -> Growth:
    totals = [sum(sample.values()) for sample in samples]
    return _growth(totals)


def growth_by_process(samples: Sequence[Sample]) -> dict[str, Growth]:
    """Return the growth of each process that lived during all samples."""
    names = set.intersection(*(set(sample) for sample in samples))
    return {name: _growth([sample[name] for sample in samples]) for name in sorted(names)}


def _growth(values: Sequence[float]) -> Growth:
    count = max(1, round(len(values) * PART))
    return Growth(statistics.median(values[:count]), statistics.median(values[-count:]))
