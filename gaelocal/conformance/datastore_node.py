"""The system tests of @google-cloud/datastore, in Node."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from conformance.datastore_server import run_step, running_datastore
from conformance.report import Report, Settings, SuiteUnavailable

NAME = "nodejs-datastore system tests"
BUILT = "build/system-test/datastore.js"
TEST_MILLISECONDS = 60_000
LONGEST_SECONDS = 1_200
REASONS = {
    "custom endpoint": "the test calls datastore.googleapis.com itself",
    "rest fallback": "the client sends REST over HTTPS with Google's default credentials",
    "export, then import": "managed export and import are not implemented",
    "index": "the Admin API is not served over gRPC",
}
"""Why tests cannot pass here, by a part of their names."""


def run(settings: Settings) -> Report:
    folder = settings.repository("nodejs-datastore")
    _build(folder)
    with running_datastore() as datastore, tempfile.TemporaryDirectory() as results:
        file = Path(results, "results.json")
        mocha = ["npx", "mocha", BUILT, "--exit", "--timeout", str(TEST_MILLISECONDS), "--reporter", "json"]
        subprocess.run(
            [*mocha, "--reporter-option", f"output={file}"],
            cwd=folder,
            env={**os.environ, **datastore},
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
        if not file.exists():
            raise SuiteUnavailable("mocha does not run")
        return _report(json.loads(file.read_text()))


def _build(folder: Path) -> None:
    if (folder / BUILT).exists():
        return
    run_step(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
    subprocess.run(["npx", "tsc", "-p", "."], cwd=folder, capture_output=True, timeout=600, check=False)
    run_step(["cp", "-r", "protos", "build/"], folder)
    run_step(["cp", "-r", "system-test/data", "build/system-test/"], folder)


def _report(results: dict[str, list[dict[str, object]]]) -> Report:
    report = Report(NAME, passed=len(results["passes"]), skipped=len(results["pending"]))
    for test in results["failures"]:
        title = str(test["fullTitle"])
        error = test["err"] if isinstance(test["err"], dict) else {}
        reason = next((why for part, why in REASONS.items() if part in title), "")
        report.failures.append(f"{title}: {reason or ' '.join(str(error.get('message')).split())[:200]}")
    return report
