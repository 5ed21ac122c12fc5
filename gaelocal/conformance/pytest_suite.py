"""Run somebody else's tests by pytest and read their results."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from conformance.report import Report, SuiteUnavailable

LONGEST_SECONDS = 1800


def run_pytest(  # noqa: PLR0913 - three of them are rarely given
    name: str,
    folder: Path,
    arguments: Sequence[str],
    environment: Mapping[str, str] | None = None,
    *,
    expected_failures: Mapping[str, str] | None = None,
    python: str = sys.executable,
) -> Report:
    """Return the report of a test session, run by `python`.

    `expected_failures` maps a part of a test's ID to the reason.
    """
    with tempfile.TemporaryDirectory() as results:
        file = Path(results, "results.xml")
        command = [
            python,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--junitxml={file}",
            *arguments,
        ]
        ran = subprocess.run(
            command,
            check=False,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
        )
        if not file.exists():
            raise SuiteUnavailable(f"pytest does not run: {(ran.stdout + ran.stderr)[-400:]}")
        return _report(name, file, expected_failures or {})


def _report(name: str, file: Path, expected_failures: Mapping[str, str]) -> Report:
    report = Report(name)
    for case in ElementTree.parse(file).iter("testcase"):
        test = f"{case.get('classname')}::{case.get('name')}"
        problem = next((found for found in case if found.tag in ("failure", "error")), None)
        if problem is not None:
            reason = next((why for part, why in expected_failures.items() if part in test), "")
            message = " ".join((problem.get("message") or problem.text or "").split())
            report.failures.append(f"{test}: {reason or message[:200]}")
        elif case.find("skipped") is not None:
            report.skipped += 1
        else:
            report.passed += 1
    return report
