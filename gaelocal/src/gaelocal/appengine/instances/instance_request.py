"""A request to an instance, and the errors that are raised if there is no response."""

from collections.abc import Callable
from typing import NamedTuple

from gaelocal.appengine.http import Body


class InstanceRequest(NamedTuple):
    """`head` is the request line and headers, ready to send. If `is_safe`, the request may be sent again."""

    head: bytes
    body: Body
    is_safe: bool
    is_head: bool = False
    instance: str | None = None
    seconds: float = 600.0


class NoInstance(Exception):
    """No instance became ready in time, or none can start."""


class NoSuchInstance(NoInstance):
    """The request names an instance that does not exist."""


class InstanceStopped(NoInstance):
    """The instance that the request names, or every one, is stopped or stopping."""


class Unreachable(Exception):
    """The instance did not accept a connection, so nothing was sent."""


class Broken(Exception):
    """The connection broke after the request was sent, so the instance may have processed it."""


class Killed(Broken):
    """The connection broke because gaelocal has killed the process, so the request must not be repeated."""


Notify = Callable[[], None]
