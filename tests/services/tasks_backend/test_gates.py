"""Access control: only queues and cron may call task routes."""

from pathlib import Path

import pytest
import yaml

from tasks_backend.attempts import RETRY_LIMITS
from tests.services.tasks_backend.conftest import Scene

ROOT = Path(__file__).resolve().parents[3]
POSTS = [
    "/tasks/renditions/",
    "/tasks/webp/",
    "/tasks/erase/",
    "/tasks/export/",
    "/tasks/email/",
    "/tasks/summary_email/",
]
GETS = ["/tasks/summary_email/daily", "/tasks/summary_email/weekly", "/tasks/sweep"]


@pytest.mark.parametrize("path", POSTS)
def test_a_stranger_cannot_post_a_task(scene: Scene, path: str) -> None:
    answer = scene.app.test_client().post(path, json={}, headers={"Authorization": "Bearer x"})

    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")  # type: ignore[index]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/tasks"),
        ("GET", "/tasks/"),
        ("GET", "/tasks/x"),
        ("POST", "/tasks/sweep"),
        ("POST", "/tasks/renditions"),
        ("OPTIONS", "/tasks/sweep"),
        ("GET", "/tasks//sweep"),
    ],
)
def test_a_stranger_gets_the_same_answer_for_every_task_path(scene: Scene, method: str, path: str) -> None:
    answer = scene.app.test_client().open(path, method=method)

    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")  # type: ignore[index]


@pytest.mark.parametrize("path", GETS)
def test_a_stranger_cannot_start_a_job(scene: Scene, path: str) -> None:
    assert scene.app.test_client().get(path).status_code == 403


@pytest.mark.parametrize("value", ["", "false", "1", "yes"])
def test_only_the_exact_cron_header_is_accepted(scene: Scene, value: str) -> None:
    assert scene.app.test_client().get("/tasks/sweep", headers={"X-Appengine-Cron": value}).status_code == 403


@pytest.mark.parametrize("path", ["/tasks/", "/tasks/nothing/", "/tasks/summary_email/monthly"])
def test_an_unknown_task_path_is_a_404_for_the_platform(scene: Scene, path: str) -> None:
    assert scene.task(path, {}).status_code in (404, 405)


def test_only_the_platform_learns_the_version_and_the_instance(scene: Scene) -> None:
    client = scene.app.test_client()

    asked = client.get("/whoami"), client.get("/whoami", headers={"X-Appengine-Cron": "true"})

    assert [answer.status_code for answer in asked] == [403, 200]
    assert client.get("/_ah/start").status_code == 200


def test_retry_limits_match_queue_yaml() -> None:
    queues = yaml.safe_load((ROOT / "queue.yaml").read_text())["queue"]

    assert {q["name"]: q["retry_parameters"]["task_retry_limit"] for q in queues} == RETRY_LIMITS


def test_the_start_time_matches_cron_yaml() -> None:
    from timeline.digests.periods import STARTED_AT

    jobs = {job["url"]: job for job in yaml.safe_load((ROOT / "cron.yaml").read_text())["cron"]}

    assert jobs["/tasks/summary_email/daily"]["schedule"] == f"every day {STARTED_AT:%H:%M}"
    assert jobs["/tasks/summary_email/weekly"]["schedule"] == f"every monday {STARTED_AT:%H:%M}"
    assert all(job.get("timezone", "UTC") == "UTC" for job in jobs.values())
