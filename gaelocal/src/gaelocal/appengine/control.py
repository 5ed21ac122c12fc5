"""Operations on running instances, versions and traffic, for the console and the Admin API."""

from collections.abc import Callable, Mapping
from typing import Any

from gaelocal.appengine.instance_hours import InstanceHours
from gaelocal.appengine.instances import RunningVersion
from gaelocal.appengine.releases import NoSuchInstance, Releases, Split, Traffic, Version, VersionRegistry

Row = dict[str, Any]


class Control:
    """An instance is named by its ID or its number; each method raises a `ReleaseError` if it refuses.

    Each method returns when its change is complete.
    """

    def __init__(
        self,
        registry: VersionRegistry,
        releases: Releases,
        traffic: Traffic,
        rows: Callable[[], list[Row]],
        hours: InstanceHours,
    ) -> None:
        self._registry = registry
        self._releases = releases
        self._traffic = traffic
        self._rows = rows
        self._hours = hours

    def list_instances(self, service: str | None = None, version: str | None = None) -> list[Row]:
        """Return the instances, all or those of a service or version.

        Each row has `id`, `service`, `version`, `index`, `state`, `uptime` (seconds), `memory` and
        `memory_limit` (bytes), `cpu` (seconds), `requests`, `pid`, `started`.
        """
        return [
            {**row, "id": row["instance"]}
            for row in self._rows()
            if service in (None, row["service"]) and version in (None, row["version"])
        ]

    def usage(self) -> list[Row]:
        """Return the instance hours since the data folder was made, by service and instance class.

        Each row has `service`, `instance_class`, `running` (instances), `hours`, `price_per_hour` and `price`
        (US dollars).
        """
        return self._hours.rows()

    async def start_instance(self, service: str, version: str, instance: str) -> None:
        """Start an instance that was stopped."""
        running = self._registry.version(service, version)
        _check(await running.start_instance(instance), running, instance)

    async def stop_instance(self, service: str, version: str, instance: str) -> None:
        """Stop an instance until it or its version is started again."""
        running = self._registry.version(service, version)
        _check(await running.stop_instance(instance), running, instance)

    async def restart_instance(self, service: str, version: str, instance: str) -> None:
        """Stop an instance and start another process in its place."""
        running = self._registry.version(service, version)
        _check(await running.renew(instance), running, instance)

    async def delete_instance(self, service: str, version: str, instance: str) -> None:
        """Shut an instance down; as on App Engine, another one takes its place if the scaling needs it."""
        await self._releases.delete_instance(service, version, instance)

    async def start_version(self, service: str, version: str) -> Version:
        return await self._releases.start_version(service, version)

    async def stop_version(self, service: str, version: str) -> Version:
        return await self._releases.stop_version(service, version)

    async def restart_version(self, service: str, version: str) -> Version:
        """Stop all instances of a version and start them again."""
        return await self._releases.restart_version(service, version)

    async def delete_version(self, service: str, version: str) -> None:
        await self._releases.delete_version(service, version)

    async def set_instance_count(self, service: str, version: str, count: int) -> Version:
        """Change the number of instances of a version with manual scaling, without a deployment."""
        return await self._releases.set_instance_count(service, version, count)

    async def set_traffic(
        self, service: str, allocations: Mapping[str, float], shard_by: str = "IP"
    ) -> Split:
        """Split the traffic; `allocations` maps each version to a fraction, which add up to 1."""
        return await self._traffic.set_split(service, shard_by, allocations)


def _check(is_found: bool, running: RunningVersion, instance: str) -> None:
    if not is_found:
        raise NoSuchInstance(f"{running.name} has no instance `{instance}`")
