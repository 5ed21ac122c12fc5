"""The description of an API: its methods, their messages, and the REST paths they are reached by."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

Handler = Callable[[Any], Any]
"""Takes the request message and returns the response message, or an awaitable of it."""


@dataclass(frozen=True, slots=True)
class HttpRule:
    """A path template of `google.api.http`, such as `/v2/{name=projects/*/queues/*}:pause`.

    `body` names the request field that the body holds, `*` for the whole request, empty for none.
    """

    verb: str
    path: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    name: str
    request: Any
    handler: Handler
    rules: tuple[HttpRule, ...] = ()
    is_writing: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """One gRPC service. `until_writable` is awaited before a method that writes."""

    name: str
    methods: tuple[Method, ...]
    until_writable: Callable[[], Awaitable[None]] | None = None
