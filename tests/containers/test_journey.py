"""The test of the containers prints why it is skipped."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_without_a_docker_daemon_it_is_skipped_with_the_reason(tmp_path: Path) -> None:
    nowhere = os.environ | {"DOCKER_HOST": f"unix://{tmp_path / 'nobody.sock'}"}
    command = [sys.executable, "-m", "tests.containers.journey"]

    ran = subprocess.run(
        command, cwd=ROOT, env=nowhere, capture_output=True, text=True, timeout=120, check=False
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "compose-test: skipped: no docker daemon answers.\n"
