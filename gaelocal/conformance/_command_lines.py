"""Run the steps of a command-line suite and compare what they print."""

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.report import Report

STEP_SECONDS = 120


@dataclass(frozen=True)
class Step:
    """`shell` is one line of shell; its output must match `pattern`, and it must fail if `fails`."""

    name: str
    shell: str
    pattern: str = ""
    fails: bool = False


def run_steps(report: Report, steps: Iterable[Step], folder: Path, environment: Mapping[str, str]) -> None:
    for step in steps:
        ran = subprocess.run(
            ["bash", "-c", step.shell],
            check=False,
            cwd=folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=STEP_SECONDS,
        )
        output = ran.stdout + ran.stderr
        is_right = bool(ran.returncode) == step.fails and re.search(step.pattern, output, re.DOTALL)
        report.expect(step.name, is_right, f"exit {ran.returncode}: {' '.join(output.split())[-250:]}")
