"""A page of another site must not be able to act on the servers of this machine."""

from collections.abc import Iterator

import pytest
import requests
from aiohttp import web
from tests.serving_thread import serving

from gaelocal.local_site import LocalSite, refuse_cross_site_writes
from gaelocal.ports import listening_socket


async def acted(_request: web.Request) -> web.Response:
    return web.Response(text="acted")


@pytest.fixture(scope="module")
def site() -> Iterator[LocalSite]:
    app = web.Application(middlewares=[refuse_cross_site_writes])
    app.add_routes([web.post("/", acted)])
    with serving(LocalSite(app, listening_socket(0, "--port"))) as running:
        yield running


@pytest.mark.parametrize(
    "origin",
    ["http://[x", "http://[", "null", "", "http://", "http://localhost", "http://a@{host}", "//{host}"],
)
def test_a_foreign_or_malformed_origin_may_not_act(site: LocalSite, origin: str) -> None:
    host = site.url.removeprefix("http://")

    answer = requests.post(site.url, headers={"Origin": origin.format(host=host)}, timeout=10)

    assert answer.status_code == 403


@pytest.mark.parametrize("headers", [{}, {"Origin": "{url}"}, {"Sec-Fetch-Site": "same-origin"}])
def test_this_site_and_programs_may_act(site: LocalSite, headers: dict[str, str]) -> None:
    sent = {name: value.format(url=site.url) for name, value in headers.items()}

    assert requests.post(site.url, headers=sent, timeout=10).text == "acted"
