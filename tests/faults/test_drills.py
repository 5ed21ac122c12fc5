"""The drills that take a few seconds; silent-mail waits for a timeout, and full-disk needs root."""

from pathlib import Path

import pytest

from bench.drills.__main__ import run_drill
from bench.drills.scripts import DRILLS


@pytest.mark.parametrize("name", ["cache-gone", "task-twice", "half-upload", "poison-image"])
def test_everything_holds_in_a_drill(tmp_path: Path, name: str) -> None:
    assert run_drill(name, tmp_path) == 0


def test_every_drill_is_documented() -> None:
    page = Path("docs/drills.md").read_text()

    assert [name for name in DRILLS if f"NAME={name}" not in page] == []
