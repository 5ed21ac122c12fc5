"""Cloud Tasks over REST, on the port of gRPC."""

from collections.abc import Iterator

import pytest
import requests
from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import tasks_v2
from tests.tasks.harness import LOCATION, TasksHarness

from gaelocal.tasks import QueueConfig

QUEUE = f"{LOCATION}/queues/q"
TASK = {"httpRequest": {"url": "http://127.0.0.1:9/", "body": "e30="}}


@pytest.fixture
def url(harness: TasksHarness) -> str:
    harness.start(QueueConfig(name="q", rate=0))
    assert harness.server
    return f"http://{harness.server.address}"


@pytest.fixture
def client(url: str) -> Iterator[tasks_v2.CloudTasksClient]:
    with tasks_v2.CloudTasksClient(
        transport="rest", credentials=AnonymousCredentials(), client_options={"api_endpoint": url}
    ) as client:
        yield client


def test_the_client_creates_lists_and_deletes_tasks(client: tasks_v2.CloudTasksClient) -> None:
    task = client.create_task(parent=QUEUE, task={"app_engine_http_request": {"relative_uri": "/work"}})

    assert [one.name for one in client.list_tasks(parent=QUEUE)] == [task.name]
    client.delete_task(name=task.name)
    with pytest.raises(exceptions.NotFound, match="no longer exists"):
        client.get_task(name=task.name)


def test_firebase_admin_creates_and_deletes_a_task(url: str, client: tasks_v2.CloudTasksClient) -> None:
    named = TASK | {"name": f"{QUEUE}/tasks/once"}

    made = requests.post(f"{url}/{QUEUE}/tasks", json={"task": named}, timeout=60)
    again = requests.post(f"{url}/{QUEUE}/tasks", json={"task": named}, timeout=60)
    listed = [task.name for task in client.list_tasks(parent=QUEUE)]
    gone = requests.delete(f"{url}/{QUEUE}/tasks/once", timeout=60)

    assert made.json()["task"]["name"] == f"/{QUEUE}/tasks/once"
    assert (again.status_code, again.json()["error"]["status"]) == (409, "ALREADY_EXISTS")
    assert listed == [f"{QUEUE}/tasks/once"]
    assert (gone.status_code, list(client.list_tasks(parent=QUEUE))) == (200, [])


def test_java_updates_a_queue_by_post(url: str, client: tasks_v2.CloudTasksClient) -> None:
    path, rates = f"{url}/v2/{QUEUE}", {"rateLimits": {"maxDispatchesPerSecond": 7}}
    mask = {"updateMask": "rateLimits.maxDispatchesPerSecond"}

    plain = requests.post(path, json=rates, params=mask, timeout=60)
    meant = {"X-HTTP-Method-Override": "PATCH"}
    updated = requests.post(path, json=rates, params=mask, headers=meant, timeout=60)

    assert (plain.status_code, updated.status_code) == (404, 200)
    assert client.get_queue(name=QUEUE).rate_limits.max_dispatches_per_second == 7


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/v2/nothing", {}, "NOT_FOUND"),
        (f"/{QUEUE}/tasks", {"Origin": "http://evil.example"}, "PERMISSION_DENIED"),
        (f"/{LOCATION}/queues/missing/tasks", {}, "NOT_FOUND"),
    ],
)
def test_errors_are_those_of_googles_rest_apis(
    url: str, path: str, headers: dict[str, str], status: str
) -> None:
    answer = requests.post(f"{url}{path}", json={"task": TASK}, headers=headers, timeout=60)

    assert answer.json()["error"]["status"] == status


@pytest.mark.parametrize("body", [b"\xff", b"[" * 100_000])
@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=x", "text/plain; charset=hex"]
)
def test_a_body_that_is_no_text_is_an_invalid_argument(url: str, body: bytes, kind: str) -> None:
    headers = {"Content-Type": kind}

    answer = requests.post(f"{url}/v2/{QUEUE}/tasks", data=body, headers=headers, timeout=60)

    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
