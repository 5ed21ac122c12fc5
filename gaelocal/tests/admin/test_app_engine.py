"""The Admin API as gcloud speaks it: the app, its services, versions, instances and operations."""

import hashlib
from typing import Any

import pytest
from tests.admin.conftest import CODE_BUCKET, Asked

APP = "v1/apps/photo-timeline"
DEFAULT = f"{APP}/services/default"


def upload(ask: Asked, contents: bytes) -> dict[str, str]:
    """Upload a file like gcloud, and return its entry of the manifest."""
    name = hashlib.sha1(contents).hexdigest()
    (ask.behind.bucket / name).write_bytes(contents)
    return {"sha1Sum": name, "sourceUrl": f"https://storage.googleapis.com/{CODE_BUCKET}/{name}"}


def deploy(ask: Asked, version: str = "v1", contents: bytes = b"app = 1", **more: Any) -> Any:
    files = {"main.py": upload(ask, contents)}
    wanted = {
        "id": version,
        "runtime": "python313",
        "envVariables": {"A": "1"},
        "deployment": {"files": files},
    }
    answer = ask("POST", f"{DEFAULT}/versions", wanted | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def split(ask: Asked, mask: str = "split", **wanted: Any) -> Any:
    answer = ask("PATCH", DEFAULT, {"split": wanted}, params={"updateMask": mask, "migrateTraffic": "False"})
    return answer.json()


def test_the_app_resource_has_the_fields_that_a_deployment_needs(ask: Asked) -> None:
    app = ask.get(APP)

    assert app["id"] == "photo-timeline"
    assert app["defaultHostname"] == "photo-timeline.localhost:8080"
    assert app["codeBucket"] == CODE_BUCKET
    assert app["servingStatus"] == "SERVING"


def test_another_project_is_refused_by_name(ask: Asked) -> None:
    answer = ask("GET", "v1/apps/production")

    assert answer.status_code == 403
    assert "photo-timeline, not production" in answer.json()["error"]["message"]


def test_dispatch_rules_are_set_and_returned(ask: Asked) -> None:
    rules = [{"domain": "*", "path": "/api/*", "service": "default"}]

    done = ask("PATCH", APP, {"dispatchRules": rules}, params={"updateMask": "dispatchRules,"}).json()

    assert done["done"]
    assert done["response"]["dispatchRules"] == rules
    assert ask.behind.releases.rules[0].url == "*/api/*"


@pytest.mark.parametrize("rules", [1, "all", ["default"], {"service": "default"}])
def test_dispatch_rules_that_are_none_are_refused(ask: Asked, rules: object) -> None:
    refused = ask("PATCH", APP, {"dispatchRules": rules}, params={"updateMask": "dispatchRules"})

    assert (refused.status_code, refused.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_a_deploy_takes_exactly_the_files_of_the_manifest(ask: Asked) -> None:
    done = deploy(ask)

    assert done["done"]
    assert done["response"]["name"] == "apps/photo-timeline/services/default/versions/v1"
    assert ask.behind.releases.files == {"main.py": b"app = 1"}
    assert done["metadata"]["method"] == "google.appengine.v1.Versions.CreateVersion"


def test_a_file_that_was_not_uploaded_is_named(ask: Asked) -> None:
    gone = {"sha1Sum": "0" * 40, "sourceUrl": f"https://storage.googleapis.com/{CODE_BUCKET}/{'0' * 40}"}

    done = deploy(ask, deployment={"files": {"main.py": gone}})

    assert done["error"]["code"] == 3
    assert "main.py was not uploaded" in done["error"]["message"]


def test_a_file_that_is_not_what_the_manifest_names_is_refused(ask: Asked) -> None:
    entry = upload(ask, b"one thing") | {"sha1Sum": hashlib.sha1(b"another").hexdigest()}

    done = deploy(ask, deployment={"files": {"main.py": entry}})

    assert "does not match the checksum in the manifest" in done["error"]["message"]


def test_why_a_version_does_not_start_is_the_error_of_the_operation(ask: Asked) -> None:
    done = deploy(ask, contents=b"broken")

    assert "SyntaxError" in done["error"]["message"]
    assert ask.get(f"{APP}/operations/{done['name'].rpartition('/')[2]}")["error"] == done["error"]


def test_a_running_deployment_reports_pips_last_line_and_then_its_result(ask: Asked) -> None:
    ask.behind.releases.may_end.clear()
    begun = deploy(ask)

    ask.behind.releases.may_end.set()
    ended = ask.get(f"{APP}/operations/{begun['name'].rpartition('/')[2]}")

    assert not begun["done"]
    assert begun["metadata"]["ephemeralMessage"] == "Collecting flask for default v1"
    assert ended["done"]
    assert "ephemeralMessage" not in ended["metadata"]


def test_only_the_full_view_has_the_environment_of_a_version(ask: Asked) -> None:
    deploy(ask)

    basic = ask.get(f"{DEFAULT}/versions/v1")
    full = ask.get(f"{DEFAULT}/versions/v1?view=FULL")

    assert "envVariables" not in basic
    assert full["envVariables"] == {"A": "1"}
    assert (full["servingStatus"], full["createTime"]) == ("SERVING", "2026-11-20T09:31:00.000Z")
    assert full["versionUrl"] == "http://v1-dot-default.localhost:8080"


def test_traffic_is_split(ask: Asked) -> None:
    deploy(ask)

    split(ask, shardBy="RANDOM", allocations={"dev": 0.5, "v1": 0.5})

    told = ask.get(f"{APP}/services")["services"][0]
    assert told["split"] == {"shardBy": "RANDOM", "allocations": {"dev": 0.5, "v1": 0.5}}


def test_the_way_to_split_may_be_in_lower_case_as_gcloud_migrate_writes_it(ask: Asked) -> None:
    done = split(ask, shardBy="ip", allocations={"dev": 1})

    assert done["response"]["split"]["shardBy"] == "IP"


def test_gcloud_beta_means_the_same(ask: Asked) -> None:
    assert ask.get(f"{APP.replace('v1', 'v1beta')}/services") == ask.get(f"{APP}/services")


def test_a_split_that_names_no_version_is_refused_in_words(ask: Asked) -> None:
    done = split(ask, allocations={"v9": 1})

    assert done["error"] == {"code": 5, "message": "the service default has no version `v9`"}


def test_what_cannot_be_changed_of_a_service_says_so(ask: Asked) -> None:
    answer = split(ask, mask="labels")

    assert answer["error"]["status"] == "FAILED_PRECONDITION"


def test_a_mask_with_a_field_that_cannot_be_changed_changes_nothing(ask: Asked) -> None:
    body = {"networkSettings": {"ingressTrafficAllowed": "INGRESS_TRAFFIC_ALLOWED_INTERNAL_ONLY"}}

    answer = ask("PATCH", DEFAULT, body, params={"updateMask": "networkSettings,split"})

    assert answer.status_code == 412
    assert ask.get(DEFAULT)["networkSettings"]["ingressTrafficAllowed"] == "INGRESS_TRAFFIC_ALLOWED_ALL"


@pytest.mark.parametrize("resource", [APP, DEFAULT, f"{DEFAULT}/versions/dev"])
@pytest.mark.parametrize("query", ["", "?updateMask=", "?updateMask=,"])
def test_a_change_without_a_mask_is_invalid(ask: Asked, resource: str, query: str) -> None:
    answer = ask("PATCH", f"{resource}{query}", {"servingStatus": "STOPPED"})

    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert "`updateMask` is required" in answer.json()["error"]["message"]


def test_a_version_is_stopped_and_started(ask: Asked) -> None:
    deploy(ask)
    mask = {"updateMask": "servingStatus"}

    stopped = ask("PATCH", f"{DEFAULT}/versions/v1", {"servingStatus": "STOPPED"}, params=mask).json()
    started = ask("PATCH", f"{DEFAULT}/versions/v1", {"servingStatus": "SERVING"}, params=mask).json()

    assert stopped["response"]["servingStatus"] == "STOPPED"
    assert started["response"]["servingStatus"] == "SERVING"


def test_a_version_is_deleted_unless_it_gets_traffic(ask: Asked) -> None:
    deploy(ask)

    gone = ask("DELETE", f"{DEFAULT}/versions/v1").json()
    kept = ask("DELETE", f"{DEFAULT}/versions/dev").json()

    assert gone["done"]
    assert "error" not in gone
    assert "gets traffic" in kept["error"]["message"]
    assert [version["id"] for version in ask.get(f"{DEFAULT}/versions")["versions"]] == ["dev"]


def test_instances_are_listed(ask: Asked) -> None:
    [instance] = ask.get(f"{DEFAULT}/versions/dev/instances")["instances"]

    assert (instance["id"], instance["requests"], instance["memoryUsage"]) == ("ab12", 7, "66000000")


def test_an_instance_is_ended(ask: Asked) -> None:
    done = ask("DELETE", f"{DEFAULT}/versions/dev/instances/ab12").json()

    assert done["done"]
    assert ask.behind.releases.ended == ["ab12"]


def test_what_is_not_there_is_not_found(ask: Asked) -> None:
    service = ask("GET", f"{APP}/services/nobody")
    version = ask("GET", f"{DEFAULT}/versions/v9")
    instance = ask("GET", f"{DEFAULT}/versions/dev/instances/zz")

    assert [answer.status_code for answer in (service, version, instance)] == [404, 404, 404]
    assert service.json()["error"]["status"] == "NOT_FOUND"


def test_operations_are_listed_the_newest_first(ask: Asked) -> None:
    deploy(ask)
    split(ask, allocations={"v1": 1})

    told = ask.get(f"{APP}/operations")["operations"]
    pending = ask.get(f"{APP}/operations?filter=done:false")["operations"]

    assert [one["metadata"]["method"].rpartition(".")[2] for one in told] == [
        "UpdateService",
        "CreateVersion",
    ]
    assert pending == []
