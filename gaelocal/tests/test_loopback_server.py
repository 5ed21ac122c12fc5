"""A page of another site must not be able to use the servers of this machine."""

import errno
from collections.abc import Iterator

import pytest
import requests
from aiohttp import web
from tests.serving_thread import serving

from gaelocal.loopback_server import LoopbackServer, refuse_foreign_requests
from gaelocal.ports import listening_socket

LINKED = "/linked"
FOREIGN_ORIGINS = ["https://elsewhere.example", "http://localhost:1", "null", "http://[x", "", "//{host}"]


async def answer(_request: web.Request) -> web.Response:
    return web.Response(text="answered")


async def fail(request: web.Request) -> web.Response:
    number = int(request.match_info["errno"])
    raise OSError(number, "cannot be written", "/folder/state.json")


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    app = web.Application(middlewares=[refuse_foreign_requests(LINKED)])
    app.add_routes(
        [web.route("*", "/", answer), web.route("*", LINKED, answer), web.post("/fail/{errno}", fail)]
    )
    with serving(LoopbackServer(app, listening_socket(0, "--port"))) as running:
        yield running


def status(server: LoopbackServer, method: str, path: str = "/", **headers: str) -> int:
    host = server.url.removeprefix("http://")
    sent = {
        name.replace("_", "-"): value.format(host=host, url=server.url) for name, value in headers.items()
    }
    return requests.request(method, server.url + path, headers=sent, timeout=60).status_code


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_a_foreign_or_malformed_origin_is_refused(server: LoopbackServer, method: str, origin: str) -> None:
    assert status(server, method, Origin=origin) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "unknown"])
@pytest.mark.parametrize("mode", ["no-cors", "navigate"])
def test_a_write_from_another_site_is_refused(server: LoopbackServer, site: str, mode: str) -> None:
    assert status(server, "POST", Sec_Fetch_Site=site, Sec_Fetch_Mode=mode) == 403


def test_another_site_may_link_here_but_not_embed(server: LoopbackServer) -> None:
    assert status(server, "GET", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate") == 200
    assert status(server, "GET", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors") == 403


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_path_for_other_sites_may_be_reached_from_their_pages(server: LoopbackServer, method: str) -> None:
    assert status(server, method, LINKED, Origin="http://localhost:1", Sec_Fetch_Site="cross-site") == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "{url}"},
        {"Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "same-origin", "Origin": "null"},
        {"Sec_Fetch_Site": "none"},
    ],
)
def test_own_pages_and_programs_are_answered(server: LoopbackServer, headers: dict[str, str]) -> None:
    assert status(server, "POST", **headers) == 200


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0:80",
        "0",
        "127.1",
        "elsewhere.example",
        "localhost.elsewhere.example",
        "evil.",
        "127.0.0.1.nip.io",
        "10.0.0.2",
    ],
)
def test_a_name_that_may_belong_to_others_is_refused(server: LoopbackServer, host: str) -> None:
    assert status(server, "GET", Host=host) == 421


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "a.localhost:1", "[::1]:1", "emulators:9023"])
def test_the_names_of_this_machine_and_of_its_containers_are_answered(
    server: LoopbackServer, host: str
) -> None:
    assert status(server, "GET", Host=host) == 200


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_an_error_of_the_disk_is_a_503_that_names_no_file(server: LoopbackServer, error: int) -> None:
    answered = requests.post(f"{server.url}/fail/{error}", timeout=10)

    assert answered.status_code == 503
    assert "cannot be written" in answered.text
    assert "state.json" not in answered.text


def test_another_error_is_still_a_500(server: LoopbackServer) -> None:
    assert requests.post(f"{server.url}/fail/{errno.ENOENT}", timeout=10).status_code == 500
