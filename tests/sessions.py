"""Run the two test sessions of this repository: gaelocal's own suite, then the photo timeline's.

They are separate because gaelocal is a distribution of its own with its own configuration. Arguments are
pytest's; an existing path runs only in the session it belongs to. Each session runs its files in parallel,
unless single files are named or an argument needs a single process.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GAELOCAL = ROOT / "gaelocal"

WORKERS_PER_PROCESSOR = {GAELOCAL: 2.0, ROOT: 1.5}
"""Tests of instances mostly wait for processes to start; tests with a browser need a processor."""
MOST_WORKERS = 8
"""Each has its own emulators, platform and browser: about 500 MB."""
ONE_PROCESS = {
    "-s",
    "--capture=no",
    "--pdb",
    "--trace",
    "--collect-only",
    "--co",
    "-n",
    "--numprocesses",
    "no:xdist",
}
"""Arguments that do not work in parallel, or that choose the number of workers."""


def main(arguments: list[str]) -> int:
    """Return 0 if every session passed; a session that selected no test counts as passed beside another."""
    results = [_run(folder, words) for folder, words in _sessions(arguments)]
    if results and all(result == pytest.ExitCode.NO_TESTS_COLLECTED for result in results):
        return results[0]
    return next((r for r in results if r not in (0, pytest.ExitCode.NO_TESTS_COLLECTED)), 0)


def parallel(words: list[str], per_processor: float, processors: int | None = None) -> list[str]:
    """Return the arguments that run the files of this selection in parallel, if that is faster."""
    workers = min(int(per_processor * (processors or _processors())), MOST_WORKERS)
    paths = [word for word in words if _is_path(word)]
    names_files = bool(paths) and all(not Path(word).is_dir() for word in paths)
    chosen = any(word in ONE_PROCESS or word.startswith(("-n", "--numprocesses=")) for word in words)
    if workers == 1 or names_files or chosen:
        return []
    return ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"]


def _sessions(arguments: list[str]) -> list[tuple[Path, list[str]]]:
    paths = [word for word in arguments if _is_path(word)]
    options = [word for word in arguments if word not in paths]
    if not paths:
        return [(GAELOCAL, options), (ROOT, options)]
    inside = [_absolute(word) for word in paths if GAELOCAL in Path(_absolute(word)).parents]
    outside = [_absolute(word) for word in paths if GAELOCAL not in Path(_absolute(word)).parents]
    chosen = [(GAELOCAL, inside), (ROOT, outside)]
    return [(folder, [*options, *words]) for folder, words in chosen if words]


def _is_path(word: str) -> bool:
    return not word.startswith("-") and Path(word.partition("::")[0]).exists()


def _absolute(word: str) -> str:
    return str(Path.cwd() / word)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _run(folder: Path, words: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", *parallel(words, WORKERS_PER_PROCESSOR[folder]), *words]
    return subprocess.run(command, cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
