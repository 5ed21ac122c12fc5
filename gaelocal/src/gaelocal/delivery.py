"""A request that the platform itself sends to a service: a task that is due, a cron job, a warm-up."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What to send. `service` None means: whatever dispatch.yaml says for the path, else `default`.

    `deadline` is in seconds. The headers reach the instance as they stand, platform headers included.
    """

    path: str
    service: str | None = None
    version: str | None = None
    instance: str | None = None
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    deadline: float = 600.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the service answered."""

    status: int
    body: bytes = b""

    @property
    def is_success(self) -> bool:
        """Queues and cron take any 2xx for done (Cloud Tasks: "Creating App Engine handlers")."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the 2xx class itself


class DeliveryFailed(Exception):
    """No answer came: the instance was gone, refused the connection, or took longer than the deadline."""


Deliver = Callable[[Delivery], Awaitable[Delivered]]
