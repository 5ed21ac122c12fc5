"""The App Engine emulator: start, stop, deliver requests, list instances, deploy."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from gaelocal.appengine.control import Control
from gaelocal.appengine.front_door import FrontDoor
from gaelocal.appengine.front_door.proxy import Blobs
from gaelocal.appengine.front_door.sign_in import SignIn
from gaelocal.appengine.instance_hours import InstanceHours
from gaelocal.appengine.instance_report import describe
from gaelocal.appengine.instances import ApiTickets, Instance, Reaper, RunningVersion
from gaelocal.appengine.instances.environment import bundled_services_environment, instance_environment
from gaelocal.appengine.instances.file_access import SWITCH_OFF, FileAccess, read_only
from gaelocal.appengine.instances.start_failures import way_to_install
from gaelocal.appengine.instances.supplied_gunicorn import supply_gunicorn
from gaelocal.appengine.layout import Layout
from gaelocal.appengine.logs import Entry, LogBuffer, Source
from gaelocal.appengine.logs.file import LogFile
from gaelocal.appengine.logs.terminal import Terminal
from gaelocal.appengine.memory_limits import MemoryLimits
from gaelocal.appengine.platform_requests import deliver
from gaelocal.appengine.project import Service, read_project
from gaelocal.appengine.project.requirements import requirements_of
from gaelocal.appengine.project_packages import ProjectPackages
from gaelocal.appengine.releases import Releases, Traffic, VersionRegistry
from gaelocal.appengine.releases.builds import Builds
from gaelocal.appengine.releases.environments import Environments
from gaelocal.appengine.releases.staging import Staging
from gaelocal.appengine.releases.version_store import VersionStore
from gaelocal.appengine.reloading import Watcher
from gaelocal.appengine.runtime_options import RuntimeOptions
from gaelocal.appengine.usage_reports import UsageReports
from gaelocal.delivery import Delivered, Delivery
from gaelocal.ports import HOST, listening_socket, port_of
from gaelocal.supervision import Health
from gaelocal.yaml_files import ConfigError

GRACE = 5.0


class AppEngine:
    """Runs the project in the folder `app`. `environment` wins over app.yaml; fill it before the start.

    `variables_for` returns more of them for one service.

    `releases` manages deployed versions, `traffic` the traffic splits and dispatch rules, `control` the
    running instances. `tickets` are those of the requests under way.
    """

    def __init__(  # noqa: PLR0913 - the whole configuration, said once
        self,
        app: Path,
        port: int,
        project: str,
        environment: Mapping[str, str],
        data: Path,
        *,
        terminal: TextIO | None = sys.stdout,
        layout: Layout | None = None,
        health: Health | None = None,
        files: tuple[Path, ...] = (),
        installs: bool = False,
        log_level: str = "info",
        watches: bool = False,
        options: RuntimeOptions | None = None,
    ) -> None:
        self.environment = environment
        self.variables_for: Callable[[Service], Mapping[str, str]] = lambda _: {}
        self._health = health or Health()
        self.logs = LogBuffer(LogFile(data / "logs"), Terminal(terminal, log_level), self._health)
        self.tickets = ApiTickets()
        self.usage = UsageReports()
        self._layout = layout or Layout()
        self._app = app.absolute()
        self._files = tuple(file.absolute() for file in files)
        self._installs = installs
        self._watches = watches
        self._options = options or RuntimeOptions()
        self._access = FileAccess()
        self._watcher: Watcher | None = None
        self._data = data.absolute()
        self._port = port
        self._project = project
        self._reaper = Reaper(data)
        self._registry = VersionRegistry(project)
        component = self._health.component("memory limits")
        self._memory_limits = MemoryLimits(self._registry, self.logs, component)
        self._hours = InstanceHours(self._data, self._health.component("instance hours"))
        sign_in = SignIn(self._layout.identity, self._data / "session.key")
        self._front_door = FrontDoor(
            self._registry,
            self.logs,
            sign_in,
            https_redirects=self._layout.https_redirects,
            edge_cache=self._layout.edge_cache,
        )
        version_store = VersionStore(self._data)
        builds = Builds(self.logs, self._reaper)
        environments = Environments(self._data, builds, self._options.installer)
        self._packages = ProjectPackages(self._app, self._data, environments, self._notice_of)
        staging = Staging(self._data, environments, self._deployed, self.logs)
        self.releases = Releases(self._registry, version_store, staging)
        self.traffic = Traffic(self._registry, version_store, staging)
        self.control = Control(self._registry, self.releases, self.traffic, self.instances, self._hours)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    def address_of(self, service: str, version: str | None = None) -> str:
        """Return the browser address of a service or of one version."""
        name = f"{version}-dot-{service}" if version else service
        return f"http://{name}.localhost:{self._port}"

    async def start(self, prepared: Awaitable[None] | None = None) -> None:
        """Start every service; return when each is ready or has failed (`failing`).

        No process of a service starts before `prepared` is over. Without a front door, do not wait for the
        services: they may need components that start later.

        Raises:
            ConfigError: a yaml file or the port is wrong; nothing was started.
        """
        probing = asyncio.ensure_future(asyncio.to_thread(self._find_access))
        found = read_project(self._app, self.releases.load(), self._files)
        services = self._layout.place(found.services)
        self._reaper.open()
        self._access = access = await probing
        if access.method:
            self._notice(f"instances can write only to {access.writable} ({access.method}), {SWITCH_OFF}")
        if self._installs:
            services = [await self._packages.install(service) for service in services]
        await self.releases.restore([self._of_project(service) for service in services], found.dispatch)
        if self._layout.has_front_door:
            await self._open()
        self._warn(found.warnings)
        self._warn_of_deployed()
        self._hours.start()
        if self._options.memory_limits:
            self._memory_limits.start()
        if prepared is not None:
            await prepared
        residents = [running for running in self._registry if running.is_resident]
        for running in residents:
            running.start()
        if self._layout.has_front_door:
            await asyncio.gather(*(self._settle(running) for running in residents))
        if self._watches:
            folders = {service.name: service.folder for service in services if not service.address}
            self._watcher = Watcher(
                folders, [self._data.parent], self._reload, self._health.component("file watcher")
            )
            self._watcher.start()

    async def _settle(self, running: RunningVersion) -> None:
        """Wait for a version; if it fails to import its packages, start it with older ones."""
        await running.settled()
        service, failure = running.service, running.failure
        if not (
            self._installs and running.fails_to_import and await self._packages.try_older(service, failure)
        ):
            return
        older = self._of_project(service)
        await self.releases.resize_as_before(older)
        older.start()
        await older.settled()
        if older.failure:
            await older.stop(0)
            self._packages.give_up(service, failure)
            return
        async with self._registry.changing:
            self._registry.service(service.name).put(older)
        self._packages.keep_older(service, failure)
        await running.stop(0)

    @property
    def is_watching(self) -> bool:
        """Return whether file changes are being watched."""
        return bool(self._watcher and self._watcher.is_active)

    async def _reload(self, names: set[str]) -> None:
        """Reload changed services; on failure keep the running ones and log the reason."""
        try:
            found = read_project(self._app, self.releases.load_names(), self._files)
            services = [found.services[name] for name in sorted(names & set(found.services))]
            versions = [self._of_project(service) for service in self._layout.place_some(services)]
        except ConfigError as error:
            self._warn([f"not reloaded: {error}"])
            return
        await asyncio.gather(*(self._replace(version) for version in versions))

    async def _replace(self, new: RunningVersion) -> None:
        """Put a version in the place of its predecessor if it starts; a stopped one stays stopped."""
        service, started = new.service, time.monotonic()
        versions = self._registry.service(service.name)
        old = versions.get(service.version)
        if old and old.is_stopped:
            return
        await self.releases.resize_as_before(new)
        new.start()
        await new.settled()
        if new.failure and old and not old.failure:
            await new.stop(0)
            self._warn([f"{service.name} is not reloaded, the old instances keep running: {new.failure}"])
            return
        async with self._registry.changing:
            if old and old.is_stopped:  # while the new one started
                await new.stop(0)
                return
            await self.releases.resize_as_before(new)
            versions.put(new)
        message = new.failure or f"reloaded in {time.monotonic() - started:.1f} s"
        self._notice_of(service.name, message)
        if old:
            await old.stop(GRACE)

    def failing(self) -> dict[str, str]:
        """Return the services that do not answer, each with its reason in one line."""
        reasons = {running.name: running.failure for running in self._registry if running.is_resident}
        return {name: reason for name, reason in reasons.items() if reason}

    async def stop(self, grace: float = GRACE) -> None:
        """Wait up to `grace` seconds for running requests, then end every process."""
        if self._watcher:
            await self._watcher.stop()
        await self._memory_limits.stop()
        await self.releases.close()
        await self._front_door.close(grace)
        await asyncio.gather(*(running.stop(grace) for running in self._registry))
        await self._hours.stop()
        self._reaper.close()
        self.logs.write()

    async def send(self, delivery: Delivery) -> Delivered:
        """Send a request of the platform itself directly to a service.

        Raises:
            DeliveryFailed: no answer came.
        """
        return await deliver(delivery, self._registry, self.logs, self._front_door.host)

    def instances(self) -> list[dict[str, object]]:
        """Return every instance, and one row for each version that sleeps or is stopped."""
        return [self._row(running, instance) for running in self._registry for instance in running.instances]

    def serve_blobs(self, make_blobs: Callable[[], Blobs]) -> None:
        """Let the front door take uploads for the Blobstore and send its blobs."""
        self._front_door.make_blobs = make_blobs

    @property
    def registry(self) -> VersionRegistry:
        """Every version of every service."""
        return self._registry

    def requests_by_service(self) -> dict[str, int]:
        """Return how many requests this process has sent to each service."""
        counts: dict[str, int] = {}
        for running in self._registry:
            sent = sum(instance.requests for instance in running.instances)
            counts[running.service.name] = counts.get(running.service.name, 0) + sent
        return counts

    def _row(self, running: RunningVersion, instance: Instance) -> dict[str, object]:
        row = describe(running, instance)
        if self._layout.has_front_door:
            row["address"] = row["instance_address"] = self.address_of(*_named(running))
            if running.service.scaling.must_start:
                version = f"{instance.index}-dot-{running.service.version}"
                row["instance_address"] = self.address_of(running.service.name, version)
        return self.usage.add_to(row) if running.service.address else row

    def tell(self, severity: str, message: str) -> None:
        """Log a line of gaelocal itself."""
        self.logs.keep(Entry(time.time(), severity, Source("gaelocal"), "platform", message))

    def _warn(self, warnings: Iterable[str]) -> None:
        for line in warnings:
            self.tell("WARNING", line)

    def _find_access(self) -> FileAccess:
        """Test how this system can keep instances from writing; this takes some time."""
        starts_instances = self._layout.starts_services and not self._layout.services_at
        return (
            read_only((self._app, self._data))
            if self._options.read_only and starts_instances
            else FileAccess()
        )

    def _notice(self, message: str) -> None:
        self.tell("NOTICE", message)

    def _notice_of(self, service: str, message: str) -> None:
        self.logs.keep(Entry(time.time(), "NOTICE", Source(service), "platform", message))

    def _warn_of_deployed(self) -> None:
        """Warn if edits have no effect because a deployed version serves the traffic."""
        for name, versions in self._registry.services.items():
            if shares := versions.shares_besides_dev():
                message = f"traffic goes to the deployed versions: {shares}"
                self._notice_of(name, message)

    async def _open(self) -> None:
        sock = listening_socket(self._port, "--port", self._layout.host)
        self._port = port_of(sock)
        await self._front_door.open(sock, f"localhost:{self._port}")

    def _of_project(self, service: Service) -> RunningVersion:
        """Return what runs a service from the project's folder, with the reason if it cannot run."""
        environment = self._packages.environment_of(service)
        if not (service.unavailable or service.address) and (text := environment.mismatch(service.runtime)):
            self._warn([str(service.refuse("runtime", text))])
        supplied = supply_gunicorn(environment, self._data)
        programs = [environment.programs, *([supplied] if supplied else [])]
        running = self._running(service, programs)
        if (reason := running.check()) and not service.unavailable:
            reason = f"{reason} {way_to_install(requirements_of(service.folder), environment.folder)}"
            return self._running(replace(service, unavailable=reason), programs)
        return running

    def _deployed(self, service: Service, programs: Path, deployment: str) -> RunningVersion:
        return self._running(service, [programs], deployment)

    def _running(self, service: Service, programs: Sequence[Path], deployment: str = "1") -> RunningVersion:
        environment = instance_environment(service, programs, self._project, self._given(service), deployment)
        return RunningVersion(
            service,
            environment,
            self.logs,
            self._reaper,
            self._health,
            tickets=self.tickets,
            options=self._options,
            access=self._access,
            hours=self._hours,
        )

    def _given(self, service: Service) -> Mapping[str, str]:
        given = {**self.environment, **self.variables_for(service)}
        if not service.has_bundled_services or self._layout.api_server is None:
            return given
        return bundled_services_environment(given, self._layout.api_server)


def _named(running: RunningVersion) -> tuple[str, str]:
    return running.service.name, running.service.version
