"""A received request, and a response before it is sent."""

import time
from dataclasses import dataclass
from dataclasses import field as attribute

from gaelocal.appengine.http.bodies import Body

Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Request:
    """`target` is the path and query as sent, `path` is decoded and begins with one slash.

    `host` is in lower case, without its port; `peer` and `peer_port` are the client's address. `headers` are
    as they were sent; `fields` has them by lower-case name, repeated ones joined.
    """

    method: str
    target: str
    path: str
    host: str
    headers: Headers
    fields: dict[bytes, bytes]
    body: Body
    peer: str
    keep_alive: bool
    started: float = attribute(default_factory=time.perf_counter)
    trace: str = ""
    request_id: str = ""
    peer_port: int = 0

    @property
    def is_safe(self) -> bool:
        return self.method in ("GET", "HEAD")

    def field(self, name: bytes) -> bytes:
        return self.fields.get(name, b"")


@dataclass(slots=True)
class Response:
    status: int
    headers: Headers
    body: Body
    withheld: int = 0
    """The size of the body that a 304 stands for."""
    is_static: bool = False
    refusal: str = ""
    """The reason, where the front door itself refused the request."""
    is_final: bool = False
    """The connection cannot be used again: the rest of the request was never read."""


def field(headers: Headers, name: bytes) -> bytes:
    """Return the values of a header (named in lower case), joined as HTTP allows."""
    return b", ".join(value for key, value in headers if key.lower() == name)
