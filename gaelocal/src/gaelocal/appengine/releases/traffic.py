"""Traffic: the split of each service and the dispatch rules."""

from collections.abc import Iterable, Mapping

from gaelocal.appengine.instances import RunningVersion
from gaelocal.appengine.project import Dispatch, Rule
from gaelocal.appengine.project.dispatch import MOST_RULES
from gaelocal.appengine.releases.errors import InvalidDispatch, VersionStopped
from gaelocal.appengine.releases.ingress import Ingress, ingress_of
from gaelocal.appengine.releases.splits import Split
from gaelocal.appengine.releases.staging import Staging
from gaelocal.appengine.releases.version_registry import VersionRegistry
from gaelocal.appengine.releases.version_store import VersionStore


class Traffic:
    """Each method returns when its change is on disk; a `ReleaseError` means that nothing was changed."""

    def __init__(self, registry: VersionRegistry, version_store: VersionStore, staging: Staging) -> None:
        self._registry = registry
        self._version_store = version_store
        self._staging = staging

    def split_of(self, service: str) -> Split:
        """Return the split; the default is `UNSPECIFIED` with all traffic for one version.

        Raises:
            NoSuchService: there is none.
        """
        return self._registry.service(service).split

    async def set_split(self, service: str, shard_by: str, allocations: Mapping[str, float]) -> Split:
        """Start the versions of the split, wait until each is ready, and only then move the traffic.

        `shard_by` is COOKIE, IP or RANDOM; UNSPECIFIED is taken for IP.

        Raises:
            InvalidSplit: an unknown way, a fraction outside of 0 to 1, or a sum that is not 1.
            NoSuchService, NoSuchVersion, VersionStopped: a version that cannot get traffic.
            DoesNotStart: a version does not respond; the traffic is not moved.
        """
        split = Split.of(shard_by, allocations)
        async with self._registry.changing:
            versions = self._registry.service(service)
            chosen = [self._registry.version(service, version) for version in split.allocations]
            for running in chosen:
                _check_serving(running)
            for running in chosen:
                await self._staging.prove(running)
            with self._version_store.change():
                self._version_store.splits[service] = split
            versions.split = split
            versions.settle()
        return split

    def ingress_of(self, service: str) -> Ingress:
        """Return from where a service accepts requests.

        Raises:
            NoSuchService: there is none.
        """
        return self._registry.service(service).ingress

    async def set_ingress(self, service: str, setting: str) -> Ingress:
        """Close a service to all but the platform, the other services and administrators, or open it.

        Raises:
            InvalidIngress: there is no such setting.
            NoSuchService: there is none.
        """
        ingress = ingress_of(setting)
        async with self._registry.changing:
            versions = self._registry.service(service)
            with self._version_store.change():
                self._version_store.ingress[service] = ingress
            versions.ingress = ingress
        return ingress

    def dispatch_rules(self) -> tuple[Rule, ...]:
        """Return the current rules: the deployed ones, else those of dispatch.yaml."""
        return self._registry.dispatch.rules

    async def set_dispatch_rules(self, rules: Iterable[tuple[str, str]]) -> tuple[Rule, ...]:
        """Take pairs of a pattern (domain and path joined: `*/api/*`) and a service.

        They replace those of dispatch.yaml, also after a restart.

        Raises:
            InvalidDispatch: malformed, too many, or for a service that does not exist.
        """
        read = tuple(self._rule(url, service) for url, service in rules)
        if len(read) > MOST_RULES:
            raise InvalidDispatch(f"at most {MOST_RULES} dispatch rules are allowed, not {len(read)}")
        async with self._registry.changing:
            with self._version_store.change():
                self._version_store.rules = read
            self._registry.dispatch = Dispatch(read)
        return read

    def _rule(self, url: str, service: str) -> Rule:
        if service not in self._registry.names:
            known = ", ".join(sorted(self._registry.names))
            raise InvalidDispatch(f"there is no service `{service}`; there are: {known}")
        try:
            return Rule.of(url, service)
        except ValueError as error:
            raise InvalidDispatch(str(error)) from None


def _check_serving(running: RunningVersion) -> None:
    if running.is_stopped:
        raise VersionStopped(f"{running.name} is stopped; start it first")
