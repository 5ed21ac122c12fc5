"""CORS: pages of the configured origins may call the API."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import TestResponse

from api_backend import create_app
from tests.services.api_backend.actors import ROOT
from tests.services.api_backend.conftest import Api

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends

OURS = "https://app.example"
CORS = "Access-Control-"


@pytest.fixture
def api(backends: "Backends", cloud: "Cloud") -> Api:
    """The API with two allowed origins."""
    settings = replace(backends.settings, cors_origins=f"{OURS} http://localhost:5173")
    return Api(create_app(replace(backends, settings=settings)), cloud.token_for)


@pytest.fixture
def closed(backends: "Backends", cloud: "Cloud") -> Api:
    return Api(create_app(backends), cloud.token_for)


def preflight(api: Api, path: str, origin: str = OURS) -> TestResponse:
    asked = {
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,if-match",
    }
    return api.call("OPTIONS", path, {"Origin": origin, **asked})


def told(answer: TestResponse) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith(CORS)}


@pytest.mark.parametrize("origin", [OURS, "http://localhost:5173"])
def test_a_listed_origin_may_read_the_answer_and_its_headers(api: Api, origin: str) -> None:
    answer = api.get(f"{ROOT}/photos", {"Origin": origin})

    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Vary"] == "Origin"
    exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert exposed >= {"ETag", "Link", "Location", "Retry-After", "RateLimit", "Idempotent-Replayed"}
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://app.example.evil.example",
        "https://sub.app.example",
        "http://app.example",
        "https://app.example:8443",
        "HTTPS://APP.EXAMPLE",
        "null",
        "*",
        "",
    ],
)
def test_any_other_origin_gets_no_cors_headers(api: Api, origin: str) -> None:
    answers = [api.get(f"{ROOT}/photos", {"Origin": origin}), preflight(api, f"{ROOT}/me", origin)]

    assert [told(answer) for answer in answers] == [{}, {}]
    assert answers[0].headers["Vary"] == "Origin"


def test_without_configured_origins_no_cors_headers_are_sent(closed: Api) -> None:
    answers = [closed.get(f"{ROOT}/photos", {"Origin": OURS}), preflight(closed, f"{ROOT}/photos")]

    assert [told(answer) for answer in answers] == [{}, {}]


def test_a_preflight_needs_no_token_and_is_cached(api: Api) -> None:
    answer = preflight(api, f"{ROOT}/me")

    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
    allowed = set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    assert allowed >= {"Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"}
    assert answer.headers["Access-Control-Max-Age"] == "7200"


def test_an_allowed_origin_can_read_errors(api: Api) -> None:
    answers = [
        api.get(f"{ROOT}/me", {"Origin": OURS}),
        api.get(f"{ROOT}/photos/nonsense", {"Origin": OURS}),
        api.get(f"{ROOT}/nowhere", {"Origin": OURS}),
    ]

    assert [answer.status_code for answer in answers] == [401, 404, 404]
    assert {answer.headers["Access-Control-Allow-Origin"] for answer in answers} == {OURS}


@pytest.mark.parametrize("path", ["/api/docs", "/healthz", "/api/v1x", "/api/openapi.jsonx"])
def test_only_the_api_and_its_document_allow_cors(api: Api, path: str) -> None:
    assert told(api.get(path, {"Origin": OURS})) == {}
    assert told(preflight(api, path)) == {}


def test_the_document_allows_cors(api: Api) -> None:
    assert api.get("/api/openapi.json", {"Origin": OURS}).headers["Access-Control-Allow-Origin"] == OURS


def test_a_304_has_cors_headers(api: Api) -> None:
    origin = {"Origin": OURS}
    etag = api.get(f"{ROOT}/photos", origin).headers["ETag"]

    again = api.get(f"{ROOT}/photos", {**origin, "If-None-Match": etag})

    assert (again.status_code, again.headers["Access-Control-Allow-Origin"]) == (304, OURS)
