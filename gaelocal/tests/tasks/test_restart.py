"""Queues after a restart and after a kill."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport
from tests.tasks.harness import TasksHarness, a_task, queue_path

from gaelocal.retry import RetryPolicy
from gaelocal.tasks import QueueConfig

ROOT = Path(__file__).parents[2]
BOUND = 20.0
SERVER = """
import asyncio, sys
from pathlib import Path
from gaelocal.delivery import Delivered
from gaelocal.tasks import QueueConfig, TasksServer

async def deliver(delivery):
    print(f"got {delivery.path}", flush=True)
    await asyncio.Event().wait()

async def main():
    queues = [QueueConfig(name="busy"), QueueConfig(name="asleep", rate=0)]
    server = TasksServer(Path(sys.argv[1]), 0, queues, deliver)
    await server.start()
    print(server.address, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@contextmanager
def a_process(data: Path) -> Iterator[tuple[subprocess.Popen[str], tasks_v2.CloudTasksClient]]:
    command = [sys.executable, "-c", SERVER, str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            with grpc.insecure_channel(process.stdout.readline().strip()) as channel:
                yield process, tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
        finally:
            process.kill()


def test_no_acknowledged_task_is_lost_when_the_process_is_killed(
    tmp_path: Path, harness: TasksHarness
) -> None:
    acknowledged = []
    with a_process(harness.data) as (process, client):
        for number in range(50):
            queue = queue_path("asleep" if number % 2 else "busy")
            acknowledged.append(client.create_task(parent=queue, task=a_task(f"/{number}")).name)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(BOUND)

    client = harness.start(QueueConfig(name="busy"), QueueConfig(name="asleep", rate=5))

    harness.until(lambda: len(harness.app.got) >= 25)
    harness.advance(60)
    harness.until(lambda: harness.queue("asleep")["tasks"] + harness.queue("busy")["tasks"] == 0)
    assert sorted(harness.app.paths) == sorted(f"/{number}" for number in range(50))


def test_a_task_under_way_at_the_kill_runs_again_and_says_it_is_not_the_first_time(
    harness: TasksHarness,
) -> None:
    with a_process(harness.data) as (process, client):
        task = client.create_task(parent=queue_path("busy"), task=a_task("/cut"))
        assert process.stdout
        assert process.stdout.readline() == "got /cut\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait(BOUND)

    harness.start(QueueConfig(name="busy"))

    harness.until(lambda: harness.app.got)
    headers = harness.app.got[0].headers
    assert task.name.endswith(headers["X-Appengine-Taskname"])
    assert headers["X-Appengine-Taskretrycount"] == "1"
    assert headers["X-Appengine-Taskexecutioncount"] == "0"


def test_a_restart_keeps_the_time_and_the_count_of_the_next_try(harness: TasksHarness) -> None:
    queue = QueueConfig(name="q", retry=RetryPolicy(min_backoff=100))
    client = harness.start(queue)
    harness.app.answers = [500]
    client.create_task(parent=queue_path(), task=a_task())
    harness.until(lambda: harness.queue_waits("q"))
    harness.stop()
    harness.clock.timers.clear()

    harness.start(queue)
    harness.advance(99.9)
    before = len(harness.app.got)
    harness.advance(0.1)

    assert before == 1
    harness.until(lambda: len(harness.app.got) == 2)
    assert harness.app.got[1].headers["X-Appengine-Taskretrycount"] == "1"
    assert harness.app.got[1].headers["X-Appengine-Taskpreviousresponse"] == "500"


def test_a_task_under_way_at_a_stop_runs_again(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q"))
    harness.app.gate = asyncio.Event()
    client.create_task(parent=queue_path(), task=a_task())
    harness.until(lambda: harness.app.under_way)
    harness.stop()
    harness.app.gate = None

    harness.start(QueueConfig(name="q"))

    harness.until(lambda: len(harness.app.got) == 2)


@pytest.mark.parametrize("call", ["delete_task", "purge_queue", "delete_queue"])
def test_what_was_removed_while_it_ran_and_failed_does_not_come_back(
    harness: TasksHarness, call: str
) -> None:
    client = harness.start(QueueConfig(name="q", retry=RetryPolicy(min_backoff=1)))
    harness.app.gate = asyncio.Event()
    harness.app.answers = [500]
    task = client.create_task(parent=queue_path(), task=a_task())
    harness.until(lambda: harness.app.under_way)

    getattr(client, call)(name=task.name if call == "delete_task" else queue_path())
    harness.ask(harness.app.gate.set)
    harness.advance(10)

    assert len(harness.app.got) == 1
