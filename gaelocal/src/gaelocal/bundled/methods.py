"""A service as a table of its methods."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, Protocol

from gaelocal.appengine.instances import Caller

Handler = Callable[[Any, Caller], Any | Awaitable[Any]]
"""A request message and who calls; the response message, or an awaitable of it."""


class Method(NamedTuple):
    """`request` is the class of the request message."""

    request: Any
    handler: Handler


class BundledService(Protocol):
    def methods(self) -> Mapping[str, Method]: ...
