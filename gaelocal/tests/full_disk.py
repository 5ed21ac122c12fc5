"""A disk that is full for one write of one file."""

import os
from pathlib import Path

import pytest

FULL = Path("/dev/full")
"""Every write to this device fails as on a full disk; only Linux has it."""
needs_full_device = pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")


def fill_disk_for(file: Path) -> None:
    """Let the next `write_atomically` of this file fail."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_name(f".{file.name}.{os.getpid()}").symlink_to(FULL)
