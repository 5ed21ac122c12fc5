"""The console's JSON API and its error messages."""

import pytest
import requests
from tests.console.conftest import Api

from gaelocal.console import Console, ConsoleParts


def test_mail_is_listed_newest_first(api: Api) -> None:
    mails = api("GET", "/api/mail").json()

    assert [mail["subject"] for mail in mails] == ["Second", "Your day"]
    assert mails[0].keys() >= {"to", "subject", "text", "html", "headers", "received"}
    assert len(api("GET", "/api/mail?limit=1").json()) == 1


def test_mail_can_be_cleared(api: Api) -> None:
    assert api("DELETE", "/api/mail").status_code == 204

    assert api("GET", "/api/mail").json() == []


def test_one_mail_can_be_read_in_three_ways(api: Api) -> None:
    source = api("GET", "/api/mail/2/source")

    assert api("GET", "/api/mail/2").json()["source"] == "Subject: Söa\r\n\r\nSea"
    assert source.text == "Subject: Söa\r\n\r\nSea"
    assert source.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "<p>Sea</p>" in api("GET", "/api/mail/2/html").text


def test_the_html_of_a_mail_can_do_nothing(api: Api) -> None:
    policy = api("GET", "/api/mail/2/html").headers["Content-Security-Policy"]

    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy


def test_queues_and_their_tasks(api: Api, parts: ConsoleParts) -> None:
    assert api("GET", "/api/queues").json() == parts.tasks.queues()
    assert api("GET", "/api/queues/renditions/tasks").json() == parts.tasks.tasks("renditions")
    assert api("GET", "/api/queues/renditions/dead").json()[0]["state"] == "dead"


def test_cron_jobs_are_listed_and_run(api: Api, parts: ConsoleParts) -> None:
    assert api("GET", "/api/cron").json() == parts.scheduler.jobs()

    answer = api("POST", "/api/cron/run?url=/tasks/summary_email/daily")

    assert answer.json()["status"] == 200
    assert parts.scheduler.ran == ["/tasks/summary_email/daily"]


def test_services_addresses_and_memcache(api: Api, parts: ConsoleParts) -> None:
    assert api("GET", "/api/services").json() == parts.engine.instances()
    assert api("GET", "/api/addresses").json() == parts.addresses
    assert api("GET", "/api/memcache").json()["get_hits"] == 9


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", {"service": None, "severity": None, "trace": None, "request_id": None, "limit": 200}),
        (
            "?service=&severity=&trace=",
            {"service": None, "severity": None, "trace": None, "request_id": None, "limit": 200},
        ),
        (
            "?service=default&severity=error&trace=t1&request_id=r1&limit=7",
            {"service": "default", "severity": "ERROR", "trace": "t1", "request_id": "r1", "limit": 7},
        ),
    ],
)
def test_logs_are_filtered(api: Api, query: str, asked: dict[str, object]) -> None:
    (entry,) = api("GET", f"/api/logs{query}").json()

    assert entry["fields"] == asked


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/mail/99", 404, "not_found"),
        ("GET", "/api/mail/99/html", 404, "not_found"),
        ("GET", "/api/mail/99/source", 404, "not_found"),
        ("GET", "/api/queues/nope/tasks", 404, "not_found"),
        ("GET", "/api/queues/nope/dead", 404, "not_found"),
        ("POST", "/api/cron/run?url=/nope", 404, "not_found"),
        ("POST", "/api/cron/run", 400, "url_missing"),
        ("GET", "/api/logs?severity=loud", 400, "invalid_severity"),
        ("GET", "/api/logs?limit=0", 400, "invalid_limit"),
        ("GET", "/api/logs?limit=5001", 400, "invalid_limit"),
        ("GET", "/api/mail?limit=-1", 400, "invalid_limit"),
        ("GET", "/api/mail?limit=²", 400, "invalid_limit"),
        ("GET", "/api/nope", 404, "not_found"),
        ("PUT", "/api/mail", 405, "method_not_allowed"),
    ],
)
def test_a_refusal_is_a_problem(api: Api, method: str, path: str, status: int, code: str) -> None:
    response = api(method, path)

    assert response.headers["Content-Type"].startswith("application/problem+json")
    problem = response.json()
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem.keys() == {"type", "title", "status", "code", "detail", "request_id"}


def test_the_health_names_what_fails_first(api: Api, parts: ConsoleParts) -> None:
    parts.health.component("cron").recovered()
    parts.health.component("queue renditions").failed(OSError("database is locked"))
    parts.health.incident("a cron job could not be run", ValueError("odd"))

    health = api("GET", "/api/health").json()

    assert health["status"] == "failing"
    assert [(row["name"], row["status"]) for row in health["components"]] == [
        ("queue renditions", "failing"),
        ("cron", "ok"),
        ("usage of instances", "ok"),
    ]
    assert health["components"][0]["last_error"] == "OSError: database is locked"
    assert health["incidents"][0]["message"] == "a cron job could not be run: ValueError: odd"


def test_a_container_reports_its_usage(console: Console, parts: ConsoleParts) -> None:
    report = {"service": "default", "instance": "c1", "memory": 1000}

    answer = requests.post(f"{console.url}/api/services/usage", json=report, timeout=60)

    assert answer.status_code == 204
    row = {"service": "default", "memory": 0, "memory_limit": 1, "cpu": 0.0, "requests": 0}
    assert parts.engine.usage.add_to(row)["memory"] == 1000


@pytest.mark.parametrize("body", ["", "{", "[]", '{"service": 1}', "[" * 100_000])
def test_an_odd_report_is_refused(console: Console, body: str) -> None:
    answer = requests.post(f"{console.url}/api/services/usage", data=body, timeout=60)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_report")
