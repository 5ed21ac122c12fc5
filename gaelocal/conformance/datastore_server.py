"""Run the Datastore alone for the length of a suite, and Python with what a suite needs."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from conformance.report import SuiteUnavailable

PROJECT = "conformance"


@contextmanager
def running_datastore(*options: str) -> Iterator[dict[str, str]]:
    """Start `gaelocal datastore` on a free port; give the variables that lead Google's clients to it."""
    with tempfile.TemporaryDirectory(prefix="gaelocal-conformance-") as data:
        command = [sys.executable, "-m", "gaelocal.datastore", "--port", "0", "--data", data, *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                name, _, address = server.stdout.readline().strip().partition("=")
                yield {
                    name: address,
                    "DATASTORE_DATASET": PROJECT,
                    "DATASTORE_PROJECT_ID": PROJECT,
                    "GOOGLE_CLOUD_PROJECT": PROJECT,
                    "GCLOUD_PROJECT": PROJECT,
                    "GOOGLE_CLOUD_NO_PRINT": "true",
                }
            finally:
                server.terminate()
                server.wait(20)


def python_for(repository: Path, *packages: str) -> str:
    """Return a Python that has a fetched client and its tests' packages; install them the first time."""
    folder = repository.parent / f".python-{repository.name}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        run_step([sys.executable, "-m", "venv", "--clear", str(folder)], repository)
        run_step([str(python), "-m", "pip", "install", "-q", ".", "pytest", *packages], repository)
        (folder / "complete").touch()
    return str(python)


def run_step(command: Sequence[str], folder: Path, environment: dict[str, str] | None = None) -> None:
    """Run what must work before the tests.

    Raises:
        SuiteUnavailable: it does not.
    """
    try:
        ran = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
    except FileNotFoundError as error:
        raise SuiteUnavailable(f"{command[0]} is not installed") from error
    if ran.returncode:
        raise SuiteUnavailable(f"{' '.join(command[:4])} … fails: {(ran.stdout + ran.stderr)[-300:]}")
