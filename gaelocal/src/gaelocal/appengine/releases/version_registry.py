"""The registry of all versions of all services, and their traffic."""

import asyncio
from collections.abc import Iterator, Mapping

from gaelocal.appengine.instances import RunningVersion
from gaelocal.appengine.project import DEV, Dispatch
from gaelocal.appengine.releases.errors import NoSuchService, NoSuchVersion
from gaelocal.appengine.releases.ingress import ALL, Ingress
from gaelocal.appengine.releases.splits import SHARDS, Split, any_shard

DEFAULT = "default"


class ServiceVersions:
    """The versions of one service by id, the traffic split, and from where requests are accepted."""

    def __init__(self, split: Split) -> None:
        self.split = split
        self.ingress: Ingress = ALL
        self._running: dict[str, RunningVersion] = {}
        self._shares: list[tuple[float, RunningVersion]] = []

    def __contains__(self, version: str) -> bool:
        return version in self._running

    def __iter__(self) -> Iterator[RunningVersion]:
        return iter(list(self._running.values()))

    def __len__(self) -> int:
        return len(self._running)

    def get(self, version: str) -> RunningVersion | None:
        return self._running.get(version)

    def get_with_traffic(self) -> RunningVersion | None:
        """Return a version that has a share of the traffic, even if it is stopped."""
        return next((running for running in self if running.share), None)

    @property
    def is_split(self) -> bool:
        """Return whether several versions share the traffic."""
        return len(self._shares) > 1

    def shares_besides_dev(self) -> str:
        """Return a text such as `dev 30.0%, v1 70.0%` if a version other than `dev` has traffic, else ""."""
        if set(self.split.allocations) <= {DEV}:
            return ""
        return ", ".join(f"{version} {share:.1%}" for version, share in self.split.allocations.items())

    def put(self, running: RunningVersion) -> RunningVersion | None:
        """Add a version, and return the one that it replaces."""
        before = self._running.get(running.service.version)
        self._running[running.service.version] = running
        self.settle()
        return before

    def remove(self, version: str) -> None:
        del self._running[version]
        self.settle()

    def adopt(self, split: Split | None) -> None:
        """Restore the split from before a restart, for the versions that still exist."""
        left = {
            version: share
            for version, share in (split.allocations if split else {}).items()
            if version in self
        }
        if split and left:
            whole = sum(left.values())
            self.split = Split(split.shard_by, {version: share / whole for version, share in left.items()})
        self.settle()

    def settle(self) -> None:
        """Recompute the shares after a change; the share of a stopped version goes to the others."""
        self._shares = []
        upper = 0.0
        for version, running in sorted(self._running.items()):
            running.share = share = self.split.share(version)
            if share and not running.is_stopped:
                upper += share * SHARDS
                self._shares.append((upper, running))

    def drawn(self, shard: int) -> RunningVersion | None:
        """Return the version that serves a shard (0 to 999), or None if no version serves."""
        if not self._shares:
            return None
        whole = self._shares[-1][0] / SHARDS
        return next((one for upper, one in self._shares if shard * whole < upper), self._shares[-1][1])

    def drawn_at_random(self) -> RunningVersion | None:
        return self.drawn(any_shard() if self.is_split else 0)


class VersionRegistry:
    """Routing reads `names`, `dispatch` and `project`. Every change requires the lock `changing`."""

    def __init__(self, project: str = "") -> None:
        self.project = project
        self.changing = asyncio.Lock()
        self.dispatch = Dispatch()
        self.names: frozenset[str] = frozenset()
        self._services: dict[str, ServiceVersions] = {}

    def __iter__(self) -> Iterator[RunningVersion]:
        return (running for versions in list(self._services.values()) for running in versions)

    @property
    def services(self) -> Mapping[str, ServiceVersions]:
        return self._services

    @property
    def default_service(self) -> str:
        """Return the service for requests for which neither a dispatch rule nor the address names a service.

        If a project has only one service, and it is not `default`, return that service.
        """
        is_alone = len(self.names) == 1 and DEFAULT not in self.names
        return next(iter(self.names)) if is_alone else DEFAULT

    def get(self, service: str) -> ServiceVersions | None:
        return self._services.get(service)

    def service(self, name: str) -> ServiceVersions:
        """Return the versions of a service.

        Raises:
            NoSuchService: the service does not exist; the message lists the existing services.
        """
        if name not in self._services:
            raise NoSuchService(
                f"there is no service `{name}`; there are: {', '.join(sorted(self._services))}"
            )
        return self._services[name]

    def version(self, service: str, version: str) -> RunningVersion:
        """Return a version.

        Raises:
            NoSuchService, NoSuchVersion: the service or the version does not exist.
        """
        running = self.service(service).get(version)
        if running is None:
            raise NoSuchVersion(f"the service {service} has no version `{version}`")
        return running

    def put(self, service: str, versions: ServiceVersions) -> None:
        self._services[service] = versions
        self.names = frozenset(self._services)

    def remove(self, service: str) -> None:
        del self._services[service]
        self.names = frozenset(self._services)
