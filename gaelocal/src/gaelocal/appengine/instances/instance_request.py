"""What is asked of a service, and the ways in which no answer comes."""

from collections.abc import Callable
from typing import NamedTuple

from gaelocal.appengine.http import Body


class InstanceRequest(NamedTuple):
    """`head` is the request line and headers, ready to send. A safe one may be sent again."""

    head: bytes
    body: Body
    is_safe: bool
    is_head: bool = False
    instance: str | None = None
    seconds: float = 600.0


class NoInstance(Exception):
    """No instance became ready in time, or none can start."""


class NoSuchInstance(NoInstance):
    """The errand names an instance by a number or an id that there is none of."""


class Unreachable(Exception):
    """The instance took no connection: nothing was sent."""


class Broken(Exception):
    """The instance took the request and broke off: it may have acted on it."""


Notify = Callable[[], None]
