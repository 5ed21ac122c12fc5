"""The health check returns 0 for a 200 and 1 otherwise."""

import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from gaelocal.ports import free_port
from tests.containers.health_module import HEALTH, health


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


def test_a_200_is_healthy(port: int) -> None:
    assert status_of(port, "/readyz") == 0


def test_any_other_response_is_unhealthy(port: int) -> None:
    assert status_of(port, "/else") == 1


def test_no_response_is_unhealthy() -> None:
    assert status_of(free_port(0, ""), "/readyz") == 1


CHECKED_EVERY = 10.0


def hung_after(checks: int, note: Path, cpu_each: float = 0.0) -> bool:
    """Run checks without an answer, and return whether the last one reports a hang."""
    found = [health.is_hung(at * CHECKED_EVERY, at * cpu_each, note) for at in range(checks)]
    assert not any(found[:-1])
    return bool(found[-1])


def test_a_process_that_gives_no_answer_and_uses_no_cpu_hangs(tmp_path: Path) -> None:
    assert hung_after(3, tmp_path / "note")


def test_one_unanswered_check_is_not_a_hang(tmp_path: Path) -> None:
    assert not hung_after(2, tmp_path / "note")


def test_a_busy_process_has_ten_minutes(tmp_path: Path) -> None:
    assert not hung_after(60, tmp_path / "busy", cpu_each=5.0)
    assert hung_after(61, tmp_path / "too long", cpu_each=5.0)


def test_a_damaged_note_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("{", encoding="utf-8")

    assert hung_after(3, tmp_path / "note")


def test_nothing_is_killed_outside_a_container() -> None:
    assert (health.PROC / "1" / "comm").read_text().strip() != health.INIT

    health.end_container()


INIT = """#!/bin/bash
python3 -c 'import socket, time; s = socket.create_server(("127.0.0.1", {port})); time.sleep(3600)' &
service=$!
until (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null; do read -r -t 0.05 < <(:); done
kill -STOP $service
for check in 1 2 3; do
  {python} -c 'import sys; sys.path.insert(0, "{folder}"); import health, pathlib
health.NOTE = pathlib.Path("{note}"); health.ANSWER_SECONDS = 0.05; health.HUNG_SECONDS = 0.05
sys.exit(health.check({port}, "/", "/"))'
done
wait $service
echo "ended with $?"
"""
IN_A_NAMESPACE = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"]


def may_have_namespaces() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*IN_A_NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not may_have_namespaces(), reason="no process namespaces here")
def test_a_stopped_process_is_killed_and_its_init_continues(tmp_path: Path) -> None:
    """Run in a separate process namespace, with an init that has the name of docker's."""
    init = tmp_path / "docker-init"
    init.write_text(
        INIT.format(
            port=free_port(0, ""), python=sys.executable, folder=HEALTH.parent, note=tmp_path / "note"
        )
    )
    init.chmod(0o755)

    ran = subprocess.run(
        [*IN_A_NAMESPACE, str(init)], capture_output=True, text=True, timeout=60, check=False
    )

    assert "so that docker restarts it" in ran.stdout, ran.stderr
    assert f"ended with {128 + signal.SIGKILL}" in ran.stdout
