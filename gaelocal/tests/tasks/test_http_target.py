"""Tasks for addresses outside the app, sent over real HTTP."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from google.cloud import tasks_v2
from tests.tasks.laboratory import Laboratory, queue_path

from gaelocal.retry import RetryPolicy
from gaelocal.tasks import QueueConfig


class Elsewhere(ThreadingHTTPServer):
    """Keeps what it is sent; answers what it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.got: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answers: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Elsewhere

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.got.append((self.command, self.path, dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Location", "/followed")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = answer  # noqa: N815 - the server calls it by this name

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with Elsewhere() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def a_task(elsewhere: Elsewhere, **request: Any) -> tasks_v2.Task:
    return tasks_v2.Task(http_request={"url": f"{elsewhere.url}/hook?a=1"} | request)


def test_an_http_task_is_posted_with_the_headers_of_cloud_tasks(
    lab: Laboratory, elsewhere: Elsewhere
) -> None:
    client = lab.start(QueueConfig(name="q"))
    headers = {"X-Mine": "1", "X-CloudTasks-QueueName": "forged", "User-Agent": "mine"}

    client.create_task(parent=queue_path(), task=a_task(elsewhere, body=b"hi", headers=headers))

    lab.until(lambda: lab.queue("q")["tasks"] == 0)
    ((method, path, got, body),) = elsewhere.got
    assert (method, path, body) == ("POST", "/hook?a=1", b"hi")
    assert got["User-Agent"] == "Google-Cloud-Tasks"
    assert got["X-CloudTasks-QueueName"] == "q"
    assert got["X-CloudTasks-TaskRetryCount"] == "0"
    assert got["X-CloudTasks-TaskExecutionCount"] == "0"
    assert {"X-CloudTasks-TaskName", "X-CloudTasks-TaskETA", "X-Mine"} <= set(got)
    assert "Content-Type" not in got


def test_a_redirect_is_a_failure_and_not_followed(lab: Laboratory, elsewhere: Elsewhere) -> None:
    client = lab.start(QueueConfig(name="q", retry=RetryPolicy(min_backoff=1)))
    elsewhere.answers = [302]
    client.create_task(parent=queue_path(), task=a_task(elsewhere))
    lab.until(lambda: elsewhere.got and not lab.queue("q")["running"])

    lab.advance(1)

    lab.until(lambda: lab.queue("q")["tasks"] == 0)
    assert [path for _, path, _, _ in elsewhere.got] == ["/hook?a=1", "/hook?a=1"]
    assert elsewhere.got[1][2]["X-CloudTasks-TaskPreviousResponse"] == "302"


def test_a_429_slows_a_queue_of_http_tasks(lab: Laboratory, elsewhere: Elsewhere) -> None:
    client = lab.start(QueueConfig(name="q"))
    elsewhere.answers = [429]

    client.create_task(parent=queue_path(), task=a_task(elsewhere))

    lab.until(lambda: lab.queue("q")["pace"] == 0.5)


def test_an_address_where_nobody_listens_is_a_failed_attempt(lab: Laboratory, elsewhere: Elsewhere) -> None:
    client = lab.start(QueueConfig(name="q"))
    task = tasks_v2.Task(http_request={"url": "http://127.0.0.1:1/"})

    created = client.create_task(parent=queue_path(), task=task)

    lab.until(lambda: lab.queue("q")["tasks"] and not lab.queue("q")["running"])
    found = client.get_task(name=created.name)
    assert (found.dispatch_count, found.response_count) == (1, 0)
