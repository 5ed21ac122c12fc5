"""Operations on versions, called by `gcloud app` through the Admin API."""

import asyncio
import dataclasses
import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from gaelocal.appengine.instance_report import describe
from gaelocal.appengine.instances import RunningVersion
from gaelocal.appengine.project import DEV, Dispatch
from gaelocal.appengine.releases.app_yaml import resource_of
from gaelocal.appengine.releases.errors import InvalidScaling, NoSuchInstance, StillNeeded
from gaelocal.appengine.releases.ingress import ALL
from gaelocal.appengine.releases.splits import Split
from gaelocal.appengine.releases.staging import Staged, Staging
from gaelocal.appengine.releases.version import NewVersion, Status, Version
from gaelocal.appengine.releases.version_registry import ServiceVersions, VersionRegistry
from gaelocal.appengine.releases.version_store import VersionStore
from gaelocal.yaml_files import ConfigError

log = logging.getLogger(__name__)
MOST_INSTANCES = 200
"""A mistyped number must not start thousands of processes."""


class Releases:
    """Each method returns when its change is on disk; a `ReleaseError` means that nothing was changed."""

    def __init__(self, registry: VersionRegistry, version_store: VersionStore, staging: Staging) -> None:
        self._registry = registry
        self._version_store = version_store
        self._staging = staging
        self._since = datetime.now(UTC)
        self._deploys: set[asyncio.Task[Staged]] = set()

    def load(self) -> set[str]:
        """Read the versions deployed before the restart, and return the names of their services."""
        self._version_store.load()
        return self._version_store.services

    def load_names(self) -> set[str]:
        """Return the names of the services that were deployed."""
        return self._version_store.services

    async def restore(self, project: Iterable[RunningVersion], dispatch: Dispatch) -> None:
        """Restore all versions; `project` holds those that run from the project's folder."""
        versions = list(self._version_store.versions.values())
        if self._version_store.is_complete:
            self._staging.tidy(versions)
        restored = [running for version in versions if (running := self._restored(version))]
        for running in (*project, *restored):
            await self.resize_as_before(running)
            running.is_stopped = (
                running.service.name,
                running.service.version,
            ) in self._version_store.stopped
            self._place(running)
        for name, service in self._registry.services.items():
            service.adopt(self._version_store.splits.get(name))
            service.ingress = self._version_store.ingress.get(name, ALL)
        rules = self._version_store.rules
        self._registry.dispatch = dispatch if rules is None else Dispatch(rules)

    def _restored(self, version: Version) -> RunningVersion | None:
        """Restore a version; return None if its files are damaged."""
        try:
            return self._staging.restore(version)
        except (ConfigError, OSError, ValueError) as error:
            log.warning("version %s of %s is skipped: %s", version.id, version.service, error)
            del self._version_store.versions[version.service, version.id]
            return None

    async def create_version(self, new: NewVersion) -> Version:
        """Write the files, install requirements.txt, start it, wait until it answers.

        The first version of a new service gets all of its traffic, any other none; an id that is there
        already is replaced and keeps its share.

        Raises:
            InvalidVersion: the ID, a path or the resource is invalid.
            BuildFailed: pip failed; its output is in the message.
            DoesNotStart: it exited or did not respond; its last lines are in the message.
        """
        new.check()
        task = asyncio.create_task(self._staging.stage(new))
        self._deploys.add(task)
        task.add_done_callback(self._deploys.discard)
        staged = await task
        try:
            async with self._registry.changing:
                replaced = self._take_in(staged)
        except BaseException:
            await self._staging.put_away(staged)
            raise
        if replaced:
            await self._staging.put_away(replaced)
        return self._described(staged.version)

    def services(self) -> list[str]:
        return sorted(self._registry.names)

    def list_versions(self, service: str) -> list[Version]:
        """Return `dev` first, if there is one, then the deployed versions, the newest last.

        Raises:
            NoSuchService: there is none.
        """
        dev = self._registry.service(service).get(DEV)
        found = [self._dev(dev)] if dev else []
        return [self._described(version) for version in (*found, *self._version_store.of(service))]

    def get_version(self, service: str, version: str) -> Version:
        """Return a version.

        Raises:
            NoSuchService, NoSuchVersion: there is none.
        """
        running = self._registry.version(service, version)
        return self._described(
            self._dev(running) if version == DEV else self._version_store.versions[service, version]
        )

    async def stop_version(self, service: str, version: str) -> Version:
        """End its processes and route nothing to it (servingStatus STOPPED), whatever its share."""
        async with self._registry.changing:
            running = self._registry.version(service, version)
            with self._version_store.change():
                self._version_store.stopped.add((service, version))
            running.is_stopped = True
            self._registry.service(service).settle()
            await running.stop()
        return self.get_version(service, version)

    async def start_version(self, service: str, version: str) -> Version:
        """Let it serve again (servingStatus SERVING); unless resident, it starts with its next request."""
        async with self._registry.changing:
            running = self._registry.version(service, version)
            with self._version_store.change():
                self._version_store.stopped.discard((service, version))
            await self._serve_again(running)
        return self.get_version(service, version)

    async def restart_version(self, service: str, version: str) -> Version:
        """End its processes and start new ones; a stopped version serves again."""
        async with self._registry.changing:
            running = self._registry.version(service, version)
            with self._version_store.change():
                self._version_store.stopped.discard((service, version))
            running.is_stopped = True
            self._registry.service(service).settle()
            await running.stop()
            await self._serve_again(running)
        return self.get_version(service, version)

    async def _serve_again(self, running: RunningVersion) -> None:
        running.is_stopped = False
        self._registry.service(running.service.name).settle()
        if running.is_resident:
            await running.responds()

    async def set_instance_count(self, service: str, version: str, count: int) -> Version:
        """Change the number of instances of a version with manual scaling; it is kept over restarts.

        Raises:
            InvalidScaling: the version has another kind of scaling, or the number is out of range.
        """
        async with self._registry.changing:
            running = self._registry.version(service, version)
            if running.service.scaling.kind != "manual":
                raise InvalidScaling(
                    f"{running.name} has {running.service.scaling.kind} scaling; "
                    "only manual scaling has a fixed number of instances"
                )
            if not 1 <= count <= MOST_INSTANCES:
                raise InvalidScaling(f"the number of instances must be 1 to {MOST_INSTANCES}, not {count}")
            with self._version_store.change():
                self._version_store.counts[service, version] = count
            await running.resize(count)
        return self.get_version(service, version)

    async def resize_as_before(self, running: RunningVersion) -> None:
        """Apply a number of instances that was set without a deployment."""
        service = running.service
        if count := self._version_store.counts.get((service.name, service.version)):
            await running.resize(count)

    async def delete_version(self, service: str, version: str) -> None:
        """Remove it with its files.

        Raises:
            StillNeeded: it gets traffic, or it is `dev`.
        """
        async with self._registry.changing:
            running = self._registry.version(service, version)
            if version == DEV:
                raise StillNeeded(
                    f"`{DEV}` of {service} runs from the project's folder and cannot be deleted"
                )
            if running.share:
                raise StillNeeded(f"{running.name} gets {running.share:.1%} of the traffic; move that first")
            with self._version_store.change():
                deleted = self._forget(running)
            self._registry.service(service).remove(version)
            await self._staging.put_away(deleted)

    async def delete_service(self, service: str) -> None:
        """Remove a service that was only deployed, with all its versions.

        Raises:
            StillNeeded: it is `default`, runs from the project's folder, or a dispatch rule names it.
        """
        async with self._registry.changing:
            versions = self._registry.service(service)
            self._check_unneeded(service)
            with self._version_store.change():
                deleted = [self._forget(running) for running in versions]
                self._version_store.splits.pop(service, None)
                self._version_store.ingress.pop(service, None)
            self._registry.remove(service)
            for staged in deleted:
                await self._staging.put_away(staged)

    def instances(self, service: str, version: str) -> list[dict[str, object]]:
        """Return its instances as the console shows them; a sleeping version has none."""
        running = self._registry.version(service, version)
        return [describe(running, instance) for instance in running.instances] if running.is_up else []

    async def delete_instance(self, service: str, version: str, instance: str) -> None:
        """End an instance; as on App Engine, another one takes its place.

        Raises:
            NoSuchInstance: the version has no instance with this ID.
        """
        running = self._registry.version(service, version)
        if not await running.renew(instance):
            raise NoSuchInstance(f"{running.name} has no instance `{instance}`")

    async def close(self) -> None:
        """Cancel deployments in progress and remove their files."""
        for task in self._deploys:
            task.cancel()
        await asyncio.gather(*self._deploys, return_exceptions=True)

    def _take_in(self, staged: Staged) -> Staged | None:
        """Store and place a version, and return the one that it replaces."""
        version, running = staged
        key = version.service, version.id
        replaced = self._version_store.versions.get(key)
        known = self._registry.get(version.service)
        with self._version_store.change():
            self._version_store.versions[key] = version
            self._version_store.stopped.discard(key)
            self._version_store.counts.pop(key, None)
            self._version_store.splits[version.service] = known.split if known else Split.whole(version.id)
        before = self._place(running)
        return Staged(replaced, before) if before and replaced else None

    def _place(self, running: RunningVersion) -> RunningVersion | None:
        """Return the version that it replaces; the first version of a service gets all traffic."""
        name, version = running.service.name, running.service.version
        if name not in self._registry.names:
            self._registry.put(name, ServiceVersions(Split.whole(version)))
        return self._registry.service(name).put(running)

    def _forget(self, running: RunningVersion) -> Staged:
        """Remove a version from the store, and return what is left of it."""
        key = running.service.name, running.service.version
        self._version_store.stopped.discard(key)
        self._version_store.counts.pop(key, None)
        return Staged(self._version_store.versions.pop(key), running)

    def _check_unneeded(self, service: str) -> None:
        if service == "default":
            raise StillNeeded("the default service cannot be deleted")
        if DEV in self._registry.service(service):
            raise StillNeeded(f"{service} runs from the project's folder; remove its app.yaml there")
        if any(rule.service == service for rule in self._registry.dispatch.rules):
            raise StillNeeded(f"a dispatch rule names {service}; deploy a dispatch.yaml without it first")

    def _dev(self, running: RunningVersion) -> Version:
        service = running.service
        return Version(
            service=service.name, id=DEV, deployment="1", created=self._since, resource=resource_of(service)
        )

    def _described(self, version: Version) -> Version:
        key = version.service, version.id
        status: Status = "STOPPED" if key in self._version_store.stopped else "SERVING"
        resource = dict(version.resource)
        if count := self._version_store.counts.get(key):
            resource["manualScaling"] = {"instances": count}
        return dataclasses.replace(version, status=status, resource=resource)
