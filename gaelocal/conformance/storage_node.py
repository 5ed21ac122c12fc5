"""39 daily operations of the npm package @google-cloud/storage, written for gaelocal (storage_node.cjs)."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from conformance.platform import running
from conformance.report import Report, Settings, SuiteUnavailable

NAME = "npm @google-cloud/storage, 39 operations"
PROBE = Path(__file__).with_name("storage_node.cjs")
SECONDS = 300


def run(settings: Settings) -> Report:
    """Run the probe in the folder `node-storage`, in which the package is installed by npm."""
    folder = settings.repository("node-storage")
    if not shutil.which("node"):
        raise SuiteUnavailable("node is not installed")
    report = Report(NAME)
    with running() as platform:
        environment = {**os.environ, **platform.environment()}
        ran = subprocess.run(
            ["node", str(PROBE)],
            check=False,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    for row in rows:
        report.expect(row["name"], row["ok"], row.get("error"))
    if ran.returncode or not rows:
        raise SuiteUnavailable(f"the probe does not run: {ran.stderr[-300:]}")
    return report
