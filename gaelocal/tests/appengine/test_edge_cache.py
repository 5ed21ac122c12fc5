"""`--edge-cache`: public responses are served again without an instance."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.appengine.running import StartEngine, a_service

from gaelocal.appengine import Layout
from gaelocal.appengine.front_door.edge_cache import LARGEST, MOST_BYTES, EdgeCache
from gaelocal.appengine.http import Body, Request, Response, field

VERSION = "default-dev"
Fields = dict[str, str]


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def a_request(target: str = "/page", method: str = "GET", **fields: str) -> Request:
    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()]
    by_name = {name.lower(): value for name, value in headers}
    return Request(
        method, target, target, "localhost", headers, by_name, Body(), "127.0.0.1", keep_alive=True
    )


def a_response(content: bytes = b"hello", status: int = 200, **fields: str) -> Response:
    fields = {"Cache_Control": "public, max-age=60", **fields}
    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()]
    return Response(status, headers, Body(content))


def is_kept(request: Request, response: Response) -> bool:
    cache = EdgeCache(Clock())
    cache.keep(request, VERSION, response)
    return cache.find(a_request(), VERSION) is not None


def test_a_public_response_is_served_again_until_it_expires() -> None:
    clock = Clock()
    cache = EdgeCache(clock)
    cache.keep(a_request(), VERSION, a_response())
    clock.now += 59

    found = cache.find(a_request(), VERSION)

    assert found is not None
    assert (found.status, found.body.whole(), field(found.headers, b"age")) == (200, b"hello", b"59")
    clock.now += 1
    assert cache.find(a_request(), VERSION) is None


def test_other_addresses_and_versions_are_other_responses() -> None:
    cache = EdgeCache(Clock())
    cache.keep(a_request(), VERSION, a_response())

    assert cache.find(a_request("/page?x=1"), VERSION) is None
    assert cache.find(a_request(), "default-two") is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"Cache_Control": "public, s-maxage=10, max-age=0"}, True),
        ({"Cache_Control": "max-age=60"}, False),
        ({"Cache_Control": "public"}, False),
        ({"Cache_Control": "public, private, max-age=60"}, False),
        ({"Cache_Control": "public, no-cache, max-age=60"}, False),
        ({"Cache_Control": "publicity, max-age=60"}, False),
        ({"Set_Cookie": "a=1"}, False),
        ({"Vary": "*"}, False),
    ],
)
def test_only_public_responses_without_cookies_are_stored(fields: Fields, expected: bool) -> None:
    assert is_kept(a_request(), a_response(**fields)) is expected


@pytest.mark.parametrize(
    ("request_", "response"),
    [
        (a_request(method="POST"), a_response()),
        (a_request(Authorization="Bearer x"), a_response()),
        (a_request(), a_response(status=404)),
        (a_request(), a_response(b"x" * (LARGEST + 1))),
    ],
)
def test_other_requests_and_responses_are_not_stored(request_: Request, response: Response) -> None:
    assert not is_kept(request_, response)


@pytest.mark.parametrize(
    "fields", [{"Authorization": "Bearer x"}, {"Cache_Control": "no-cache"}, {"Range": "bytes=0-1"}]
)
def test_a_client_can_insist_on_its_own_response(fields: Fields) -> None:
    cache = EdgeCache(Clock())
    cache.keep(a_request(), VERSION, a_response())

    assert cache.find(a_request(**fields), VERSION) is None


def test_a_response_that_varies_is_served_to_requests_like_the_first() -> None:
    cache = EdgeCache(Clock())
    for language in ("de", "fr"):
        response = a_response(language.encode(), Vary="Accept-Language")
        cache.keep(a_request(Accept_Language=language), VERSION, response)

    found = [cache.find(a_request(Accept_Language=language), VERSION) for language in ("de", "fr", "it")]

    assert [response and response.body.whole() for response in found] == [b"de", b"fr", None]


def test_a_known_tag_and_a_head_request_get_no_body() -> None:
    cache = EdgeCache(Clock())
    cache.keep(a_request(), VERSION, a_response(ETag='"one"'))

    unchanged = cache.find(a_request(If_None_Match='W/"one"'), VERSION)
    head = cache.find(a_request(method="HEAD"), VERSION)

    assert unchanged is not None
    assert head is not None
    assert (unchanged.status, head.status, head.body.size) == (304, 200, 0)


def test_the_oldest_responses_make_room() -> None:
    cache = EdgeCache(Clock())
    count = MOST_BYTES // LARGEST + 2
    for number in range(count):
        cache.keep(a_request(f"/{number}"), VERSION, a_response(b"x" * LARGEST))

    kept = [number for number in range(count) if cache.find(a_request(f"/{number}"), VERSION)]

    assert kept == list(range(3, count))  # their headers take some room


def test_the_front_door_uses_it(tmp_path: Path, start_engine: StartEngine) -> None:
    (a_service(tmp_path, "default") / "main.py").write_text(PROGRAM)
    engine = start_engine(tmp_path, layout=Layout(edge_cache=True))

    first, second = (engine.ask("/") for _ in range(2))

    assert first.body != second.body
    cached = [engine.ask("/cached") for _ in range(2)]
    assert cached[0].body == cached[1].body
    assert [reply.headers["Age"] for reply in cached] == [None, "0"]


PROGRAM = """
import itertools
numbers = itertools.count()

def app(environ, start):
    headers = [("Content-Type", "text/plain")]
    if environ["PATH_INFO"] == "/cached":
        headers.append(("Cache-Control", "public, max-age=600"))
    start("200 OK", headers)
    return [str(next(numbers)).encode()]
"""


def test_the_headers_of_stored_responses_count_as_well() -> None:
    cache = EdgeCache(Clock())
    for number in range(MOST_BYTES // 8000 + 1):
        cache.keep(a_request(f"/{number}"), VERSION, a_response(b"", X_Large="x" * 8000))

    assert cache.find(a_request("/0"), VERSION) is None
    assert cache.find(a_request(f"/{MOST_BYTES // 8000}"), VERSION) is not None


def test_a_response_that_varies_by_everything_is_not_stored() -> None:
    assert not is_kept(a_request(), a_response(Vary="Accept-Encoding, *"))
