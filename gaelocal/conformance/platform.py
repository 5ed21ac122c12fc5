"""Start gaelocal over a small project for the length of a suite."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.report import SuiteUnavailable

START_SECONDS = 60
APP = """
import json, os

def app(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode("latin-1")
    names = [name for name in environ if name.startswith("HTTP_")]
    row = {
        "service": os.environ["GAE_SERVICE"],
        "version": os.environ["GAE_VERSION"],
        "method": environ["REQUEST_METHOD"],
        "path": environ["PATH_INFO"],
        "body": body,
        "headers": {name[5:].replace("_", "-").title(): environ[name] for name in names},
    }
    if not environ["PATH_INFO"].startswith("/_ah/"):
        with open(os.environ["RECEIVED"], "a") as file:
            file.write(json.dumps(row) + "\\n")
    status = environ["PATH_INFO"].strip("/").split("/")[0]
    start_response(f"{status} Asked" if status.isdigit() else "200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]
"""


@dataclass
class Platform:
    """`addresses` is the content of ready.json; `folder` is the project."""

    folder: Path
    data: Path
    addresses: Mapping[str, Any]

    @property
    def project(self) -> str:
        return str(self.addresses["project"])

    def received(self) -> list[dict[str, Any]]:
        """Return the requests that the app got, oldest first."""
        file = self.data / "received.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def wait_for(self, path: str, seconds: float = 10) -> dict[str, Any]:
        """Return the first request for this path; an empty one if none comes in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for row in self.received():
                if row["path"] == path:
                    return row
            time.sleep(0.1)
        return {"headers": {}}

    def environment(self) -> dict[str, str]:
        """Return the variables that lead Google's clients here."""
        return {
            "GOOGLE_CLOUD_PROJECT": self.project,
            "CLOUD_TASKS_EMULATOR_HOST": self.addresses["tasks"],
            "DATASTORE_EMULATOR_HOST": self.addresses["datastore"],
            "STORAGE_EMULATOR_HOST": self.addresses["storage"],
            "GOOGLE_APPLICATION_CREDENTIALS": str(self.data / "storage" / "service-account.json"),
        }


@contextmanager
def running(files: Mapping[str, str] | None = None) -> Iterator[Platform]:
    """Run a project of one service, which records what it gets."""
    with tempfile.TemporaryDirectory(prefix="gaelocal-conformance-") as name:
        folder, data = Path(name, "project"), Path(name, "data")
        received = data / "received.jsonl"
        project = {
            "app.yaml": f"runtime: python311\nenv_variables:\n  RECEIVED: {received}\n",
            "main.py": APP,
            "requirements.txt": "",
            **(files or {}),
        }
        for path, text in project.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        process, addresses = _start(folder, data)
        try:
            yield Platform(folder, data, addresses)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _start(folder: Path, data: Path) -> tuple[subprocess.Popen[bytes], dict[str, Any]]:
    ready, log = data.parent / "ready.json", data.parent / "output.log"
    command = [sys.executable, "-m", "gaelocal", "--app", str(folder), "--port", "0", "--data", str(data)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--ready-file", str(ready)], stdout=output, stderr=output, start_new_session=True
        )
    end = time.monotonic() + START_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > end:
            raise SuiteUnavailable(f"gaelocal does not start: {log.read_text()[-500:]}")
        time.sleep(0.1)
    return process, json.loads(ready.read_text())
