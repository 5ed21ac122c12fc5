"""The trace of a request: the client's if it is well formed, else a new one."""

import random
import re
from typing import NamedTuple

from gaelocal.appengine.http import Request

CLOUD = re.compile(r"([0-9a-fA-F]{32})(?:/(\d{1,20}))?(?:;o=([0-3]))?")
W3C = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
LARGEST_SPAN = 2**64
NONE = "0" * 32


class Trace(NamedTuple):
    """`trace_id` is 32 hex digits."""

    trace_id: str
    span: int
    is_sampled: bool

    @property
    def cloud(self) -> str:
        return f"{self.trace_id}/{self.span};o={int(self.is_sampled)}"

    @property
    def w3c(self) -> str:
        return f"00-{self.trace_id}-{self.span:016x}-{int(self.is_sampled):02x}"


def trace_of(request: Request) -> Trace:
    if b"x-cloud-trace-context" not in request.fields and b"traceparent" not in request.fields:
        return new_trace()
    cloud = CLOUD.fullmatch(request.field(b"x-cloud-trace-context").decode("latin-1"))
    if cloud and cloud[1] != NONE and int(cloud[2] or 0) < LARGEST_SPAN:
        return Trace(cloud[1].lower(), int(cloud[2] or 0) or _span(), cloud[3] != "0")
    w3c = W3C.fullmatch(request.field(b"traceparent").decode("latin-1"))
    if w3c and w3c[1] != NONE and int(w3c[2], 16):
        return Trace(w3c[1], int(w3c[2], 16), bool(int(w3c[3], 16) & 1))
    return new_trace()


def new_request_id() -> str:
    """Return a new request log ID."""
    return f"{random.getrandbits(128):032x}"


def new_trace() -> Trace:
    return Trace(f"{random.getrandbits(128):032x}", _span(), is_sampled=True)


def _span() -> int:
    return random.getrandbits(63) | 1
