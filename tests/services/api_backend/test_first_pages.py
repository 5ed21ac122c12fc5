"""The first pages that are answered before Flask equal those of Flask in every header and in the log."""

import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import Client, TestResponse

from api_backend import create_app
from api_backend.first_pages import FirstPages
from tests.services.api_backend.actors import ROOT, Actor
from tests.timeline.factories import a_photo
from timeline import first_page_cache
from timeline.gcp.memcache import Memcache
from timeline.streams import pages

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends

EVERYONE, STREAM = f"{ROOT}/photos", f"{ROOT}/users/ana/photos"
KNOWN = {"X-Appengine-Request-Log-Id": "request-1", "X-Cloud-Trace-Context": "0" * 31 + "1/2;o=1"}


VARYING = re.compile(r"r=\d+;t=\d+|\d\d:\d\d:\d\d GMT")


class Both:
    """The same application with and without the layer before Flask."""

    def __init__(self, backends: "Backends", token: str) -> None:
        app = create_app(backends)
        assert isinstance(app.wsgi_app, FirstPages)
        self.app = app
        self.layer, self.flask = Client(app.wsgi_app), Client(app.wsgi_app.flask)
        self.token = token
        self.etag = self.layer.get(EVERYONE).headers["ETag"]

    def ask(self, method: str, path: str, headers: dict[str, str]) -> tuple[TestResponse, TestResponse]:
        values = {"TOKEN": self.token, "ETAG": self.etag, "DIGEST": self.etag.strip('"')}
        filled = {
            name: re.sub("|".join(values), lambda found: values[found[0]], value)
            for name, value in headers.items()
        }
        first, second = (
            client.open(path, method=method, headers={**KNOWN, **filled})
            for client in (self.layer, self.flask)
        )
        return first, second


@pytest.fixture
def both(backends: "Backends", cloud: "Cloud") -> Both:
    for number in range(22):
        a_photo(backends, caption=str(number))
    pages.stream_of(backends, "ana")
    return Both(backends, cloud.token_for("ana"))


def visible(response: TestResponse) -> tuple[Any, ...]:
    """The response, without the date and the remaining quota, which decreases."""
    headers = [f"{name}: {VARYING.sub('', value)}" for name, value in response.headers]
    return response.status, "\n".join(sorted(headers)), response.get_data()


PATHS = [EVERYONE, STREAM]
HEADERS: list[dict[str, str]] = [
    {},
    {"If-None-Match": "ETAG"},
    {"If-None-Match": "W/ETAG"},
    {"If-None-Match": '"other"'},
    {"If-None-Match": '"other", ETAG'},
    {"If-None-Match": '"a" "b"'},
    {"If-None-Match": "DIGEST"},
    {"If-None-Match": ""},
    {"If-None-Match": '""'},
    {"If-None-Match": "*"},
    {"If-None-Match": '"unended'},
    {"If-Match": '"other"'},
    {"If-Modified-Since": "Sat, 28 Nov 2026 00:00:00 GMT"},
    {"If-Modified-Since": "Sat, 28 Nov 2037 00:00:00 GMT", "If-None-Match": "ETAG"},
    {"If-Unmodified-Since": "Sat, 28 Nov 2020 00:00:00 GMT"},
    {"Range": "bytes=0-9"},
    {"Range": "bytes=0-9", "If-Range": "ETAG"},
    {"X-Appengine-Https": "on"},
    {"X-Appengine-Https": "off"},
    {"X-Appengine-User-IP": "203.0.113.9"},
    {"X-Appengine-User-IP": "nonsense"},
    {"Authorization": "Bearer TOKEN"},
    {"Authorization": "bearer  TOKEN"},
    {"Authorization": "Bearer nonsense"},
    {"Authorization": "Basic TOKEN"},
    {"Authorization": "Bearer"},
    {"Accept": "text/html", "Accept-Encoding": "gzip", "Origin": "https://a.example", "Cookie": "a=b"},
]


@pytest.mark.parametrize("path", PATHS)
def test_answers_equal_those_of_flask(both: Both, path: str) -> None:
    for headers in HEADERS:
        first, second = both.ask("GET", path, headers)

        assert visible(first) == visible(second), headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("HEAD", EVERYONE),
        ("OPTIONS", EVERYONE),
        ("PUT", EVERYONE),
        ("GET", f"{EVERYONE}/"),
        ("GET", f"{EVERYONE}?"),
        ("GET", f"{EVERYONE}?limit=20"),
        ("GET", f"{EVERYONE}?limit=x"),
        ("GET", f"{EVERYONE}?cursor=x"),
        ("GET", f"{ROOT}/users/nobody/photos"),
        ("GET", f"{ROOT}/users/not%20a%20handle/photos"),
        ("GET", f"{ROOT}/users/%C3%A4/photos"),
        ("GET", f"{ROOT}/users//photos"),
        ("GET", f"{ROOT}//photos"),
    ],
)
def test_what_is_unusual_is_answered_by_flask(both: Both, method: str, path: str) -> None:
    first, second = both.ask(method, path, {})

    assert visible(first) == visible(second)


@pytest.mark.parametrize("condition", ["", "ETAG"])
def test_log_lines_equal_those_of_flask(both: Both, caplog: pytest.LogCaptureFixture, condition: str) -> None:
    with caplog.at_level(logging.INFO, "timeline.requests"):
        both.ask("GET", EVERYONE, {"If-None-Match": condition})
    first, second = caplog.records

    assert first.getMessage() == second.getMessage()
    lines = [{**vars(record)["http_request"], "latency": ""} for record in (first, second)]
    assert lines[0] == lines[1]


def test_each_request_is_counted_once(both: Both) -> None:
    used = []
    for client in (both.layer, both.flask, both.layer):
        limit = client.get(EVERYONE, headers={"X-Appengine-User-IP": "203.0.113.1"}).headers["RateLimit"]
        used.append(int(re.findall(r"r=(\d+)", limit)[0]))
        client.get(f"{ROOT}/users/nobody/photos", headers={"X-Appengine-User-IP": "203.0.113.1"})

    assert used == [5_999, 5_997, 5_995]


def test_a_caller_over_the_limit_is_refused(backends: "Backends", cloud: "Cloud") -> None:
    settings = replace(backends.settings, rate_limit_scale=0.0005)
    ana = Actor(create_app(replace(backends, settings=settings)).test_client(), cloud.token_for("ana"))

    statuses = [ana.get(EVERYONE).status_code for _ in range(4)]

    assert statuses == [200, 200, 429, 429]


def test_pages_are_answered_without_a_cache_and_when_it_fails(both: Both, backends: "Backends") -> None:
    for memcache in (Memcache("", ""), Memcache("127.0.0.1:1", "")):
        alone = create_app(replace(backends, cache=memcache))

        assert visible(alone.test_client().get(EVERYONE, headers=KNOWN)) == visible(
            both.flask.get(EVERYONE, headers=KNOWN)
        )


def test_pages_of_other_origins_are_answered_by_flask(backends: "Backends") -> None:
    settings = replace(backends.settings, cors_origins="https://a.example")
    app = create_app(replace(backends, settings=settings))

    answer = app.test_client().get(EVERYONE, headers={"Origin": "https://a.example"})

    assert not isinstance(app.wsgi_app, FirstPages)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://a.example"
    assert answer.headers["Vary"] == "Origin"


def test_a_page_is_never_older_than_a_write(both: Both, backends: "Backends") -> None:
    both.layer.get(STREAM)
    posted = a_photo(backends, caption="new")

    assert both.layer.get(STREAM).get_json()["results"][0]["id"] == posted.id
    first_page_cache.invalidate(backends, "ana")
    assert both.layer.get(EVERYONE).get_json()["results"][0]["id"] == posted.id
