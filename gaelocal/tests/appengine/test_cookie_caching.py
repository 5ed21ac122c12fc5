"""Responses with a cookie stay out of shared caches, as App Engine documents."""

import pytest

from gaelocal.appengine.front_door.headers import clean_answer
from gaelocal.appengine.http import Body, Request, Response, field

DATE = b"Sat, 28 Nov 2026 20:00:00 GMT"
NO_DATE = b"Fri, 01 Jan 99999999999999999999 00:00:00 GMT"
PAST, FUTURE = b"Fri, 01 Jan 1990 00:00:00 GMT", b"Sun, 29 Nov 2026 20:00:00 GMT"


def cleaned(**fields: bytes) -> tuple[bytes, bytes]:
    """Return Cache-Control and Expires as the client gets them."""
    headers = [(name.replace("_", "-").encode(), value) for name, value in fields.items()]
    request = Request("GET", "/", "/", "localhost", [], {}, Body(), "127.0.0.1", keep_alive=True)
    response = Response(200, headers, Body(b"x"))
    clean_answer(request, response, DATE)
    return field(response.headers, b"cache-control"), field(response.headers, b"expires")


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        (b"", b"private"),
        (b"public, max-age=60", b"private, max-age=60"),
        (b"s-maxage=10, max-age=60", b"private, max-age=60"),
        (b"private, max-age=60", b"private, max-age=60"),
        (b"no-store", b"no-store"),
        (b"no-cache", b"no-cache"),
    ],
)
def test_a_response_with_a_cookie_becomes_private(control: bytes, expected: bytes) -> None:
    fields = {"Cache_Control": control} if control else {}

    assert cleaned(Set_Cookie=b"a=1", **fields)[0] == expected


@pytest.mark.parametrize(
    ("expires", "expected"),
    [(b"", DATE), (FUTURE, DATE), (PAST, PAST), (b"0", b"0"), (NO_DATE, NO_DATE)],
)
def test_its_expires_is_not_in_the_future(expires: bytes, expected: bytes) -> None:
    fields = {"Expires": expires} if expires else {}

    assert cleaned(Set_Cookie=b"a=1", **fields)[1] == expected


def test_other_responses_keep_what_the_service_says() -> None:
    assert cleaned(Cache_Control=b"public, max-age=60", Expires=FUTURE) == (b"public, max-age=60", FUTURE)
    assert cleaned() == (b"", b"")
