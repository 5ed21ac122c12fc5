"""A cached page and a 304 ÷ the same body from Flask-Caching on memcached in the same kind of gunicorn."""

import logging
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

import psutil

from bench.figures import report
from bench.operations import EVERYONE, ROOT, metered_platform_on, settings_for

ROUNDS = 400
BATCH = 10
TARGETS = {"cached page": 1.0, "unchanged page": 0.8}
START_SECONDS = 60
PEERS = Path(sys.prefix) / "peers" / "flask-caching"
REQUIREMENTS = ("Flask-Caching==2.5.0", "flask==3.1.3", "gunicorn==27.0.1", "pylibmc==1.6.3")
MAIN = """
import sys
sys.path[:0] = {paths!r}
from api_backend import create_app

API = create_app()
CONTENT = open({body!r}, "rb").read()
HEADERS = [("Content-Type", "application/json"), ("Content-Length", str(len(CONTENT)))]


def app(environ, start_response):
    if environ["PATH_INFO"] == "/unchanged":
        start_response("304 NOT MODIFIED", [])
        return []
    if environ["PATH_INFO"] != "/constant":
        return API(environ, start_response)
    start_response("200 OK", HEADERS)
    return [CONTENT]
"""
PEER = """
from flask import Flask, Response
from flask_caching import Cache

app = Flask(__name__)
cache = Cache(app, config={{"CACHE_TYPE": "MemcachedCache", "CACHE_MEMCACHED_SERVERS": [{memcached!r}]}})
CONTENT = open({body!r}, "rb").read()


@app.get("/api/v1/photos")
@cache.cached(timeout=60)
def photos():
    return Response(CONTENT, mimetype="application/json")
"""


def main() -> int:
    from tests.cloud import running_cloud

    logging.disable()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cloud = stack.enter_context(running_cloud(folder / "cloud", "embedded", 1.0))
        cache = stack.enter_context(a_memcached(cloud))
        environment = stack.enter_context(a_filled_timeline(cloud, cache))
        body = folder / "body.json"
        body.write_bytes(first_page_of(environment))
        paths = [str(ROOT), str(ROOT / "services" / "api-backend")]
        ours = MAIN.format(paths=paths, body=str(body))
        theirs = PEER.format(memcached=cache, body=str(body))
        ours_running = start(stack, folder / "ours", Path(sys.executable), ours, environment)
        theirs_running = start(stack, folder / "theirs", peer_python(), theirs, {})
        measure(ours_running, theirs_running)
    return 0


def first_page_of(environment: dict[str, str]) -> bytes:
    from api_backend import create_app
    from timeline.backends import connect, disconnect
    from timeline.settings import Settings

    backends = connect(Settings.from_environment(environment))
    content = create_app(backends).test_client().get(EVERYONE).get_data()
    disconnect(backends)
    return bytes(content)


def peer_python() -> Path:
    """Return the Python of an environment of its own with Flask-Caching, which is installed at first."""
    python, installed = PEERS / "bin" / "python", PEERS / "installed"
    if not installed.exists() or installed.read_text() != " ".join(REQUIREMENTS):
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *REQUIREMENTS], check=True)
        installed.write_text(" ".join(REQUIREMENTS))
    return python


def measure(ours: "Server", theirs: "Server") -> None:
    """Request all alternately, so that varying load affects all."""
    tag = ours.connection.ask(EVERYONE)[0]["etag"]
    asked = {
        "constant": (ours, "/constant", ""),
        "constant 304": (ours, "/unchanged", ""),
        "Flask-Caching": (theirs, EVERYONE, ""),
        "cached page": (ours, EVERYONE, ""),
        "unchanged page": (ours, EVERYONE, tag),
    }
    seconds: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(ROUNDS):
        for name, (server, path, known) in asked.items():
            began = time.perf_counter()
            server.connection.ask(path, known)
            seconds[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    cpu = cpu_per_request(asked)
    peer = medians["Flask-Caching"]
    report("Flask-Caching ÷ constant of the same size", peer / medians["constant"])
    report("constant 304 without headers ÷ Flask-Caching, p50", medians["constant 304"] / peer)
    report("constant 304 without headers ÷ Flask-Caching, CPU", cpu["constant 304"] / cpu["Flask-Caching"])
    for name, target in TARGETS.items():
        report(f"{name} ÷ Flask-Caching, p50", medians[name] / peer, at_most=target)
        report(f"{name} ÷ Flask-Caching, CPU", cpu[name] / cpu["Flask-Caching"])


def cpu_per_request(asked: "dict[str, tuple[Server, str, str]]") -> dict[str, float]:
    """Return the median CPU seconds of the servers' processes, alternately for ten requests each."""
    seconds: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(ROUNDS // BATCH):
        for name, (server, path, known) in asked.items():
            before = server.cpu()
            for _ in range(BATCH):
                server.connection.ask(path, known)
            seconds[name].append((server.cpu() - before) / BATCH)
    return {name: statistics.median(each) for name, each in seconds.items()}


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


def start(
    stack: ExitStack, folder: Path, python: Path, main_file: str, environment: dict[str, str]
) -> "Server":
    folder.mkdir()
    (folder / "main.py").write_text(main_file)
    port = free_port()
    words = [
        "--worker-class",
        "gthread",
        "--threads",
        "8",
        "--timeout",
        "0",
        "--no-control-socket",
        "main:app",
    ]
    process = subprocess.Popen(
        [str(python), "-m", "gunicorn", "-b", f"127.0.0.1:{port}", *words],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return Server(process.pid, stack.enter_context(Connection(port)))


class Server:
    """A running gunicorn and one connection to it."""

    def __init__(self, pid: int, connection: "Connection") -> None:
        self.connection = connection
        self._process = psutil.Process(pid)

    def cpu(self) -> float:
        return sum(cpu_seconds_of(each) for each in (self._process, *self._process.children(recursive=True)))


def cpu_seconds_of(process: psutil.Process) -> float:
    """Use nanoseconds where Linux has them: the time of a request is less than a clock tick."""
    threads = list(Path(f"/proc/{process.pid}/task").glob("*/schedstat"))
    if threads:
        return sum(int(each.read_text().split()[0]) for each in threads) / 1e9
    times = process.cpu_times()
    return times.user + times.system


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
