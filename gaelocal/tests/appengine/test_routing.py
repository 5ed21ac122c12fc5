"""Which service a request reaches through the front door."""

import pytest
from tests.appengine.running import Running

from gaelocal.appengine.front_door.routing import Target, target_of
from gaelocal.appengine.releases import Split, VersionRegistry
from gaelocal.appengine.releases.version_registry import ServiceVersions

STRANGE = [
    *("//_ah/start", "///_ah/start", "/%2f_ah/start", "/%5Fah/start", "/_ah//start", "/_ah/start/"),
    *("/./_ah/start", "/x/../_ah/start", "//_ah/start?x", "/_ah/./stop"),
]


@pytest.mark.parametrize(
    ("host", "path", "service"),
    [
        ("localhost", "/", b"default"),
        ("localhost", "/api/x", b"api"),
        ("localhost", "/api", b"default"),
        ("localhost", "/%61pi/x", b"api"),
        ("localhost", "//api/x", b"api"),
        ("api.localhost", "/", b"api"),
        ("API.localhost:8080", "/", b"api"),
        ("default.localhost", "/api/x", b"default"),
        ("dev-dot-api.localhost", "/", b"api"),
        ("0-dot-dev-dot-api.localhost", "/", b"api"),
        ("nobody.localhost", "/", b"default"),
        ("api.localhost.example.com", "/", b"default"),
    ],
)
def test_a_request_reaches_the_service_it_names(
    front_door: Running, host: str, path: str, service: bytes
) -> None:
    assert front_door.ask(path, Host=host).body == b"hello from " + service


def test_an_address_names_instance_version_and_service() -> None:
    registry = VersionRegistry()
    registry.put("api", ServiceVersions(Split.whole("v2")))

    target = target_of("1-dot-v2-dot-api.localhost", "/", registry)

    assert target == Target("api", "v2", "1")


@pytest.mark.parametrize(
    ("host", "target"),
    [
        ("photo-timeline.localhost", Target("default")),
        ("api-dot-photo-timeline.localhost", Target("api")),
        ("api.photo-timeline.localhost", Target("api")),
        ("v2-dot-api-dot-photo-timeline.localhost", Target("api", "v2")),
    ],
)
def test_the_project_may_stand_last_as_gcloud_writes_it(host: str, target: Target) -> None:
    registry = VersionRegistry("photo-timeline")
    registry.put("default", ServiceVersions(Split.whole("v1")))
    registry.put("api", ServiceVersions(Split.whole("v2")))

    assert target_of(host, "/", registry) == target


@pytest.mark.parametrize(
    "path", ["/_ah/start", "/_ah/stop", "/_ah/background", "/_ah/%73tart", "/_ah/start/x", *STRANGE]
)
@pytest.mark.parametrize("host", ["localhost", "api.localhost"])
def test_what_only_the_platform_asks_for_is_not_found_by_strangers(
    front_door: Running, host: str, path: str
) -> None:
    assert front_door.ask(path, Host=host).status == 404


def test_a_warmup_may_be_asked_for_and_is_never_dispatched(front_door: Running) -> None:
    assert front_door.ask("/_ah/warmup").body == b"hello from default"


def test_a_refusal_is_a_page_for_people_and_a_problem_for_programs(front_door: Running) -> None:
    page = front_door.ask("/_ah/start", Accept="text/html,*/*")
    problem = front_door.ask("/_ah/start", Accept="application/json")

    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json["status"] == 404
    assert problem.json["request_id"] == problem.headers["X-Request-Id"]
    assert page.headers["X-Request-Id"] in page.body.decode()


def test_a_refusal_is_found_in_the_log_by_its_request_id(front_door: Running) -> None:
    refused = front_door.ask("/_ah/start").json

    entries = front_door.engine.logs.entries(request_id=refused["request_id"])

    assert [entry["log"] for entry in entries] == ["request", "platform"]
    assert entries[1]["message"] == refused["detail"]
    assert entries[1]["fields"] == {"status": 404, "request_id": refused["request_id"]}


def test_a_malformed_request_is_found_in_the_log_by_its_request_id(front_door: Running) -> None:
    refused = front_door.ask("/" + "x" * 9_000).json

    [request, reason] = front_door.engine.logs.entries(request_id=refused["request_id"])

    assert (request["log"], reason["message"]) == ("request", refused["detail"])
