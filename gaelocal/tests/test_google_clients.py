"""Google's clients with default settings, in a service that gaelocal runs."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.waiting import eventually

SERVICE = """
import json, urllib.request
import google.auth

credentials, project = google.auth.default()  # while the program is loaded


def names_of_services():
    import socket
    name = "worker.localhost"
    found = [socket.getaddrinfo(name, 8080), socket.getaddrinfo(host=name, port=8080)]
    return sorted({address[4][0] for addresses in found for address in addresses})[0]


def hopeless_task():
    return tasks("/broken")


def tasks(path="/done"):
    from google.cloud import tasks_v2
    client = tasks_v2.CloudTasksClient()
    task = {"app_engine_http_request": {"relative_uri": path}}
    return client.create_task(parent=client.queue_path(project, "us-central1", "q1"), task=task).name


def tasks_over_rest():
    from google.cloud import tasks_v2
    client = tasks_v2.CloudTasksClient(transport="rest")
    return [queue.name for queue in client.list_queues(parent=f"projects/{project}/locations/us-central1")]


def storage():
    from google.cloud import storage
    blob = storage.Client().bucket(f"{project}.appspot.com").blob("a.txt")
    blob.upload_from_string("x")
    return blob.download_as_text()


def datastore():
    from google.cloud import datastore
    client = datastore.Client()
    return repr(client.get(client.key("A", "b")))


def secret():
    from google.cloud import secretmanager
    name = f"projects/{project}/secrets/API/versions/latest"
    return secretmanager.SecretManagerServiceClient().access_secret_version(name=name).payload.data.decode()


def missing_secret():
    from google.cloud import secretmanager
    name = f"projects/{project}/secrets/NOPE/versions/latest"
    return secretmanager.SecretManagerServiceClient().access_secret_version(name=name).name


def logging():
    import google.cloud.logging
    google.cloud.logging.Client().logger("app").log_text("written by the API", severity="WARNING")


def project_owners():
    from google.api_core import grpc_helpers
    from google.iam.v1 import iam_policy_pb2, policy_pb2
    channel = grpc_helpers.create_channel("cloudresourcemanager.googleapis.com:443", credentials=credentials)
    call = channel.unary_unary(
        "/google.cloud.resourcemanager.v3.Projects/GetIamPolicy",
        iam_policy_pb2.GetIamPolicyRequest.SerializeToString,
        policy_pb2.Policy.FromString,
    )
    policy = call(iam_policy_pb2.GetIamPolicyRequest(resource=f"projects/{project}"), timeout=10)
    return [[binding.role, *binding.members] for binding in policy.bindings]


def unsupported_grpc():
    import grpc
    from google.api_core import grpc_helpers
    channel = grpc_helpers.create_channel("pubsub.googleapis.com:443", credentials=credentials)
    call = channel.unary_unary("/google.pubsub.v1.Publisher/Publish")
    try:
        call(b"", timeout=60)
    except grpc.RpcError as error:
        return f"{error.code().name}: {error.details()}"


def unsupported_rest():
    from google.auth.transport.requests import AuthorizedSession
    session = AuthorizedSession(credentials.with_scopes(["x"]))
    answer = session.get("https://bigquery.googleapis.com/bigquery/v2/projects", timeout=60)
    return f"{answer.status_code}: {answer.json()['error']['message']}"


def metadata():
    url = "http://metadata.google.internal/computeMetadata/v1/project/project-id"
    request = urllib.request.Request(url, headers={"Metadata-Flavor": "Google"})
    return urllib.request.urlopen(request, timeout=60).read().decode()


def metadata_credentials():
    import google.auth.transport.requests
    from google.auth import compute_engine
    found = compute_engine.Credentials()
    found.refresh(google.auth.transport.requests.Request())
    return bool(found.token)


def app(environ, start_response):
    status = "500 Internal Server Error" if environ["PATH_INFO"] == "/broken" else "200 OK"
    start_response(status, [("Content-Type", "application/json")])
    call = globals().get(environ["PATH_INFO"].strip("/"), lambda: "done")
    try:
        result = call()
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    return [json.dumps(result).encode()]
"""


class Platform:
    def __init__(self, addresses: dict[str, str], log: Path) -> None:
        self.addresses = addresses
        self._log = log

    def call(self, name: str) -> Any:
        return requests.get(f"{self.addresses['app']}/{name}", timeout=60).json()

    def output(self) -> str:
        return self._log.read_text()


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    app = tmp_path_factory.mktemp("clients") / "my-project"
    app.mkdir()
    (app / "app.yaml").write_text("runtime: python313\n")
    (app / "main.py").write_text(SERVICE)
    (app / "queue.yaml").write_text(
        "queue:\n- name: q1\n  rate: 5/s\n  retry_parameters: {task_retry_limit: 0}\n"
    )
    ready, log = app / "ready.json", app / "output.log"
    command = [sys.executable, "-m", "gaelocal", str(app), "--port", "0", "--ready-file", str(ready)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--secret", "API=s3cret"], stdout=output, stderr=output, env={**os.environ}
        )
    try:
        eventually(lambda: ready.exists() or process.poll() is not None)
        assert ready.exists(), log.read_text()
        yield Platform(json.loads(ready.read_text()), log)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("names_of_services", "127.0.0.1"),
        ("storage", "x"),
        ("datastore", "None"),
        ("secret", "s3cret"),
        ("project_owners", [["roles/owner", "user:administrator@example.com"]]),
        ("metadata", "my-project"),
        ("metadata_credentials", True),
        ("tasks_over_rest", ["projects/my-project/locations/us-central1/queues/q1"]),
    ],
)
def test_an_unmodified_client_reaches_the_local_platform(
    platform: Platform, name: str, expected: object
) -> None:
    assert platform.call(name) == expected


def test_an_unmodified_tasks_client_creates_a_task_that_is_delivered(platform: Platform) -> None:
    name = platform.call("tasks")

    assert name.startswith("projects/my-project/locations/us-central1/queues/q1/tasks/")
    eventually(lambda: "POST /done 200" in platform.output())


def test_a_task_that_is_given_up_is_in_the_log_and_once_on_the_terminal(platform: Platform) -> None:
    message = f"task q1/{platform.call('hopeless_task').rpartition('/')[2]} given up after 1 attempts"

    logs = f"{platform.addresses['console']}/api/logs?severity=ERROR"
    eventually(lambda: [e for e in requests.get(logs, timeout=60).json() if message in e["message"]])

    assert platform.output().count(message) == 1


def test_an_entry_written_by_the_logging_client_is_shown(platform: Platform) -> None:
    assert platform.call("logging") is None

    eventually(lambda: "WARNING written by the API" in platform.output())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "missing_secret",
            "NotFound: 404 Secret [projects/my-project/secrets/NOPE/versions/latest] not found.",
        ),
        (
            "unsupported_grpc",
            "FAILED_PRECONDITION: gaelocal does not emulate Pub/Sub; start it with --emulator pubsub",
        ),
        ("unsupported_rest", "501: gaelocal does not emulate BigQuery; start its emulator and pass --env"),
    ],
)
def test_what_is_not_emulated_fails_at_once_with_the_way_out(
    platform: Platform, name: str, expected: str
) -> None:
    assert platform.call(name).startswith(expected)


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/computeMetadata/v1/project/project-id", {}, 403),
        ("/computeMetadata/v1/nothing", {"Metadata-Flavor": "Google"}, 404),
        ("/computeMetadata/v1/instance/service-accounts/x/token", {"Metadata-Flavor": "Google"}, 404),
        ("/computeMetadata/v1/?recursive=true", {"Metadata-Flavor": "Google"}, 200),
        ("/", {"Origin": "http://evil.example"}, 403),
        ("/computeMetadata/v1/", {"Metadata-Flavor": "Google", "Host": "evil.example"}, 421),
        ("/computeMetadata/v1/", {"Metadata-Flavor": "Google", "Host": "0.0.0.0:80"}, 421),
        ("/computeMetadata/v1/", {"Metadata-Flavor": "Google", "Host": "metadata.google.internal"}, 200),
        ("/computeMetadata/v1/", {"Metadata-Flavor": "Google", "Host": "169.254.169.254:80"}, 200),
    ],
)
def test_the_metadata_server_answers_only_programs_that_say_what_they_ask(
    platform: Platform, path: str, headers: dict[str, str], status: int
) -> None:
    answer = requests.get(platform.addresses["metadata"] + path, headers=headers, timeout=60)

    assert answer.status_code == status


def test_the_metadata_server_writes_lists_and_numbers_as_google_does(platform: Platform) -> None:
    def read(path: str) -> requests.Response:
        url = f"{platform.addresses['metadata']}/computeMetadata/v1/{path}"
        return requests.get(url, headers={"Metadata-Flavor": "Google"}, timeout=60)

    account = read("instance/service-accounts/default/?recursive=true").json()
    project = read("project/?recursive=true").json()

    assert account["scopes"] == ["https://www.googleapis.com/auth/cloud-platform"]
    assert account["aliases"] == ["default"]
    assert read("instance/service-accounts/default/scopes").text == f"{account['scopes'][0]}\n"
    assert str(project["numericProjectId"]) == read("project/numeric-project-id").text
    assert read("project/attributes/").text == ""
