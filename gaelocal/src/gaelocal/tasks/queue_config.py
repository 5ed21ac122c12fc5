"""The settings of a queue: rates, retries and target."""

import re
from dataclasses import dataclass, field

from gaelocal.retry import RetryPolicy

QUEUE_ID = re.compile(r"[A-Za-z0-9-]{1,100}")
MAX_RATE = 500.0
MAX_BURST = 500
MAX_CONCURRENT = 5000
DEFAULT_BURST = 100
DEFAULT_CONCURRENT = 1000


@dataclass(frozen=True, slots=True)
class Routing:
    """A part of the app. Empty fields mean the default, or what dispatch.yaml says."""

    service: str = ""
    version: str = ""
    instance: str = ""

    @classmethod
    def of_target(cls, target: str) -> "Routing":
        """Parse a `target` of queue.yaml: `SERVICE`, `VERSION.SERVICE` or `INSTANCE.VERSION.SERVICE`."""
        service, version, instance, *_ = [*reversed(target.split(".")), "", ""]
        return cls(service, version, instance)

    def __bool__(self) -> bool:
        return bool(self.service or self.version or self.instance)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueConfig:
    """`rate` is in tasks per second; a rate of 0 pauses the queue."""

    name: str
    rate: float = MAX_RATE
    bucket_size: int = DEFAULT_BURST
    max_concurrent: int = DEFAULT_CONCURRENT
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    target: Routing = field(default_factory=Routing)
