"""Features of every service: access control, health, logs, security headers."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask import Blueprint
from flask.testing import FlaskClient

from timeline.backends import connect, disconnect
from timeline.serving import current_caller, make_app, platform_only, public, signed_in
from timeline.serving.logs import continue_trace, current_trace

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends

TRACE = "0af7651916cd43dd8448eb211c80319c"


def routes() -> Blueprint:
    views = Blueprint("views", __name__)

    @views.get("/forgotten")
    def forgotten() -> str:
        return "nobody said who may see this"

    @views.get("/public")
    @public
    def open_to_all() -> str:
        return current_trace()

    @views.get("/private")
    @signed_in
    def private() -> str:
        return current_caller().handle

    @views.post("/work")
    @platform_only
    def work() -> str:
        continue_trace("f" * 32)
        return current_trace()

    @views.get("/accident")
    @public
    def accident() -> str:
        raise KeyError("a secret of ours")

    return views


@pytest.fixture
def backends(backends: "Backends") -> Iterator["Backends"]:
    yield backends
    disconnect(backends)


@pytest.fixture
def client(backends: "Backends") -> FlaskClient:
    return make_app("timeline.serving", backends, [("", routes())]).test_client()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def test_a_route_without_an_audience_is_closed(client: FlaskClient, cloud: "Cloud") -> None:
    signed = {"Authorization": f"Bearer {cloud.token_for('ana')}"}

    assert [client.get("/forgotten", headers=given).status_code for given in ({}, signed)] == [403, 403]


def test_a_private_route_has_the_caller(client: FlaskClient, cloud: "Cloud") -> None:
    signed = {"Authorization": f"Bearer {cloud.token_for('ana')}"}

    assert client.get("/private").status_code == 401
    assert client.get("/private", headers=signed).get_data(as_text=True) == "ana"


@pytest.mark.parametrize(
    "header", ["X-Appengine-Queuename", "X-AppEngine-QueueName", "x-appengine-queuename"]
)
def test_platform_routes_accept_queue_headers(client: FlaskClient, header: str) -> None:
    assert client.post("/work").status_code == 403
    assert client.post("/work", headers={header: "renditions"}).status_code == 200


def test_platform_routes_accept_only_the_exact_cron_header(client: FlaskClient, cloud: "Cloud") -> None:
    signed = {"Authorization": f"Bearer {cloud.token_for('ana')}"}
    given = [{"X-Appengine-Cron": "true"}, {"X-Appengine-Cron": "false"}, {"X-Cron": "true"}, signed]

    assert [client.post("/work", headers=one).status_code for one in given] == [200, 403, 403, 403]


@pytest.mark.parametrize(
    "headers",
    [{"X-Cloud-Trace-Context": f"{TRACE}/123;o=1"}, {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}],
)
def test_a_request_keeps_its_trace(
    client: FlaskClient, capsys: pytest.CaptureFixture[str], backends: "Backends", headers: dict[str, str]
) -> None:
    assert client.get("/public", headers=headers).get_data(as_text=True) == TRACE

    (line,) = lines(capsys)
    project = backends.settings.google_cloud_project
    assert line["logging.googleapis.com/trace"] == f"projects/{project}/traces/{TRACE}"
    assert (line["severity"], line["service"]) == ("INFO", "default")


def test_an_invalid_trace_is_replaced(client: FlaskClient) -> None:
    answer = client.get("/public", headers={"X-Cloud-Trace-Context": "x; DROP TABLE"})

    assert len(answer.get_data(as_text=True)) == 32


def test_a_task_continues_the_trace_of_its_request(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.post("/work", headers={"X-Appengine-Queuename": "renditions", "X-Cloud-Trace-Context": TRACE})

    assert str(lines(capsys)[0]["logging.googleapis.com/trace"]).endswith("f" * 32)


def test_an_unexpected_error_is_logged_once_and_not_shown(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/accident")

    errors = [line for line in lines(capsys) if line["severity"] == "ERROR"]
    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal_error")
    assert "secret" not in answer.get_data(as_text=True)
    assert len(errors) == 1
    assert "a secret of ours" in str(errors[0]["message"])
    assert errors[0]["request_id"] == answer.get_json()["request_id"]


def test_a_service_reports_identity_and_readiness(client: FlaskClient, backends: "Backends") -> None:
    project = backends.settings.google_cloud_project

    assert client.get("/whoami").get_json() == {
        "service": "default",
        "version": "dev",
        "instance": "0",
        "project": project,
    }
    paths = ("/healthz", "/readyz", "/_ah/warmup", "/_ah/start")
    assert [client.get(path).status_code for path in paths] == [200] * 4


def test_a_service_without_datastore_is_up_but_not_ready(backends: "Backends") -> None:
    alone = connect(replace(backends.settings, datastore_emulator_host="127.0.0.1:1"))
    client = make_app("timeline.serving", alone, []).test_client()

    answer = client.get("/readyz")

    assert client.get("/healthz").status_code == 200
    assert (answer.status_code, answer.get_json()["detail"]) == (503, "Datastore does not respond.")
    assert answer.headers["Retry-After"] == "5"
    disconnect(alone)


def test_error_responses_have_security_headers(client: FlaskClient) -> None:
    answers = [client.get(path) for path in ("/public", "/nowhere", "/accident")]

    assert {answer.headers["X-Content-Type-Options"] for answer in answers} == {"nosniff"}
    assert all("default-src 'none'" in answer.headers["Content-Security-Policy"] for answer in answers)
    assert all("Strict-Transport-Security" not in answer.headers for answer in answers)


def test_https_responses_have_hsts(client: FlaskClient) -> None:
    answer = client.get("/public", headers={"X-Appengine-Https": "on"})

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
