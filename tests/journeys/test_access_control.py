"""Access control at the front door: forged headers, private routes, photos of others."""

import re

import pytest
import requests

from tests import pictures
from tests.journeys.platform import Platform
from tests.waiting import eventually

FORGED = [
    {"X-Appengine-Cron": "true"},
    {"x-appengine-cron": "true"},
    {"X-AppEngine-QueueName": "renditions", "X-AppEngine-TaskName": "1"},
    {"X_AppEngine_QueueName": "renditions"},
    {"X-Appengine_Cron": "true"},
    {"X-CloudTasks-QueueName": "renditions"},
    {"X-Google-Internal": "1"},
]


@pytest.mark.parametrize("headers", FORGED, ids=lambda headers: next(iter(headers)))
def test_forged_platform_headers_are_refused(platform: Platform, headers: dict[str, str]) -> None:
    asked = platform.get("/tasks/sweep", headers=headers)
    posted = platform.as_("gate-ana").ask("POST", "/tasks/renditions/", json={}, headers=headers)

    assert (asked.status_code, posted.status_code) == (403, 403)


def test_task_routes_are_closed_at_the_service_address_too(platform: Platform) -> None:
    port = platform.app.rsplit(":", 1)[1]
    headers = {"Host": f"tasks-backend.localhost:{port}", "X-Appengine-Cron": "true"}

    assert platform.get("/tasks/sweep", headers=headers).status_code == 403


@pytest.mark.parametrize("service", ["default", "api-backend"])
def test_public_services_report_their_identity(platform: Platform, service: str) -> None:
    headers = {"Host": f"{service}.localhost:{platform.app.rsplit(':', 1)[1]}"}

    whoami = platform.get("/whoami", headers=headers).json()

    assert set(whoami) == {"service", "version", "instance", "project"}
    assert whoami["service"] == service


def test_the_identity_of_tasks_backend_is_not_public(platform: Platform) -> None:
    headers = {"Host": f"tasks-backend.localhost:{platform.app.rsplit(':', 1)[1]}"}
    instance = next(row for row in platform.ask_console("/api/services") if row["service"] == "tasks-backend")

    at_the_front_door = platform.get("/whoami", headers=headers)
    at_the_instance = requests.get(
        f"{instance['url']}/whoami", headers={"X-Appengine-Cron": "true"}, timeout=60
    )

    assert (at_the_front_door.status_code, at_the_instance.status_code) == (403, 403)


@pytest.mark.parametrize("service", ["default", "api-backend", "tasks-backend"])
def test_every_service_reports_its_health(platform: Platform, service: str) -> None:
    headers = {"Host": f"{service}.localhost:{platform.app.rsplit(':', 1)[1]}"}

    assert platform.get("/healthz", headers=headers).status_code == 200
    assert platform.get("/readyz", headers=headers).status_code == 200
    assert platform.get("/_ah/warmup", headers=headers).status_code == 200


def test_a_stranger_can_neither_change_nor_delete_a_photo(platform: Platform) -> None:
    ana, eve = platform.as_("gate-owner"), platform.as_("gate-eve")
    path = f"/api/v1/photos/{ana.post_photo(pictures.a_jpeg(), caption='mine').json()['id']}"

    changed = eve.ask("PATCH", path, json={"caption": "yours"})
    deleted = eve.ask("DELETE", path)

    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert ana.ask("GET", path).json()["caption"] == "mine"


def test_a_user_cannot_post_as_another_user(platform: Platform) -> None:
    eve = platform.as_("gate-mallory")
    files = {"image": ("photo.jpg", pictures.a_jpeg(), "image/jpeg")}

    posted = eve.ask("POST", "/post/gate-victim/", files=files, allow_redirects=False)

    assert posted.status_code == 403


def test_only_the_owner_can_read_the_original(platform: Platform) -> None:
    ana, eve = platform.as_("gate-private"), platform.as_("gate-curious")
    image = pictures.a_jpeg(width=800, height=600)
    photo_id = ana.post_photo(image).json()["id"]

    assert ana.ask("GET", f"/image/{photo_id}/original").content == image
    assert eve.ask("GET", f"/image/{photo_id}/original").status_code == 404
    assert platform.get(f"/image/{photo_id}/original").status_code in (401, 404)


def test_a_client_cannot_choose_the_address_it_is_counted_by(platform: Platform) -> None:
    """Each forged address would have a full quota."""
    left: list[int] = []

    def ask() -> bool:
        forged = {"X-Appengine-User-IP": f"2001:db8:0:{len(left):x}::1"}
        answer = platform.get("/api/v1/photos", headers=forged)
        left.append(int(re.findall(r"r=(\d+)", answer.headers["RateLimit"])[0]))
        return len(set(left)) > 1

    eventually(ask)
