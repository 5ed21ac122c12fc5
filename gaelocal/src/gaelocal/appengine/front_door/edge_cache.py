"""The cache of Google's front end: `public` responses are served again without an instance.

A shared cache by RFC 9111: it obeys Cache-Control, Vary and Authorization, and adds Age. It is optional,
because on App Engine nobody can tell when a response comes from it.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

from gaelocal.appengine.http import Body, Headers, Request, Response, field

MOST_BYTES = 32 * 1024 * 1024
LARGEST = 1024 * 1024
"""Larger responses are not cached."""
MOST_VARIANTS = 20
"""Responses to one address that differ by the headers in their Vary."""
PRIVATE = re.compile(rb"(?:^|[\s,])(?:private|no-store|no-cache)(?:$|[\s,=])", re.I)
PUBLIC = re.compile(rb"(?:^|[\s,])public(?:$|[\s,])", re.I)
SECONDS = re.compile(rb"(?:^|[\s,])(s-maxage|max-age)\s*=\s*\"?(\d{1,10})", re.I)
Address = tuple[str, str, str]
"""The version, the host and the target of a request."""


@dataclass(slots=True)
class Variant:
    """A stored response, and the values of the request's headers that its Vary names."""

    chosen_by: dict[bytes, bytes]
    headers: Headers
    content: bytes
    stored: float
    seconds: int
    size: int
    """Bytes that it takes with its headers and its address."""

    def matches(self, request: Request) -> bool:
        return all(request.field(name) == value for name, value in self.chosen_by.items())


class EdgeCache:
    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._stored: OrderedDict[Address, list[Variant]] = OrderedDict()
        self._bytes = 0

    def find(self, request: Request, version: str) -> Response | None:
        """Return a stored response that is still fresh."""
        if not _may_use(request):
            return None
        address = (version, request.host, request.target)
        for variant in self._stored.get(address, ()):
            age = int(self._clock() - variant.stored)
            if variant.matches(request) and age < variant.seconds:
                self._stored.move_to_end(address)
                return _answer(request, variant, age)
        return None

    def keep(self, request: Request, version: str, response: Response) -> None:
        """Store the response if it is public, and forget the ones used least recently."""
        seconds = seconds_of(request, response)
        if not seconds:
            return
        variant = Variant(
            chosen_by={name: request.field(name) for name in _varying(response)},
            headers=list(response.headers),
            content=response.body.whole(),
            stored=self._clock(),
            seconds=seconds,
            size=response.body.size + len(request.target) + sum(map(len, chain(*response.headers))),
        )
        address = (version, request.host, request.target)
        others = [each for each in self._stored.pop(address, []) if not self._is_replaced(each, request)]
        self._bytes += variant.size
        self._stored[address] = [variant, *others[: MOST_VARIANTS - 1]]
        self._bytes -= sum(each.size for each in others[MOST_VARIANTS - 1 :])
        while self._bytes > MOST_BYTES:
            _, oldest = self._stored.popitem(last=False)
            self._bytes -= sum(each.size for each in oldest)

    def _is_replaced(self, old: Variant, request: Request) -> bool:
        is_replaced = old.matches(request) or self._clock() - old.stored >= old.seconds
        if is_replaced:
            self._bytes -= old.size
        return is_replaced


def _varying(response: Response) -> list[bytes]:
    """Return the headers that select the response, except the one that compression handles."""
    names = [name.strip() for name in field(response.headers, b"vary").lower().split(b",")]
    return [name for name in names if name and name != b"accept-encoding"]


def seconds_of(request: Request, response: Response) -> int:
    """Return how long the response may be served again; 0 if it may not be stored."""
    control = field(response.headers, b"cache-control")
    is_public = bool(PUBLIC.search(control)) and not PRIVATE.search(control)
    is_whole = request.method == "GET" and response.status == 200 and response.body.is_small  # noqa: PLR2004
    is_for_all = not field(response.headers, b"set-cookie") and b"*" not in _varying(response)
    if not (is_public and is_whole and is_for_all) or response.body.size > LARGEST:
        return 0
    if b"no-store" in request.field(b"cache-control").lower() or request.field(b"authorization"):
        return 0
    named = {name.lower(): int(seconds) for name, seconds in SECONDS.findall(control)}
    return named.get(b"s-maxage", named.get(b"max-age", 0))


def _may_use(request: Request) -> bool:
    wants_fresh = re.search(rb"no-cache|no-store|max-age\s*=\s*0\b", request.field(b"cache-control").lower())
    return request.is_safe and not (wants_fresh or request.field(b"authorization") or request.field(b"range"))


def _answer(request: Request, variant: Variant, age: int) -> Response:
    headers = [(name, value) for name, value in variant.headers if name.lower() != b"age"]
    headers.append((b"Age", b"%d" % age))
    etag = field(headers, b"etag").removeprefix(b"W/")
    known = request.field(b"if-none-match")
    if etag and (etag in re.findall(rb'"[^"]*"', known) or known.strip() == b"*"):
        return Response(304, headers, Body(), withheld=len(variant.content))
    body = Body() if request.method == "HEAD" else Body(variant.content)
    return Response(200, headers, body)
