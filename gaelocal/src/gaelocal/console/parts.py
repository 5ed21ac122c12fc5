"""Protocols of the components that the console shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from gaelocal.appengine.usage_reports import UsageReports

Row = dict[str, Any]


class Mail(Protocol):
    def messages(self, limit: int | None = None, to: str = "") -> list[Row]: ...

    def message(self, mail_id: int, /) -> Row:
        """Return one mail. Raise LookupError if it does not exist, as all methods here do."""

    def clear(self) -> None: ...


class Tasks(Protocol):
    def queues(self) -> list[Row]: ...
    def tasks(self, queue: str, /) -> list[Row]: ...
    def dead(self, queue: str, /) -> list[Row]: ...


class Scheduler(Protocol):
    def jobs(self) -> list[Row]: ...
    async def run(self, url: str, /) -> Row: ...


class Logs(Protocol):
    def entries(self, severity: str | None = None, limit: int = 200, **wanted: str | None) -> list[Row]:
        """Return entries, newest first; `severity` is the minimum, `wanted` are values of other fields."""


class Engine(Protocol):
    def instances(self) -> list[Row]: ...

    @property
    def usage(self) -> UsageReports: ...

    @property
    def logs(self) -> Logs: ...


class Health(Protocol):
    def as_json(self) -> Row: ...


class Memcache(Protocol):
    def stats(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleParts:
    """The components that are shown; `addresses` is the content of ready.json."""

    mail: Mail
    tasks: Tasks
    scheduler: Scheduler
    engine: Engine
    memcache: Memcache
    health: Health
    addresses: Mapping[str, str]
