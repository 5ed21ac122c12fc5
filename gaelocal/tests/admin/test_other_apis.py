"""Indexes, enabled services, logs, and unsupported methods."""

from pathlib import Path
from typing import Any

import pytest
from tests.admin.conftest import Asked
from tests.full_disk import fill_disk_for, needs_full_device

from gaelocal.gcloud_environment import gcloud_environment

INDEXES = "v1/projects/photo-timeline/indexes"
INDEX = {
    "kind": "Photo",
    "ancestor": "ALL_ANCESTORS",
    "properties": [{"name": "created", "direction": "DESCENDING"}],
}


def a_row(service: str = "default", log: str = "stdout", severity: str = "INFO", **more: Any) -> Any:
    row = {"timestamp": "2026-11-20T09:31:00.123456Z", "severity": severity, "service": service}
    return row | {"version": "v1", "instance": "ab12", "log": log, "message": "sea", "trace": ""} | more


def read(ask: Asked, wanted: str = "", **more: Any) -> list[Any]:
    answer = ask("POST", "v2/entries:list", {"filter": wanted, "orderBy": "timestamp desc", **more})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["entries"])


def test_an_index_that_was_created_is_listed_also_after_a_restart(ask: Asked) -> None:
    ask("POST", INDEXES, INDEX)
    ask.restart()

    [told] = ask.get(INDEXES)["indexes"]
    assert {key: told[key] for key in INDEX} == INDEX
    assert told["state"] == "READY"


@needs_full_device
def test_an_index_that_the_disk_has_no_room_for_is_not_created(ask: Asked) -> None:
    fill_disk_for(ask.folder / "admin" / "indexes.json")

    refused = ask("POST", INDEXES, INDEX)

    assert (refused.status_code, refused.json()["error"]["status"]) == (503, "UNAVAILABLE")
    assert ask.get(INDEXES)["indexes"] == []


def test_the_same_index_is_not_created_twice(ask: Asked) -> None:
    ask("POST", INDEXES, INDEX)

    assert ask("POST", INDEXES, INDEX).status_code == 409


@pytest.mark.parametrize("properties", ["created", ["created"], [{"direction": "ASCENDING"}], {"name": "a"}])
def test_an_index_whose_properties_are_none_is_refused(ask: Asked, properties: object) -> None:
    refused = ask("POST", INDEXES, {**INDEX, "properties": properties})

    assert (refused.status_code, refused.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert ask.get(INDEXES)["indexes"] == []


@pytest.mark.parametrize("fields", ["created", ["created"], [{"order": "ASCENDING"}], 1])
def test_an_index_of_firestore_whose_fields_are_none_is_refused(ask: Asked, fields: object) -> None:
    path = "v1/projects/photo-timeline/databases/(default)/collectionGroups/Photo/indexes"

    refused = ask("POST", path, {"fields": fields})

    assert (refused.status_code, refused.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_an_index_is_deleted(ask: Asked) -> None:
    made = ask("POST", INDEXES, INDEX).json()["response"]["indexId"]

    ask("DELETE", f"{INDEXES}/{made}")

    assert ask.get(INDEXES)["indexes"] == []


def test_the_apis_that_are_answered_here_are_enabled_and_no_other(ask: Asked) -> None:
    enabled = ask.get("v1/projects/photo-timeline/services/cloudtasks.googleapis.com")
    unknown = ask("GET", "v1/projects/photo-timeline/services/compute.googleapis.com")

    assert enabled["state"] == "ENABLED"
    assert unknown.status_code == 404


def test_the_filter_of_gcloud_app_logs_read_is_understood(ask: Asked) -> None:
    ask.behind.logs.rows = [a_row(), a_row("api-backend"), a_row(log="platform"), a_row(severity="ERROR")]
    names = " OR ".join(
        f'"projects/photo-timeline/logs/{name}"' for name in ("stdout", "appengine.googleapis.com%2Fstdout")
    )
    wanted = f'resource.type="gae_app" AND resource.labels.module_id="default" AND logName=({names})'

    found = read(ask, wanted)
    errors = read(ask, f"{wanted} AND severity>=WARNING")

    assert [entry["severity"] for entry in found] == ["INFO", "ERROR"]
    assert [entry["severity"] for entry in errors] == ["ERROR"]
    assert found[0]["resource"]["labels"]["version_id"] == "v1"
    assert found[0]["textPayload"] == "sea"


def test_a_structured_line_has_a_json_payload(ask: Asked) -> None:
    fields = {
        "request_id": "r1",
        "photo": {"id": "p"},
        "httpRequest": {"status": 404},
        "logging.googleapis.com/spanId": "1",
        "logging.googleapis.com/labels": {"kind": "test"},
    }
    ask.behind.logs.rows = [a_row(fields=fields)]

    [entry] = read(ask)

    assert entry["jsonPayload"] == {"message": "sea", "request_id": "r1", "photo": {"id": "p"}}
    assert "textPayload" not in entry
    assert (entry["httpRequest"], entry["spanId"]) == ({"status": 404}, "1")
    assert entry["labels"] == {"clone_id": "ab12", "kind": "test"}


@pytest.mark.parametrize("fields", [{}, {"httpRequest": {"status": 404}}])
def test_a_message_alone_is_a_text(ask: Asked, fields: dict[str, Any]) -> None:
    ask.behind.logs.rows = [a_row(fields=fields)]

    assert read(ask)[0]["textPayload"] == "sea"


@pytest.mark.parametrize(
    ("wanted", "is_found"),
    [
        ("jsonPayload.request_id=r1", True),
        ('jsonPayload.request_id="R1"', True),
        ("jsonPayload.request_id='r1'", True),
        ("jsonPayload.request_id=('r2' OR 'r1')", True),
        ("jsonPayload.request_id=r2", False),
        ("jsonPayload.request_id:r", True),
        ("jsonPayload.photo.id=p", True),
        ("jsonPayload.photo.id.more=p", False),
        ("jsonPayload.message=sea AND severity>=INFO", True),
        ("jsonPayload.status>=400", True),
        ("jsonPayload.status>=1000", False),
        ("jsonPayload.status=404", True),
        ("jsonPayload.is_new=true", True),
        ("jsonPayload.missing=x", False),
        ("jsonPayload.missing!=x", True),
        ('labels.clone_id="ab12"', True),
    ],
)
def test_a_filter_may_name_any_field(ask: Asked, wanted: str, is_found: bool) -> None:
    ask.behind.logs.rows = [
        a_row(fields={"request_id": "r1", "photo": {"id": "p"}, "status": 404, "is_new": True})
    ]

    assert bool(read(ask, wanted)) is is_found


def test_a_request_has_the_format_of_app_engines_request_log(ask: Asked) -> None:
    asked = {"requestMethod": "GET", "requestUrl": "/", "status": 200, "latencyMs": 12.5}
    asked |= {"responseSize": 9, "remoteIp": "127.0.0.1", "userAgent": "curl"}
    ask.behind.logs.rows = [a_row(log="request", httpRequest=asked)]

    [entry] = read(ask)

    assert entry["logName"].endswith("/appengine.googleapis.com%2Frequest_log")
    assert (entry["protoPayload"]["method"], entry["protoPayload"]["status"]) == ("GET", 200)


def test_no_more_entries_are_given_than_asked_for(ask: Asked) -> None:
    ask.behind.logs.rows = [a_row() for _ in range(9)]

    assert len(read(ask, pageSize=4)) == 4


@pytest.mark.parametrize("wanted", ["NOT severity=INFO", "(a=1 OR b=2) AND", "severity=INFO AND (x"])
def test_an_unsupported_filter_is_refused(ask: Asked, wanted: str) -> None:
    answer = ask("POST", "v2/entries:list", {"filter": wanted})

    assert answer.status_code == 400
    assert "comparisons" in answer.json()["error"]["message"]


def test_what_nobody_answers_is_named_in_googles_own_form(ask: Asked) -> None:
    answer = ask("GET", "v1/projects/photo-timeline/nothing")

    assert answer.status_code == 404
    assert answer.json()["error"] == {
        "code": 404,
        "message": "gaelocal does not support GET /v1/projects/photo-timeline/nothing.",
        "status": "NOT_FOUND",
    }


def test_another_sites_page_cannot_change_anything(ask: Asked) -> None:
    answer = ask("POST", INDEXES, INDEX, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/json", b"{"), ("application/json", b"\xff"), ("application/json; charset=x", b"{}")],
)
def test_a_body_that_is_no_json_is_refused(ask: Asked, kind: str, body: bytes) -> None:
    answer = ask("POST", INDEXES, headers={"Content-Type": kind}, data=body)

    assert answer.status_code == 400


def test_an_index_created_through_firestore_is_a_datastore_index(ask: Asked) -> None:
    database = "v1/projects/photo-timeline/databases/(default)/collectionGroups"
    sent = {
        "queryScope": "COLLECTION_RECURSIVE",
        "apiScope": "DATASTORE_MODE_API",
        "fields": [{"fieldPath": "created", "order": "DESCENDING"}],
    }

    ask("POST", f"{database}/Photo/indexes", sent)

    [of_datastore] = ask.get(INDEXES)["indexes"]
    [of_firestore] = ask.get(f"{database}/-/indexes")["indexes"]
    assert {key: of_datastore[key] for key in INDEX} == INDEX
    assert {key: of_firestore[key] for key in sent} == sent


def test_the_project_is_described(ask: Asked) -> None:
    assert ask.get("v1/projects/photo-timeline")["lifecycleState"] == "ACTIVE"
    assert [each["projectId"] for each in ask.get("v1/projects")["projects"]] == ["photo-timeline"]


def test_an_api_that_exists_here_is_enabled_and_another_refused(ask: Asked) -> None:
    services = "v1/projects/photo-timeline/services"

    assert ask("POST", f"{services}/cloudtasks.googleapis.com:enable").json()["done"]
    refused = ask("POST", f"{services}/compute.googleapis.com:enable").json()["error"]
    assert refused["message"].startswith("gaelocal cannot enable compute.googleapis.com")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("v1/projects/photo-timeline:export", "does not export or import"),
        ("v1/projects/photo-timeline:import", "does not export or import"),
        ("v1/apps/photo-timeline/firewall/ingressRules", "no firewall"),
        ("v1/apps/photo-timeline/domainMappings", "no domain mappings"),
        ("v1/apps", "already has its App Engine application"),
    ],
)
def test_an_unsupported_part_is_refused_with_a_message(ask: Asked, path: str, said: str) -> None:
    refused = ask("POST", path).json()["error"]

    assert refused["status"] == "FAILED_PRECONDITION"
    assert said in refused["message"]


def test_gcloud_is_led_here_with_every_api() -> None:
    addresses = {"admin": "http://127.0.0.1:1", "storage": "http://127.0.0.1:2", "project": "p"}

    environment = gcloud_environment(addresses, Path("data"))

    for api in ("FIRESTORE", "CLOUDRESOURCEMANAGER", "COMPUTE", "PUBSUB"):
        assert environment[f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{api}"] == "http://127.0.0.1:1/"
    assert environment["CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE"] == "http://127.0.0.1:2/storage/"


@pytest.mark.parametrize("wanted", [7, "datastore.googleapis.com", [7], [{}], {"name": "a"}])
def test_services_to_enable_that_are_no_list_of_names_are_refused(ask: Asked, wanted: object) -> None:
    refused = ask("POST", "v1/projects/photo-timeline/services:batchEnable", {"serviceIds": wanted})

    assert (refused.status_code, refused.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
