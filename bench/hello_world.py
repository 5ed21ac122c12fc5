"""Hello world: time from the command to the first response, gaelocal beside Google's dev_appserver.py.

Both start the same project without requirements, one after the other and `STARTS` times. dev_appserver.py
runs in a fresh virtual environment with `six`, because its bundled libraries clash with newer installed ones.
"""

import contextlib
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figures import report
from gaelocal.ports import free_port

STARTS = 3
LONGEST_START = 300.0
PROGRAM = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"Hello World!"]
"""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="hello-world-") as folder:
        project = a_project(Path(folder, "project"))
        ours = [seconds_of(gaelocal(project)) for _ in range(STARTS)]
        report("gaelocal, seconds until the first response", statistics.median(ours))
        if (server := googles_server()) is None:
            print("dev_appserver.py        not installed")
            return 0
        python = a_python(Path(folder, "venv"))
        google = [seconds_of(dev_appserver(project, python, server)) for _ in range(STARTS)]
        report("dev_appserver.py, seconds until the first response", statistics.median(google))
        report("dev_appserver.py ÷ gaelocal", statistics.median(google) / statistics.median(ours))
    return 0


def googles_server() -> Path | None:
    """Return the program behind gcloud's wrapper, which would run in the Python of gcloud."""
    wrapper = shutil.which("dev_appserver.py")
    if wrapper is None:
        return None
    program = Path(wrapper).resolve().parents[1] / "platform" / "google_appengine" / "dev_appserver.py"
    return program if program.exists() else None


def a_project(folder: Path) -> Path:
    folder.mkdir()
    version = f"{sys.version_info.major}{sys.version_info.minor}"
    (folder / "app.yaml").write_text(f"runtime: python{version}\n")
    (folder / "main.py").write_text(PROGRAM)
    (folder / "requirements.txt").touch()
    return folder


def a_python(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "six"], check=True)
    return python


def gaelocal(project: Path) -> tuple[list[str], int]:
    port = free_port(0, "--port")
    command = [sys.executable, "-m", "gaelocal", str(project), "--fresh", "--port", str(port)]
    return [*command, *(f"--{server}-port=0" for server in SERVERS)], port


SERVERS = ("console", "datastore", "tasks", "storage", "memcache", "smtp", "oidc", "admin", "metadata")


def dev_appserver(project: Path, python: Path, server: Path) -> tuple[list[str], int]:
    port = free_port(0, "--port")
    options = ["--port", str(port), "--admin_port", "0", "--api_port", "0", "--application", "hello"]
    return [str(python), str(server), *options, str(project / "app.yaml")], port


def seconds_of(start: tuple[list[str], int]) -> float:
    """Return the seconds from the command to the first response with status 200."""
    command, port = start
    began = time.monotonic()
    with running(command):
        while time.monotonic() - began < LONGEST_START:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://localhost:{port}/", timeout=5):
                return time.monotonic() - began
            time.sleep(0.05)
    raise SystemExit(f"{' '.join(command)}: no response within {LONGEST_START:.0f} s")


@contextmanager
def running(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    raise SystemExit(main())
