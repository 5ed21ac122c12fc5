"""Every error shows a request ID, by which Cloud Logging's API and the console find what was logged of it."""

import json
import re
from collections.abc import Callable
from typing import Any

import grpc
import pytest
import requests
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from tests.cloud import LOCATION
from tests.journeys.platform import ANSWER_SECONDS, Platform
from tests.waiting import eventually

AS_A_PAGE = {"Accept": "text/html"}
Ask = Callable[[Platform], requests.Response]


def get(path: str, **more: Any) -> Ask:
    return lambda platform: platform.get(path, **more)


def forged_token(platform: Platform) -> requests.Response:
    return platform.get("/api/v1/me", headers={"Authorization": "Bearer a.b.c"})


def too_large(platform: Platform) -> requests.Response:
    url = f"{platform.app}/api/v1/photos"
    return requests.post(url, data=bytes((32 << 20) + 1), timeout=ANSWER_SECONDS)


ERRORS: dict[str, Ask] = {
    "of the API": get("/api/v1/photos/none"),
    "of the API, unsigned": forged_token,
    "of an unknown route of the API": get("/api/v1/nothing"),
    "of the website as JSON": get("/user/nobody/json/"),
    "of the website as a page": get("/user/nobody/", headers=AS_A_PAGE),
    "of the tasks": get("/tasks/sweep"),
    "of the front door": get("/_ah/start"),
    "of the front door as a page": get("/_ah/start", headers=AS_A_PAGE),
    "of the front door, too large": too_large,
    "of the front door, an unknown version": get("/", headers={"Host": "nothing-dot-default.localhost"}),
}


def request_id_shown(answer: requests.Response) -> str:
    """In the body, where a person or program sees it."""
    if "json" in answer.headers["Content-Type"]:
        return str(answer.json()["request_id"])
    found = re.search(r"request (\w+)</small>", answer.text)
    assert found, answer.text
    return found[1]


def log_entries(platform: Platform, wanted: str) -> list[dict[str, Any]]:
    """As `gcloud logging read WANTED` asks for them."""
    asked = {"resourceNames": [f"projects/{platform.addresses['project']}"], "filter": wanted}
    answer = requests.post(
        f"{platform.addresses['admin']}/v2/entries:list", json=asked, timeout=ANSWER_SECONDS
    )
    answer.raise_for_status()
    return list(answer.json().get("entries", []))


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_is_found_by_the_request_id_it_shows(platform: Platform, error: str) -> None:
    answer = ERRORS[error](platform)

    assert 400 <= answer.status_code < 500
    request_id = request_id_shown(answer)
    assert answer.headers["X-Request-Id"] == request_id
    [entry, *_] = eventually(lambda: log_entries(platform, f'jsonPayload.request_id="{request_id}"'))
    assert entry["jsonPayload"]["request_id"] == request_id
    assert entry["jsonPayload"]["message"]
    shown = platform.ask_console(f"/api/logs?request_id={request_id}")
    assert {row["request_id"] for row in shown} == {request_id}
    assert "request" in {row["log"] for row in shown}
    assert {row["trace"] for row in shown} == {entry["trace"].rpartition("/")[2]}


def test_a_refused_task_is_found_by_its_request_id(platform: Platform) -> None:
    create_task(platform, "/tasks/renditions/", {"photo_id": 5})

    refusal = eventually(lambda: log_entries(platform, 'jsonPayload.message:"refused /tasks/renditions/"'))[0]

    found = log_entries(platform, f"jsonPayload.request_id={refusal['jsonPayload']['request_id']}")
    assert {"POST /tasks/renditions/ 200"} < {entry["jsonPayload"]["message"] for entry in found}
    assert {entry["resource"]["labels"]["module_id"] for entry in found} == {"tasks-backend"}


def create_task(platform: Platform, path: str, body: dict[str, Any]) -> None:
    with grpc.insecure_channel(platform.addresses["tasks"]) as channel:
        client = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
        request = {
            "http_method": tasks_v2.HttpMethod.POST,
            "relative_uri": path,
            "headers": {"Content-Type": "application/json"},
            "body": json.dumps(body).encode(),
        }
        parent = client.queue_path(platform.addresses["project"], LOCATION, "renditions")
        client.create_task(parent=parent, task={"app_engine_http_request": request})
