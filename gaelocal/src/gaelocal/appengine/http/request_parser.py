"""Parse the requests of a connection; ambiguous framing is refused."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

import httptools

from gaelocal.appengine.http.bodies import LARGEST_BODY, Body, NoRoom
from gaelocal.appengine.http.messages import Headers, Request

LARGEST_HEAD = 32 * 1024
LONGEST_TARGET = 8000  # with method and version, the 8,190 bytes that gunicorn can be configured to accept
MOST_HEADERS = 100
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
VERSIONS = ("1.0", "1.1")
TARGET = re.compile(r"/[!-\"$-~\x80-\xff]*")
HOST = re.compile(rb"[A-Za-z0-9._\-]*(:\d*)?|\[[0-9A-Fa-f:.]+\](:\d*)?")


@dataclass(frozen=True, slots=True)
class BadRequest:
    """A malformed request. `request` is what was parsed so far, for the response and the log."""

    status: int
    detail: str
    request: Request


class RequestReader:
    """Feeds llhttp, whose strict mode refuses folded headers, two framings at once and malformed lengths."""

    def __init__(
        self,
        peer: str,
        take: Callable[[Request], None],
        refuse: Callable[[BadRequest], None],
        go_on: Callable[[], None],
    ) -> None:
        self._peer = peer
        self._take = take
        self._refuse = refuse
        self._go_on = go_on
        self._parser = httptools.HttpRequestParser(self)
        self._target = b""
        self._headers: Headers = []
        self._fields: dict[bytes, bytes] = {}
        self._request: Request | None = None
        self._head_bytes = 0
        self._bytes_after_body = 0
        self._version = ""
        self.is_closed = False

    @property
    def is_in_head(self) -> bool:
        """Return whether a head has begun and is not complete."""
        return self._head_bytes > 0 and self._request is None

    @property
    def is_in_body(self) -> bool:
        return self._request is not None

    def refuse_slow_client(self) -> None:
        self._stop(408, "the request took too long to arrive")

    def discard(self) -> None:
        """Delete what has arrived of a request that will not be completed."""
        if self._request is not None:
            self._request.body.close()
            self._request = None

    def feed(self, received: bytes) -> None:
        if self._request is None:
            self._head_bytes += len(received)
        self._bytes_after_body += len(received)
        try:
            self._parser.feed_data(received)
        except httptools.HttpParserUpgrade:
            self.is_closed = True
        except httptools.HttpParserError as error:
            self._stop(400, str(error))
        if self._request is None and self._head_bytes > LARGEST_HEAD:
            self._stop(*self._size_problem())
        if self._request is not None and self._bytes_after_body > LARGEST_HEAD:
            self._stop(431, f"the trailers are larger than {LARGEST_HEAD // 1024} KB")

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._request is None:
            lower = name.lower()
            known = self._fields.get(lower)
            self._headers.append((name, value))
            self._fields[lower] = value if known is None else known + b", " + value

    def on_headers_complete(self) -> None:
        self._bytes_after_body = 0
        if self.is_closed:
            return
        self._request = request = self._read_head()
        if problem := self._problem(request):
            self._stop(*problem)
        elif request.field(b"expect").lower() == b"100-continue":
            self._go_on()

    def on_body(self, body: bytes) -> None:
        self._bytes_after_body = 0
        if self._request is None or self.is_closed:
            return
        try:
            self._request.body.append(body)
        except NoRoom:
            self._stop(503, "this machine has no room for the request in its folder for temporary files")
            return
        if self._request.body.size > LARGEST_BODY:
            self._stop(413, "a request may have at most 32 MB")

    def on_message_complete(self) -> None:
        request = self._request
        self._request, self._target, self._headers, self._fields, self._head_bytes = None, b"", [], {}, 0
        if request is not None and not self.is_closed:
            self._take(request)

    def _read_head(self) -> Request:
        self._version = self._parser.get_http_version()
        target = self._target.decode("latin-1")
        host = self._fields.get(b"host", b"").decode("latin-1").lower()
        if target.lower().startswith("http://"):
            named, slash, rest = target[7:].partition("/")
            target = slash + rest if named.lower() == host else ""
        path = target.partition("?")[0]
        path = "/" + path.lstrip("/") if path.startswith("//") else path
        return Request(
            method=self._parser.get_method().decode(),
            target=target,
            path=unquote(path) if "%" in path else path,
            host=host.partition(":")[0],
            headers=self._headers,
            fields=self._fields,
            body=Body(),
            peer=self._peer,
            keep_alive=self._stays_open(),
        )

    def _stays_open(self) -> bool:
        is_asked = self._parser.should_keep_alive() and not self._parser.should_upgrade()
        return is_asked and self._version == "1.1"

    def _problem(self, request: Request) -> tuple[int, str] | None:
        if self._version not in VERSIONS:
            return 505, "only HTTP/1.0 and HTTP/1.1 are supported"
        if request.method not in METHODS:
            return 405, f"the method {request.method} is not supported"
        if self._is_too_large():
            return self._size_problem()
        if not TARGET.fullmatch(request.target):
            return 400, "the target must be a path of this host without a fragment"
        return self._framing_problem(request.fields, self._version == "1.0")

    def _is_too_large(self) -> bool:
        if len(self._target) > LONGEST_TARGET or len(self._headers) > MOST_HEADERS:
            return True
        size = len(self._target) + sum(len(name) + len(value) + 4 for name, value in self._headers)
        return size > LARGEST_HEAD

    def _size_problem(self) -> tuple[int, str]:
        if len(self._target) > LONGEST_TARGET:
            return 414, f"the request target must have at most {LONGEST_TARGET} bytes"
        if len(self._headers) > MOST_HEADERS:
            return 431, f"a request must have at most {MOST_HEADERS} headers"
        return 431, f"the headers are larger than {LARGEST_HEAD // 1024} KB"

    def _framing_problem(self, fields: dict[bytes, bytes], is_old: bool) -> tuple[int, str] | None:
        if b"host" not in fields and not is_old:
            return 400, "a request must have a Host header"
        if not HOST.fullmatch(fields.get(b"host", b"")):
            return 400, "a request must have exactly one Host header, which must be a valid host name"
        coding = fields.get(b"transfer-encoding")
        if coding is not None and (coding.lower() != b"chunked" or is_old):
            return 400, "the only supported transfer encoding is `chunked`"
        if int(fields.get(b"content-length", 0)) > LARGEST_BODY:
            return 413, "a request may have at most 32 MB"
        return None

    def _stop(self, status: int, detail: str) -> None:
        if self.is_closed:
            return
        self.is_closed = True
        empty_request = Request(
            "", "", "", "", self._headers, self._fields, Body(), self._peer, keep_alive=False
        )
        request = self._request or empty_request
        request.keep_alive = False
        self._refuse(BadRequest(status, detail, request))
