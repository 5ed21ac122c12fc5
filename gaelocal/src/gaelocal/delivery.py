"""A request that the platform itself sends to a service: a task, a cron job, a mail."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A request to send. `service` None means that dispatch.yaml decides by the path, else `default`.

    `deadline` is in seconds; None is that of the service's scaling. The headers reach the instance unchanged,
    including platform headers. A service whose app.yaml lacks `inbound_service` does not get it.
    """

    path: str
    service: str | None = None
    version: str | None = None
    instance: str | None = None
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    deadline: float | None = None
    inbound_service: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The response of a service."""

    status: int
    body: bytes = b""

    @property
    def is_success(self) -> bool:
        """Return whether the status is 2xx (Cloud Tasks: "Creating App Engine handlers")."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the 2xx class itself


class DeliveryFailed(Exception):
    """There was no response: the instance was gone, refused the connection, or exceeded the deadline."""


Deliver = Callable[[Delivery], Awaitable[Delivered]]
