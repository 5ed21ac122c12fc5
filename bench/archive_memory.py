"""The memory of tasks-backend before, during and after archives of all photos of a user.

A piece of an archive has 16 MB and is in memory until it is stored. Memory that remains after the first
archive must be reused by the next ones, or be returned to the system.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.figures import report
from bench.memory import MemoryRecorder, Sample, sample_of
from bench.remaining_work import wait_until_idle
from bench.resilience.services import unique_image
from tests.journeys.platform import Person, Platform
from tests.waiting import eventually

MEGABYTE = 1_000_000
SERVICE = "tasks-backend"
SAMPLE_SECONDS = 0.1
WITHIN = 600.0
MOST_KEPT = 10
"""MiB."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=100)
    parser.add_argument("--archives", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(Path(folder), words=("--env", "RATE_LIMIT_SCALE=0"))
        try:
            platform.start()
            measure(platform, given.photos, given.archives)
        finally:
            platform.stop()
    return 0


def measure(platform: Platform, photos: int, archives: int) -> None:
    ana = platform.as_("ana")
    for number in range(photos):
        ana.post_photo(unique_image(number) + os.urandom(MEGABYTE)).raise_for_status()
    wait_until_idle(platform, WITHIN)
    before = memory_of(sample_of(platform))
    kept = 0.0
    for number in range(1, archives + 1):
        with MemoryRecorder(platform, SAMPLE_SECONDS) as recorder:
            make_archive(ana)
        most = max(memory_of(sample) for sample in recorder.samples)
        kept = memory_of(sample_of(platform)) - before
        print(f"archive {number}: {before:.0f} MiB before, {most:.0f} at most, {before + kept:.0f} after it")
    report(f"MiB that {SERVICE} keeps after {archives} archives of {photos} MB", kept, at_most=MOST_KEPT)


def memory_of(sample: Sample) -> float:
    return sum(size for name, size in sample.items() if name.startswith(SERVICE))


def make_archive(person: Person) -> None:
    person.ask("POST", "/api/v1/me/export").raise_for_status()

    def state() -> Any:
        return person.ask("GET", "/api/v1/me/export").json()["state"] == "ready"

    eventually(state, within=WITHIN)


if __name__ == "__main__":
    sys.exit(main())
