"""Time until the installed platform answers, and its memory when idle."""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.journeys.platform import Platform

STARTS = 3
MEBIBYTE = 2**20


def main() -> int:
    seconds: list[float] = []
    for number in range(STARTS):
        with tempfile.TemporaryDirectory() as folder:
            platform = Platform(Path(folder))
            try:
                began = time.monotonic()
                platform.start()
                seconds.append(time.monotonic() - began)
                if number == STARTS - 1:
                    print_memory(platform)
            finally:
                platform.stop()
    print(f"seconds until --ready-file is written    {statistics.median(seconds):.2f}  (aim 3)")
    return 0


def print_memory(platform: Platform) -> None:
    """PSS counts a page shared by n processes as 1/n for each, so the sum is the memory really used."""
    total = 0.0
    for pid in platform.pids():
        process = psutil.Process(pid)
        memory = process.memory_full_info()
        total += memory.pss / MEBIBYTE
        name = " ".join(process.cmdline()[1:4])[:50]
        print(f"  {memory.pss / MEBIBYTE:6.0f} MiB PSS {memory.rss / MEBIBYTE:6.0f} MiB RSS  {name}")
    print(f"MiB of all processes together, idle      {total:.0f}  (aim 350)")


if __name__ == "__main__":
    sys.exit(main())
