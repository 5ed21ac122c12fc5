"""The health check: 0 for a 200, 1 for anything else, without a web client."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from gaelocal.ports import free_port

HEALTH = Path(__file__).resolve().parent.parent.parent / "containers" / "health.py"


class Well(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" else 503)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Well) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def status_of(port: int, path: str) -> int:
    command = [sys.executable, "-I", "-S", str(HEALTH), str(port), path]
    return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode


def test_a_200_is_well(port: int) -> None:
    assert status_of(port, "/readyz") == 0


def test_any_other_answer_is_not(port: int) -> None:
    assert status_of(port, "/else") == 1


def test_no_answer_is_not() -> None:
    assert status_of(free_port(0, ""), "/readyz") == 1
