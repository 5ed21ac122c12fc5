"""Time until the installed platform answers, and its memory when idle.

The modules are compiled before, as `make` and installers do it: compiling them at each start takes longer
than the start, and leaves a tenth more memory in use.
"""

import argparse
import compileall
import statistics
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import psutil

from bench.figures import report
from tests.journeys.platform import ROOT, Platform

STARTS = 3
MOST_SECONDS, MOST_MEBIBYTES = 1.2, 220
MEBIBYTE = 2**20
COMPILED = ("timeline", "services", "gaelocal/src")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=STARTS)
    starts = parser.parse_args().starts
    for source in [*(ROOT / name for name in COMPILED), Path(sysconfig.get_path("purelib"))]:
        compileall.compile_dir(source, quiet=2, workers=0)
    seconds: list[float] = []
    for number in range(starts):
        with tempfile.TemporaryDirectory() as folder:
            platform = Platform(Path(folder))
            try:
                began = time.monotonic()
                platform.start()
                seconds.append(time.monotonic() - began)
                if number == starts - 1:
                    report_memory(platform)
            finally:
                platform.stop()
    report("seconds until --ready-file is written", statistics.median(seconds), at_most=MOST_SECONDS)
    return 0


def report_memory(platform: Platform) -> None:
    """PSS counts a page shared by n processes as 1/n for each, so the sum is the memory really used."""
    total = 0.0
    for pid in platform.pids():
        process = psutil.Process(pid)
        memory = process.memory_full_info()
        total += memory.pss / MEBIBYTE
        name = " ".join(process.cmdline()[1:4])[:50]
        print(f"  {memory.pss / MEBIBYTE:6.0f} MiB PSS {memory.rss / MEBIBYTE:6.0f} MiB RSS  {name}")
    report("MiB of all processes together, idle, PSS", total, at_most=MOST_MEBIBYTES)


if __name__ == "__main__":
    sys.exit(main())
