"""Protocols of the components that the console shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from gaelocal.appengine.control import Control
from gaelocal.appengine.logs import Entry
from gaelocal.appengine.releases import Releases, Traffic
from gaelocal.appengine.usage_reports import UsageReports
from gaelocal.console.datastore.client import DatastoreCalls
from gaelocal.memcache.cached_value import CachedValue
from gaelocal.storage.browser import StorageBrowser
from gaelocal.supervision import Component
from gaelocal.tasks.queue_operations import QueueOperations

Row = dict[str, Any]


class Mail(Protocol):
    def messages(self, limit: int | None = None, to: str = "") -> list[Row]: ...

    def message(self, mail_id: int, /) -> Row:
        """Return one mail. Raise LookupError if it does not exist, as all methods here do."""

    def attachment(self, mail_id: int, number: int) -> tuple[str, bytes]: ...

    def delete(self, mail_id: int) -> None: ...

    def clear(self) -> None: ...


class Tasks(Protocol):
    def queues(self) -> list[Row]: ...
    def tasks(self, queue: str, /) -> list[Row]: ...
    def dead(self, queue: str, /) -> list[Row]: ...

    @property
    def operations(self) -> QueueOperations: ...


class Scheduler(Protocol):
    def jobs(self) -> list[Row]: ...
    async def run(self, url: str, /) -> Row: ...
    async def run_for(self, job_id: str, seconds: float) -> Row | None: ...
    def set_paused(self, job_id: str, is_paused: bool) -> None: ...


class Logs(Protocol):
    def entries(self, severity: str | None = None, limit: int = 200, **wanted: str | None) -> list[Row]:
        """Return entries, newest first; `severity` is the minimum, `wanted` are values of other fields."""

    def recent(self) -> list[Entry]:
        """Return all entries in memory, oldest first."""


class Engine(Protocol):
    def instances(self) -> list[Row]: ...

    @property
    def control(self) -> Control: ...

    @property
    def releases(self) -> Releases: ...

    @property
    def traffic(self) -> Traffic: ...

    @property
    def usage(self) -> UsageReports: ...

    @property
    def logs(self) -> Logs: ...


class Health(Protocol):
    def as_json(self) -> Row: ...
    def component(self, name: str) -> Component: ...


class Memcache(Protocol):
    def stats(self) -> Mapping[str, Any]: ...
    async def read_stats(self) -> dict[str, int]: ...
    async def lookup(self, key: bytes) -> CachedValue | None: ...
    async def delete(self, key: bytes) -> bool: ...
    async def flush(self) -> None: ...
    async def keys(self, contained: bytes, limit: int) -> list[tuple[bytes, int]] | None: ...


class Storage(Protocol):
    @property
    def browser(self) -> StorageBrowser: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleParts:
    """The components that are shown; `addresses` is the content of ready.json."""

    mail: Mail
    tasks: Tasks
    scheduler: Scheduler
    engine: Engine
    memcache: Memcache
    datastore: DatastoreCalls
    storage: Storage
    health: Health
    addresses: Mapping[str, str]
