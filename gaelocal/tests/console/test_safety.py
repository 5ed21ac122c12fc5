"""Protection against a foreign web page that is open in the same browser."""

import pytest
from tests.console.conftest import Api

from gaelocal.console import ConsoleParts

RUN = "/api/cron/run?url=/tasks/summary_email/daily"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "", "127.0.0.1.x"]
)
def test_a_name_that_was_pointed_here_is_refused(api: Api, host: str) -> None:
    for path in ("/", "/api/mail", "/console.js"):
        response = api("GET", path, Host=host)

        assert response.status_code in (400, 421)
        assert "Sea" not in response.text


@pytest.mark.parametrize("host", ["localhost:8000", "console.localhost", "127.0.0.1:1", "LOCALHOST"])
def test_every_name_of_this_machine_is_taken(api: Api, host: str) -> None:
    assert api("GET", "/api/mail", Host=host).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8080"},
    ],
)
def test_another_site_changes_nothing(api: Api, parts: ConsoleParts, headers: dict[str, str]) -> None:
    for method, path in (("DELETE", "/api/mail"), ("POST", RUN)):
        response = api(method, path, **headers)

        assert response.status_code == 403
        assert response.json()["code"] == "forbidden"
    assert len(parts.mail.messages()) == 2
    assert parts.scheduler.ran == []


def test_the_page_itself_and_programs_may_change_things(api: Api) -> None:
    for headers in ({}, {"Sec_Fetch_Site": "same-origin"}, {"Origin": api.url}):
        assert api("POST", RUN, **headers).status_code == 200


def test_the_page_is_bound_to_its_own_files(api: Api) -> None:
    page = api("GET", "/")

    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "http" not in page.text
    assert api("GET", "/console.js").headers["Content-Type"].startswith("text/javascript")
    assert api("GET", "/console.css").headers["Content-Type"].startswith("text/css")
