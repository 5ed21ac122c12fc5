"""Protocols of the platform's components that the admin server uses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from gaelocal.admin.uploads import Uploaded
from gaelocal.appengine.project import Rule
from gaelocal.appengine.releases import NewVersion, Split, Version
from gaelocal.appengine.releases.ingress import Ingress
from gaelocal.scheduler.protocol.api import SchedulerApi
from gaelocal.tasks.protocol.api import TasksApi

Row = dict[str, Any]


class Deployments(Protocol):
    """Operations on versions; each raises a `ReleaseError` if it refuses."""

    def services(self) -> list[str]: ...
    async def delete_service(self, service: str) -> None: ...
    async def create_version(self, new: NewVersion) -> Version: ...
    def list_versions(self, service: str) -> list[Version]: ...
    def get_version(self, service: str, version: str) -> Version: ...
    async def start_version(self, service: str, version: str) -> Version: ...
    async def stop_version(self, service: str, version: str) -> Version: ...
    async def set_instance_count(self, service: str, version: str, count: int) -> Version: ...
    async def delete_version(self, service: str, version: str) -> None: ...
    async def delete_instance(self, service: str, version: str, instance: str) -> None: ...
    def instances(self, service: str, version: str) -> Sequence[Mapping[str, Any]]: ...


class Traffic(Protocol):
    def split_of(self, service: str) -> Split: ...
    async def set_split(self, service: str, shard_by: str, allocations: Mapping[str, float]) -> Split: ...
    def ingress_of(self, service: str) -> Ingress: ...
    async def set_ingress(self, service: str, setting: str) -> Ingress: ...
    def dispatch_rules(self) -> tuple[Rule, ...]: ...
    async def set_dispatch_rules(self, rules: Iterable[tuple[str, str]]) -> tuple[Rule, ...]: ...


class Control(Protocol):
    """Operations that App Engine does not have."""

    def usage(self) -> list[Row]: ...
    async def start_instance(self, service: str, version: str, instance: str) -> None: ...
    async def stop_instance(self, service: str, version: str, instance: str) -> None: ...
    async def restart_instance(self, service: str, version: str, instance: str) -> None: ...
    async def restart_version(self, service: str, version: str) -> Version: ...


class Logs(Protocol):
    def entries(self, *, limit: int) -> list[Row]:
        """Newest first."""

    def last_lines(self, service: str, version: str, count: int) -> list[str]:
        """Return the last log lines of a version or its build."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminParts:
    """`domain` follows the project in a host name; `data` is the folder of the admin server's own files.

    `uploaded` returns the file of a Storage object; gcloud uploads into `code_bucket`.
    """

    project: str
    domain: str
    data: Path
    code_bucket: str
    uploaded: Uploaded
    releases: Deployments
    traffic: Traffic
    control: Control
    tasks: TasksApi
    scheduler: SchedulerApi
    logs: Logs
