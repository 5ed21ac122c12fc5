"""A cached page and a 304 ÷ a constant response of the same size from the same gunicorn."""

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench.operations import EVERYONE, ROOT, metered_platform_on, settings_for

ROUNDS = 1_500
AIMS = {"cached page": 1.5, "unchanged page": 1.15}
START_SECONDS = 30
MAIN = """
import sys
sys.path[:0] = {paths!r}
from api_backend import create_app

API = create_app()
CONTENT = b"x" * {size}
HEADERS = [("Content-Type", "application/json"), ("Content-Length", str(len(CONTENT)))]


def app(environ, start_response):
    if environ["PATH_INFO"] != "/constant":
        return API(environ, start_response)
    start_response("200 OK", HEADERS)
    return [CONTENT]
"""


def main() -> int:
    from tests.cloud import running_cloud

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cloud = stack.enter_context(running_cloud(folder / "cloud", "embedded", 1.0))
        cache = stack.enter_context(a_memcached(cloud))
        environment = stack.enter_context(a_filled_timeline(cloud, cache))
        connection = stack.enter_context(a_connection(stack, folder, environment))
        return measure(connection)


def measure(connection: "Connection") -> int:
    """Request all three alternately, so that varying load affects all."""
    tag = connection.ask(EVERYONE)[0]["etag"]
    asked = {
        "constant": ("/constant", ""),
        "cached page": (EVERYONE, ""),
        "unchanged page": (EVERYONE, tag),
    }
    times: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(ROUNDS):
        for name, (path, known) in asked.items():
            began = time.perf_counter()
            connection.ask(path, known)
            times[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    status = 0
    print(f"constant of the same size            {1000 * medians['constant']:.2f} ms at the median")
    for name, aim in AIMS.items():
        ratio = medians[name] / medians["constant"]
        print(f"{name + ' ÷ constant':36} {ratio:.2f}  (aim {aim})")
        status |= ratio > aim
    return int(status)


@contextmanager
def a_filled_timeline(cloud: Any, cache: str) -> Iterator[dict[str, str]]:
    """Yield the environment of a service whose first page is full."""
    settings = settings_for(cloud)
    with metered_platform_on(cloud, settings):
        yield {
            "GOOGLE_CLOUD_PROJECT": settings.google_cloud_project,
            "DATASTORE_EMULATOR_HOST": settings.datastore_emulator_host,
            "STORAGE_EMULATOR_HOST": settings.storage_emulator_host,
            "CLOUD_TASKS_EMULATOR_HOST": settings.cloud_tasks_emulator_host,
            "MEMCACHE_HOST": cache,
            "OIDC_ISSUER": settings.oidc_issuer,
            "OIDC_AUDIENCE": settings.oidc_audience,
            "GAE_SERVICE": "api-backend",
            "RATE_LIMIT_SCALE": "1000",
        }


@contextmanager
def a_memcached(cloud: Any) -> Iterator[str]:
    """Yield the address of a real memcached if it is installed, as in production."""
    program = shutil.which("memcached")
    if program is None:
        print("memcached is not installed: gaelocal's is used")
        yield cloud.addresses["memcache"]
        return
    port = free_port()
    process = subprocess.Popen([program, "-l", "127.0.0.1", "-p", str(port), "-U", "0", "-u", "nobody"])
    try:
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@contextmanager
def a_connection(stack: ExitStack, folder: Path, environment: dict[str, str]) -> Iterator["Connection"]:
    port = free_port()
    size = 12_500
    paths = [str(ROOT), str(ROOT / "services" / "api-backend")]
    (folder / "main.py").write_text(MAIN.format(paths=paths, size=size))
    words = (
        "--worker-class",
        "gthread",
        "--threads",
        "8",
        "--timeout",
        "0",
        "--no-control-socket",
        "main:app",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", *words],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)
    with Connection(port) as connection:
        yield connection


class Connection:
    """One kept connection with minimal parsing, because the client's time is part of both measurements."""

    def __init__(self, port: int) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                self._socket = socket.create_connection(("127.0.0.1", port))
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, path: str, known: str = "") -> tuple[dict[str, str], bytes]:
        condition = f"If-None-Match: {known}\r\n" if known else ""
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{condition}\r\n".encode())
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._socket.recv(65536)
        head, _, body = got.partition(b"\r\n\r\n")
        found = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
        while found and len(body) < int(found[1]):
            body += self._socket.recv(65536)
        lines = (line.partition(": ") for line in head.decode("latin-1").split("\r\n")[1:])
        return {name.lower(): value for name, _, value in lines}, body


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
