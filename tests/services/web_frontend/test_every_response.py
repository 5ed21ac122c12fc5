"""Properties of all responses of the website: headers, errors, static files, log lines."""

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from tests.services.web_frontend.visitors import Person, Site
from timeline.errors import Unavailable
from web_frontend import create_app

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends

PAGES = (
    "/",
    "/user/ana/",
    "/user/ana/json/",
    "/nothing",
    "/image/nothing/",
    "/whoami",
    "/signout",
    "/post/x/",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_response_has_security_headers(ana: Person, path: str) -> None:
    headers = ana.opens(path).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_responses_over_https_have_hsts(site: Site) -> None:
    browser = site.app.test_client()
    secure = {"X-Forwarded-Proto": "https", "X-Appengine-Https": "on"}

    assert "max-age" in browser.get("/nothing", headers=secure).headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in browser.get("/").headers


CHANGE_NOTHING_WITH_COOKIES = ("/unsubscribe/", "/share/")
"""A link in an email has a token of its own, and a share is redirected without being read."""


def test_cross_site_forms_are_refused(ana: Person) -> None:
    unsafe = {
        re.sub("<[^>]+>", "x", rule.rule)
        for rule in ana.browser.application.url_map.iter_rules()
        if rule.methods and "POST" in rule.methods and not rule.rule.startswith(CHANGE_NOTHING_WITH_COOKIES)
    }
    assert len(unsafe) > 8

    for path in unsafe:
        by_metadata = ana.sends(path, Sec_Fetch_Site="cross-site")
        by_origin = ana.browser.post(path, headers={"Origin": "https://evil.example"})
        by_nobody = ana.browser.post(path, headers={"Origin": "null"})
        assert [a.status_code for a in (by_metadata, by_origin, by_nobody)] == [403] * 3, path
    assert "Signed in as" in ana.opens("/").text


class Unreachable:
    """A Datastore client whose calls fail."""

    def get(self, *_: Any) -> None:
        raise Unavailable

    def scan(self, _: Any) -> None:
        raise Unavailable


@pytest.mark.parametrize(("broken", "status"), [({"entities": Unreachable()}, 503), ({"tasks": None}, 500)])
def test_an_error_page_has_the_same_headers(
    ana: Person, cloud: "Cloud", backends: "Backends", broken: dict[str, Any], status: int
) -> None:
    """Cause an unexpected error, and so a 500."""
    crippled = Site(create_app(replace(backends, **broken)), cloud)
    person = crippled.stranger()
    with ana.browser.session_transaction() as kept, person.browser.session_transaction() as session:
        session.update(kept)

    answer = person.sends("/settings/export", X_Appengine_Https="on")

    assert answer.status_code == status
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert answer.mimetype == "text/html"
    assert "Signed in as" in answer.text


def test_no_page_has_inline_scripts_or_styles(ana: Person) -> None:
    photo_id = ana.posts()

    for path in ("/", "/user/ana/", f"/photo/{photo_id}/", "/post/", "/settings", "/nothing"):
        page = ana.opens(path).text
        assert not re.search(r"<style|style=| on[a-z]+=|<script(?! type=\"module\" src=)", page), path


def test_browsers_get_an_error_page_and_programs_a_problem(stranger: Person) -> None:
    page, problem = stranger.opens("/nothing"), stranger.browser.get("/nothing", headers={"Accept": "*/*"})

    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")
    assert "the photo was deleted" in page.text


def test_a_static_file_has_a_new_address_when_any_of_them_changes(stranger: Person) -> None:
    address = re.findall(r'href="(/static/[0-9a-f]{12}/site\.css)"', stranger.opens("/").text)[0]

    with stranger.browser.get(address) as answer:
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    assert stranger.browser.get("/static/000000000000/site.css").status_code == 404


@pytest.mark.parametrize("name", ["../__init__.py", "..%2f__init__.py", "templates/layout.html"])
def test_nothing_but_static_files_is_served_there(stranger: Person, name: str) -> None:
    folder = re.findall(r"/static/[0-9a-f]{12}/", stranger.opens("/").text)[0]

    assert stranger.browser.get(folder + name).status_code == 404


def test_the_website_can_be_installed(stranger: Person) -> None:
    address = re.findall(r'<link rel="manifest" href="([^"]+)">', stranger.opens("/").text)[0]
    answer = stranger.browser.get(address)
    manifest = json.loads(answer.data)
    answer.close()

    assert answer.mimetype == "application/manifest+json"
    assert (manifest["display"], manifest["start_url"]) == ("standalone", "/")
    assert {(icon["sizes"], icon.get("purpose", "any")) for icon in manifest["icons"]} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in manifest["icons"]:
        with stranger.browser.get(address.replace("site.webmanifest", icon["src"])) as drawing:
            assert (drawing.status_code, drawing.mimetype) == (200, icon["type"])


def test_an_unexpected_error_shows_a_page(stranger: Person, app: Flask) -> None:
    app.extensions["backends"] = None

    answer = stranger.opens("/")

    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "Try again" in answer.text


def test_logging_writes_one_line_per_severity_under_one_trace(
    stranger: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    stranger.opens("/logging/", X_Cloud_Trace_Context="105445aa7843bc8bf206b12000100000/1;o=1")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    written = [line for line in lines if line["logger"] == "web_frontend.logs"]
    assert [line["severity"] for line in written] == ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
    assert all("105445aa7843bc8bf206b12000100000" in line["logging.googleapis.com/trace"] for line in written)
