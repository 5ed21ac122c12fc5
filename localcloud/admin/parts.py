"""What the administration asks of each part of the platform; it knows few of them by class."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from localcloud.scheduler.listing import Listing
from localcloud.tasks.lane import Lane
from localcloud.tasks.queue_config import QueueConfig
from localcloud.tasks.queue_state import Queue

Row = dict[str, Any]


class QueueKeeper(Protocol):
    def __iter__(self) -> Iterator[Lane]: ...
    def __contains__(self, name: str) -> bool: ...
    def lane(self, name: str) -> Lane: ...
    def put(self, queue: Queue) -> Queue: ...
    def deploy(self, config: QueueConfig) -> Queue: ...
    def purge(self, name: str) -> Queue: ...
    async def remove(self, name: str) -> None: ...


class Cron(Protocol):
    @property
    def listing(self) -> Listing: ...
    def follow_listing(self) -> None: ...
    async def run(self, url: str, /) -> Row: ...


class Logs(Protocol):
    def entries(self, *, limit: int) -> list[Row]:
        """Newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminParts:
    """`domain` is what follows the project in a host name; `data` keeps what no other part does."""

    project: str
    domain: str
    data: Path
    queues: QueueKeeper
    cron: Cron
    logs: Logs
