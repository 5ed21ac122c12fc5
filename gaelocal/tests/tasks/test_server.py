"""The server itself: its port, its memory, its rows in the console."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import grpc
import pytest
from tests.tasks.harness import BOUND, TasksHarness, a_task, queue_path

from gaelocal.ports import listening_socket, port_of
from gaelocal.tasks import QueueConfig, TasksServer
from gaelocal.yaml_files import ConfigError

ROOT = Path(__file__).parents[2]


def test_a_busy_port_is_named_with_the_option_that_changes_it(harness: TasksHarness) -> None:
    with listening_socket(0, "--port") as busy:
        harness.port = port_of(busy)

        with pytest.raises(ConfigError, match=rf"port {harness.port} is already in use.*--port"):
            harness.start()
    harness.server = None


def test_neither_grpcio_nor_the_generated_client_is_loaded_to_serve_it() -> None:
    heavy = ("google.cloud.tasks_v2", "google.api_core", "grpc")
    code = f"import sys, gaelocal.tasks; print([name in sys.modules for name in {heavy}])"

    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[False, False, False]"


def test_a_streaming_call_of_another_api_is_refused_while_the_client_still_sends(
    harness: TasksHarness,
) -> None:
    harness.start()
    assert harness.server
    is_over = threading.Event()

    def requests_without_end() -> Iterator[bytes]:
        yield b"{}"
        is_over.wait(BOUND)

    with grpc.insecure_channel(harness.server.address) as channel:
        pull = channel.stream_stream("/google.pubsub.v1.Subscriber/StreamingPull")
        with pytest.raises(grpc.RpcError, match="gaelocal does not emulate Pub/Sub") as refused:
            next(pull(requests_without_end(), timeout=BOUND))
        is_over.set()

    assert refused.value.code() is grpc.StatusCode.FAILED_PRECONDITION


def test_the_console_lists_queues(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q", rate=0, bucket_size=3, max_concurrent=2))
    at = datetime.fromtimestamp(harness.clock.now() + 60, UTC)
    client.create_task(parent=queue_path(), task=a_task(schedule_time=at))

    assert harness.queue("q") == {
        "name": "q",
        "state": "PAUSED",
        "tasks": 1,
        "running": 0,
        "completed_last_minute": 0,
        "oldest_eta": at.isoformat(),
        "dead": 0,
        "rate": 0,
        "bucket_size": 3,
        "max_concurrent": 2,
        "max_attempts": 100,
        "pace": 1.0,
        "target": None,
        "from_file": True,
    }


def test_the_console_lists_tasks(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q", rate=0))
    task = client.create_task(parent=queue_path(), task=a_task("/x?y=1"))
    server = harness.server
    assert server

    (row,) = harness.ask(lambda: server.tasks("q"))

    assert row == {
        "name": task.name.rpartition("/")[2],
        "state": "waiting",
        "eta": "2027-01-15T08:00:00+00:00",
        "created": "2027-01-15T08:00:00+00:00",
        "attempts": 0,
        "last_status": None,
        "method": "POST",
        "url": "/x?y=1",
        "service": None,
    }


def test_the_error_for_an_unknown_queue_lists_the_known_ones(harness: TasksHarness) -> None:
    harness.start(QueueConfig(name="q"), QueueConfig(name="r"))
    server = harness.server
    assert isinstance(server, TasksServer)

    for question in (server.tasks, server.dead):
        with pytest.raises(LookupError, match="q, r"):
            harness.ask(lambda question=question: question("none"))


def test_completions_are_forgotten_after_a_minute(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q"))
    client.create_task(parent=queue_path(), task=a_task())
    harness.until(lambda: harness.queue("q")["completed_last_minute"] == 1)

    harness.advance(60)

    assert harness.queue("q")["completed_last_minute"] == 0
