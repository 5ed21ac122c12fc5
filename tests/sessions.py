"""Run the two test sessions of this repository: gaelocal's own suite, then the photo timeline's.

They are separate because gaelocal is a distribution of its own with its own configuration. Arguments are
pytest's; an existing path runs only in the session it belongs to.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GAELOCAL = ROOT / "gaelocal"


def main(arguments: list[str]) -> int:
    """Return 0 if every session passed; a session that selected no test counts as passed beside another."""
    results = [_run(folder, words) for folder, words in _sessions(arguments)]
    if results and all(result == pytest.ExitCode.NO_TESTS_COLLECTED for result in results):
        return results[0]
    return next((r for r in results if r not in (0, pytest.ExitCode.NO_TESTS_COLLECTED)), 0)


def _sessions(arguments: list[str]) -> list[tuple[Path, list[str]]]:
    paths = [word for word in arguments if not word.startswith("-") and Path(word.split("::")[0]).exists()]
    options = [word for word in arguments if word not in paths]
    if not paths:
        return [(GAELOCAL, options), (ROOT, options)]
    inside = [_absolute(word) for word in paths if GAELOCAL in Path(_absolute(word)).parents]
    outside = [_absolute(word) for word in paths if GAELOCAL not in Path(_absolute(word)).parents]
    chosen = [(GAELOCAL, inside), (ROOT, outside)]
    return [(folder, [*options, *words]) for folder, words in chosen if words]


def _absolute(word: str) -> str:
    return str(Path.cwd() / word)


def _run(folder: Path, words: list[str]) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *words], cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
