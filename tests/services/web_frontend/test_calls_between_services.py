"""The website asks api-backend over HTTP: verified identity, trace, repetition, and a cached answer."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import jwt
import pytest
import requests
from flask import Flask, Response, request

from api_backend import create_app as create_api
from tests.services.web_frontend.chromium import served
from tests.services.web_frontend.visitors import Site
from timeline import site_statistics
from timeline.errors import Unavailable
from timeline.gcp.service_calls import ServiceCalls
from timeline.site_statistics import FRESH, PATH
from web_frontend import create_app

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends

TRACE = "0af7651916cd43dd8448eb211c80319c"


@dataclass
class LaterClock:
    """The real clock, moved forward."""

    inner: Any
    later: timedelta = timedelta(0)

    def now(self) -> Any:
        return self.inner.now() + self.later


@pytest.fixture
def api(backends: "Backends") -> Iterator[str]:
    with served(create_api(backends)) as address:
        yield address


@pytest.fixture
def nowhere() -> str:
    """An address at which nothing listens."""
    with closing(socket.socket()) as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{sock.getsockname()[1]}"


def calling(backends: "Backends", address: str) -> "Backends":
    """The backends of a website whose site is at this address."""
    settings = replace(backends.settings, public_url=address)
    return replace(backends, settings=settings, services=ServiceCalls(settings))


def test_api_backend_answers_a_service_of_the_project(site: Site, backends: "Backends", api: str) -> None:
    site.sign_in("ana").posts()

    found = site_statistics.fetch(calling(backends, api))

    assert found is not None
    assert (found.users, found.photos, found.is_current) == (1, 1, True)


def test_the_last_answer_is_shown_while_api_backend_is_down(
    backends: "Backends", api: str, nowhere: str
) -> None:
    clock = LaterClock(backends.clock)
    backends = replace(backends, clock=clock)
    first = site_statistics.fetch(calling(backends, api))
    assert first is not None
    clock.later = FRESH

    found = site_statistics.fetch(calling(backends, nowhere))

    assert found == replace(first, is_current=False)


def test_an_answer_is_reused_for_a_while(backends: "Backends", api: str, nowhere: str) -> None:
    first = site_statistics.fetch(calling(backends, api))

    assert site_statistics.fetch(calling(backends, nowhere)) == first


def test_without_any_answer_the_page_says_so(backends: "Backends", cloud: "Cloud", nowhere: str) -> None:
    calls = calling(backends, nowhere)
    settings = replace(calls.settings, admins="ada@example.com", public_url=backends.settings.public_url)
    site = Site(create_app(replace(calls, settings=settings)), cloud)

    page = site.sign_in("ada").opens("/admin")

    assert page.status_code == 200
    assert "The API does not respond." in page.text


def a_token(cloud: "Cloud", email: str, audience: str) -> str:
    return str(cloud.emulators.identity.service_account_id_token(email, audience))


def test_other_callers_are_refused(cloud: "Cloud", backends: "Backends", api: str) -> None:
    account = backends.settings.account_of_services
    audience = f"services:{backends.settings.google_cloud_project}"
    tokens = {
        "no token": (None, 401),
        "a user": (cloud.token_for("ana"), 401),
        "another account": (a_token(cloud, "other@elsewhere.iam.gserviceaccount.com", audience), 403),
        "another project": (a_token(cloud, account, "services:another-project"), 401),
        "no signature": (a_token(cloud, account, audience).rpartition(".")[0] + ".", 401),
        "own key": (jwt.encode({"email": account, "aud": audience}, "x" * 64, "HS256"), 401),
    }

    for name, (token, status) in tokens.items():
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.get(f"{api}{PATH}", headers=headers, timeout=60)
        assert answer.status_code == status, name


class Scripted:
    """A service that gives scripted statuses and keeps the headers of the requests."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.headers: list[dict[str, str]] = []
        self.app = Flask("scripted")
        self.app.add_url_rule("/there", view_func=self._answer)

    def _answer(self) -> Response:
        self.headers.append(dict(request.headers))
        return Response(json.dumps({"n": 1}), self.statuses.pop(0), mimetype="application/json")


def test_a_temporary_failure_is_repeated_once_with_the_trace(backends: "Backends") -> None:
    service = Scripted(503, 200)
    with served(service.app) as address:
        calls = ServiceCalls(replace(backends.settings, public_url=address))

        assert calls.get("/there", TRACE) == {"n": 1}

    assert [headers["X-Cloud-Trace-Context"] for headers in service.headers] == [f"{TRACE}/1;o=1"] * 2


@pytest.mark.parametrize("statuses", [(503, 503), (404,), (302,)])
def test_a_refusal_or_a_lasting_failure_is_unavailable(
    backends: "Backends", statuses: tuple[int, ...]
) -> None:
    service = Scripted(*statuses)
    with served(service.app) as address:
        calls = ServiceCalls(replace(backends.settings, public_url=address))

        with pytest.raises(Unavailable):
            calls.get("/there", "")

    assert service.statuses == []
