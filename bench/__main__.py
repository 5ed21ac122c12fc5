"""`make bench`: run the benchmarks one after the other, or only the named ones, and print a table."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import figures

FOLDER = Path(__file__).resolve().parent
PARTS = {
    "__main__",
    "campaigns",
    "delaying_proxy",
    "figures",
    "image_similarity",
    "memory",
    "metering",
    "operations",
    "peers",
    "real_photos",
    "remaining_work",
}
WITH_OWN_TARGET = {
    "archive_memory",
    "budgets",
    "costs",
    "hostile",
    "kill_campaign",
    "load",
    "mail_campaign",
    "mail_growth",
    "rerender_campaign",
}
"""They take minutes or measure nothing, and run only if they are named."""
SHORT = {
    "large_data": ["--photos", "2000", "--rounds", "3"],
    "load": ["--seconds", "4"],
    "memcached": ["--rounds", "3"],
    "orphan_sweep": ["--photos", "2000", "--steps", "1"],
    "requests_per_second": ["--seconds", "4"],
    "round_trips": ["--rounds", "2"],
    "scaling": [],
    "startup": ["--starts", "1"],
}
"""The arguments with which `--short` runs them; CI runs those without a target of their own."""


def main() -> int:
    every = sorted(file.stem for file in FOLDER.glob("*.py") if file.stem not in PARTS)
    default = [name for name in every if name not in WITH_OWN_TARGET]
    short = [name for name in SHORT if name not in WITH_OWN_TARGET]
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of {', '.join(every)}")
    parser.add_argument(
        "--short", action="store_true", help=f"run short versions, without names only {', '.join(short)}"
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a target is missed")
    given = parser.parse_args()
    if unknown := set(given.names) - set(every):
        parser.error(f"no benchmark is named {', '.join(sorted(unknown))}; there are {', '.join(every)}")
    measured, failed = run(given.names or (short if given.short else default), is_short=given.short)
    print(f"\n{figures.table_of(measured)}")
    for name in failed:
        print(f"{name} failed; its output is above")
    is_missed = any(figure.is_missed for each in measured.values() for figure in each)
    return int(bool(failed) or (given.strict and is_missed))


def run(names: list[str], *, is_short: bool) -> tuple[dict[str, list[figures.Figure]], list[str]]:
    """Return the figures by benchmark, and the benchmarks that failed."""
    measured, failed = {}, []
    for name in names:
        print(f"\n== {name}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "figures")
            file.touch()
            if not run_one(name, SHORT.get(name, []) if is_short else [], file):
                failed.append(name)
            measured[name] = figures.read_figures(file)
    return measured, failed


def run_one(name: str, words: list[str], file: Path) -> bool:
    """Run a benchmark without the log lines of the services, unless it fails."""
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", f"bench.{name}", *words],
            env={**os.environ, figures.FILE_VARIABLE: str(file), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert process.stdout is not None
        for line in process.stdout:
            if is_log_line(line):
                log.write(line)
            else:
                print(line, end="", flush=True)
        if process.wait() == 0:
            return True
        log.seek(0)
        shutil.copyfileobj(log, sys.stderr)
        return False


def is_log_line(line: str) -> bool:
    """The services write one JSON object per line."""
    return line.startswith('{"')


if __name__ == "__main__":
    sys.exit(main())
