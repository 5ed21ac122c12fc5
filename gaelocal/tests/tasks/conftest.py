"""The server of the queue tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.tasks.harness import TasksHarness


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[TasksHarness]:
    harness = TasksHarness(tmp_path / "tasks")
    yield harness
    harness.close()
