"""The laboratory of the queue tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.tasks.laboratory import Laboratory


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Laboratory]:
    lab = Laboratory(tmp_path / "tasks")
    yield lab
    lab.close()
