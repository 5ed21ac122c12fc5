"""The diffs of docs/change-it.md apply to the current code, and their tests pass."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.clone import clone_to
from tests.docs.diffs import APPLY, HOW_TO_UPDATE
from tests.docs.reading import ROOT

DIFFS = sorted((ROOT / "docs" / "diffs").glob("*.diff"))
YAML_AND_ROUTES = "tests/test_architecture.py"
TESTED_BY = {
    "add-a-field": ["tests/services/api_backend/test_edits.py"],
    "add-a-resource": ["tests/services/api_backend/test_favourites.py"],
    "add-likes": ["tests/services/api_backend/test_likes.py"],
    "add-a-task": ["tests/services/tasks_backend/test_counts.py", YAML_AND_ROUTES],
    "add-a-service": ["tests/journeys/test_feeds.py", YAML_AND_ROUTES],
}
CHANGES_THE_API = ("add-a-field", "add-a-resource", "add-likes")


@pytest.mark.parametrize("diff", DIFFS, ids=lambda diff: diff.stem)
def test_a_documented_diff_applies_and_passes_its_tests(diff: Path, tmp_path: Path) -> None:
    clone_to(tmp_path)

    applied = run(tmp_path, *APPLY, str(diff))
    assert applied.returncode == 0, f"{HOW_TO_UPDATE}\n{applied.stderr}"
    linted = run(tmp_path, sys.executable, "-m", "ruff", "check", "--no-cache", ".")
    tests = TESTED_BY[diff.stem]
    tested = run(tmp_path, sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *tests)

    assert linted.returncode == 0, linted.stdout
    assert tested.returncode == 0, tested.stdout[-3000:]
    if diff.stem in CHANGES_THE_API:
        check_that_no_client_breaks(tmp_path)


def check_that_no_client_breaks(clone: Path) -> None:
    """`make openapi` writes the new document; it would refuse a change that breaks clients."""
    path = "PYTHONPATH=.:services/api-backend"

    wrote = run(clone, "env", path, sys.executable, "-m", "tests.api_contract")

    assert wrote.returncode == 0, wrote.stdout
    assert " M docs/openapi.json" in run(clone, "git", "status", "--porcelain").stdout


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
