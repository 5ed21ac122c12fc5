"""Versions in memory, with the errors of the real ones, for tests of the Admin API."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import Any

from gaelocal.appengine.project import Rule
from gaelocal.appengine.releases import (
    DoesNotStart,
    NewVersion,
    NoSuchService,
    NoSuchVersion,
    Split,
    StillNeeded,
    Version,
)
from gaelocal.appengine.releases.ingress import ALL, Ingress, ingress_of

BOUND = 20.0
MADE = datetime(2026, 11, 20, 9, 31, tzinfo=UTC)
BASIC = {"runtime": "python313", "instanceClass": "B4", "basicScaling": {"maxInstances": 4}}


class Deployments:
    """One service with its version `dev`; the files of each deployment are kept for assertions."""

    def __init__(self) -> None:
        dev = Version(service="default", id="dev", deployment="1", created=MADE, resource=BASIC)
        self.kept: dict[str, dict[str, Version]] = {"default": {"dev": dev}}
        self.splits: dict[str, Split] = {"default": Split.whole("dev")}
        self.rules: tuple[Rule, ...] = ()
        self.files: dict[str, bytes] = {}
        self.ended: list[str] = []
        self.operations: list[tuple[str, ...]] = []
        self.ingress: dict[str, Ingress] = {}
        self.may_end = Event()
        self.may_end.set()

    def services(self) -> list[str]:
        return sorted(self.kept)

    async def delete_service(self, service: str) -> None:
        if service == "default":
            raise StillNeeded("the default service cannot be deleted")
        del self.kept[service]

    def split_of(self, service: str) -> Split:
        self.list_versions(service)
        return self.splits[service]

    async def set_split(self, service: str, shard_by: str, allocations: Mapping[str, float]) -> Split:
        for version in allocations:
            self.get_version(service, version)
        self.splits[service] = Split.of(shard_by, allocations)
        return self.splits[service]

    async def create_version(self, new: NewVersion) -> Version:
        self.files = {
            path: file.read_bytes() for path, file in new.files.items() if not isinstance(file, bytes)
        }
        await asyncio.to_thread(self.may_end.wait, BOUND)
        if self.files.get("main.py") == b"broken":
            raise DoesNotStart("version v1 of default does not start:\nSyntaxError")
        made = Version(
            service=new.service, id=new.id, deployment="2", created=MADE, resource=new.resource, size=9
        )
        self.kept.setdefault(new.service, {})[new.id] = made
        self.splits.setdefault(new.service, Split.whole(new.id))
        return made

    def list_versions(self, service: str) -> list[Version]:
        if service not in self.kept:
            raise NoSuchService(f"there is no service `{service}`")
        return list(self.kept[service].values())

    def get_version(self, service: str, version: str) -> Version:
        for found in self.list_versions(service):
            if found.id == version:
                return found
        raise NoSuchVersion(f"the service {service} has no version `{version}`")

    async def start_version(self, service: str, version: str) -> Version:
        return self._set(service, version, "SERVING")

    async def stop_version(self, service: str, version: str) -> Version:
        return self._set(service, version, "STOPPED")

    async def delete_version(self, service: str, version: str) -> None:
        self.get_version(service, version)
        if self.splits[service].share(version):
            raise StillNeeded(f"`{version}` gets traffic; give that to another")
        del self.kept[service][version]

    async def delete_instance(self, service: str, version: str, instance: str) -> None:
        self.get_version(service, version)
        self.ended.append(instance)

    def instances(self, service: str, version: str) -> list[dict[str, Any]]:
        self.get_version(service, version)
        row = {
            "service": service,
            "version": version,
            "instance": "ab12",
            "requests": 7,
            "memory": 66_000_000,
        }
        return [row | {"started": "2026-11-20T09:31:00Z"}]

    def usage(self) -> list[dict[str, Any]]:
        return []

    async def start_instance(self, service: str, version: str, instance: str) -> None:
        self.operations.append(("start", service, version, instance))

    async def stop_instance(self, service: str, version: str, instance: str) -> None:
        self.operations.append(("stop", service, version, instance))

    async def restart_instance(self, service: str, version: str, instance: str) -> None:
        self.operations.append(("restart", service, version, instance))

    async def restart_version(self, service: str, version: str) -> Version:
        self.operations.append(("restart", service, version))
        return self.get_version(service, version)

    async def set_instance_count(self, service: str, version: str, count: int) -> Version:
        resource = {**self.get_version(service, version).resource, "manualScaling": {"instances": count}}
        self.kept[service][version] = replace(self.get_version(service, version), resource=resource)
        return self.kept[service][version]

    def ingress_of(self, service: str) -> Ingress:
        return self.ingress.get(service, ALL)

    async def set_ingress(self, service: str, setting: str) -> Ingress:
        self.ingress[service] = ingress_of(setting)
        return self.ingress[service]

    def dispatch_rules(self) -> tuple[Rule, ...]:
        return self.rules

    async def set_dispatch_rules(self, rules: Iterable[tuple[str, str]]) -> tuple[Rule, ...]:
        self.rules = tuple(Rule.of(url, service) for url, service in rules)
        return self.rules

    def _set(self, service: str, version: str, status: Any) -> Version:
        changed = replace(self.get_version(service, version), status=status)
        self.kept[service][version] = changed
        return changed
