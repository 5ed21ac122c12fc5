"""The App Engine emulator: start, stop, deliver requests, list instances, deploy."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from gaelocal.appengine.front_door import FrontDoor
from gaelocal.appengine.front_door.proxy import Blobs
from gaelocal.appengine.front_door.sign_in import SignIn
from gaelocal.appengine.instance_report import describe
from gaelocal.appengine.instances import ApiTickets, Instance, Reaper, RunningVersion
from gaelocal.appengine.instances.environment import bundled_services_environment, instance_environment
from gaelocal.appengine.instances.python_environment import (
    PythonEnvironment,
    find_environment,
    interpreter_for,
)
from gaelocal.appengine.instances.supplied_gunicorn import supply_gunicorn
from gaelocal.appengine.layout import Layout
from gaelocal.appengine.logs import Entry, LogBuffer, Source
from gaelocal.appengine.logs.file import LogFile
from gaelocal.appengine.logs.terminal import Terminal
from gaelocal.appengine.platform_requests import deliver
from gaelocal.appengine.project import Service, read_project
from gaelocal.appengine.releases import Releases, Traffic, VersionRegistry
from gaelocal.appengine.releases.builds import Builds
from gaelocal.appengine.releases.environments import Environments
from gaelocal.appengine.releases.errors import BuildFailed
from gaelocal.appengine.releases.staging import Staging
from gaelocal.appengine.releases.version_store import VersionStore
from gaelocal.appengine.reloading import Watcher
from gaelocal.appengine.usage_reports import UsageReports
from gaelocal.delivery import Delivered, Delivery
from gaelocal.ports import HOST, listening_socket, port_of
from gaelocal.supervision import Health
from gaelocal.yaml_files import ConfigError

GRACE = 5.0


class AppEngine:
    """Runs the project in the folder `app`. `environment` wins over app.yaml; fill it before the start.

    `releases` manages deployed versions, `traffic` the traffic splits and dispatch rules.
    `tickets` are those of the requests under way.
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
    ) -> None:
        self.environment = environment
        self._health = health or Health()
        self.logs = LogBuffer(LogFile(data / "logs"), Terminal(terminal, log_level), self._health)
        self.tickets = ApiTickets()
        self.usage = UsageReports()
        self._layout = layout or Layout()
        self._app = app.absolute()
        self._files = tuple(file.absolute() for file in files)
        self._installs = installs
        self._watches = watches
        self._watcher: Watcher | None = None
        self._data = data.absolute()
        self._port = port
        self._project = project
        self._reaper = Reaper(data)
        self._registry = VersionRegistry(project)
        sign_in = SignIn(self._layout.identity, self._data / "session.key")
        self._front_door = FrontDoor(
            self._registry, self.logs, sign_in, https_redirects=self._layout.https_redirects
        )
        version_store = VersionStore(self._data)
        self._environments = Environments(self._data, Builds(self.logs, self._reaper))
        staging = Staging(self._data, self._environments, self._deployed, self.logs)
        self.releases = Releases(self._registry, version_store, staging)
        self.traffic = Traffic(self._registry, version_store, staging)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    def address_of(self, service: str, version: str | None = None) -> str:
        """Return the browser address of a service or of one version."""
        name = f"{version}-dot-{service}" if version else service
        return f"http://{name}.localhost:{self._port}"

    async def start(self) -> None:
        """Start every service; return when each is ready or has failed (`failing`).

        Without a front door, do not wait: services may need components that start later.

        Raises:
            ConfigError: a yaml file or the port is wrong; nothing was started.
        """
        found = read_project(self._app, self.releases.load(), self._files)
        services = self._layout.place(found.services)
        self._reaper.open()
        if self._installs:
            services = [await self._installed(service) for service in services]
        self.releases.restore([self._of_project(service) for service in services], found.dispatch)
        if self._layout.has_front_door:
            await self._open()
        self._warn(found.warnings)
        self._warn_of_deployed()
        residents = [running for running in self._registry if running.is_resident]
        for running in residents:
            running.start()
        if self._layout.has_front_door:
            await asyncio.gather(*(running.settled() for running in residents))
        if self._watches:
            folders = {service.name: service.folder for service in services if not service.address}
            self._watcher = Watcher(
                folders, [self._data.parent], self._reload, self._health.component("file watcher")
            )
            self._watcher.start()

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
        new.start()
        await new.settled()
        if new.failure and old and not old.failure:
            await new.stop(0)
            self._warn([f"{service.name} is not reloaded, the old instances keep running: {new.failure}"])
            return
        async with self._registry.changing:
            versions.put(new)
        if old:
            await old.stop(GRACE)
        message = new.failure or f"reloaded in {time.monotonic() - started:.1f} s"
        self.logs.keep(Entry(time.time(), "NOTICE", Source(service.name), "platform", message))

    def failing(self) -> dict[str, str]:
        """Return the services that do not answer, each with its reason in one line."""
        reasons = {running.name: running.failure for running in self._registry if running.is_resident}
        return {name: reason for name, reason in reasons.items() if reason}

    async def stop(self, grace: float = GRACE) -> None:
        """Wait up to `grace` seconds for running requests, then end every process."""
        if self._watcher:
            await self._watcher.stop()
        await self.releases.close()
        await self._front_door.close(grace)
        await asyncio.gather(*(running.stop(grace) for running in self._registry))
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
            row["address"] = self.address_of(*_named(running))
        return self.usage.add_to(row) if running.service.address else row

    def _warn(self, warnings: Iterable[str]) -> None:
        for line in warnings:
            self.logs.keep(Entry(time.time(), "WARNING", Source("gaelocal"), "platform", line))

    def _warn_of_deployed(self) -> None:
        """Warn if edits have no effect because a deployed version serves the traffic."""
        for name, versions in self._registry.services.items():
            if shares := versions.shares_besides_dev():
                message = f"traffic goes to the deployed versions: {shares}"
                self.logs.keep(Entry(time.time(), "NOTICE", Source(name), "platform", message))

    async def _open(self) -> None:
        sock = listening_socket(self._port, "--port", self._layout.host)
        self._port = port_of(sock)
        await self._front_door.open(sock, f"localhost:{self._port}")

    async def _installed(self, service: Service) -> Service:
        """Install requirements.txt for a service without an environment of its own; report a failure."""
        has_own = find_environment(service.folder, self._app).is_own
        if has_own or service.unavailable or not (service.folder / "requirements.txt").is_file():
            return service
        try:
            await self._environments.install_for_project(service, interpreter_for(service.runtime))
        except BuildFailed as error:
            return replace(service, unavailable=_one_line(error))
        return service

    def _of_project(self, service: Service) -> RunningVersion:
        """Return what runs a service from the project's folder, with the reason if it cannot run."""
        environment = find_environment(service.folder, self._app)
        if not environment.is_own and (
            built := self._environments.find_for_project(service, interpreter_for(service.runtime))
        ):
            environment = PythonEnvironment(built, is_own=True)
        if not (service.unavailable or service.address) and (text := environment.mismatch(service.runtime)):
            self._warn([str(service.refuse("runtime", text))])
        supplied = supply_gunicorn(environment, self._data)
        programs = [environment.programs, *([supplied] if supplied else [])]
        running = self._running(service, programs)
        if (reason := running.check()) and not service.unavailable:
            requirements = service.folder / "requirements.txt"
            reason = f"{reason} in {environment.folder}; install {requirements} there, or use --install"
            return self._running(replace(service, unavailable=reason), programs)
        return running

    def _deployed(self, service: Service, programs: Path, deployment: str) -> RunningVersion:
        return self._running(service, [programs], deployment)

    def _running(self, service: Service, programs: Sequence[Path], deployment: str = "1") -> RunningVersion:
        environment = instance_environment(service, programs, self._project, self._given(service), deployment)
        return RunningVersion(
            service, environment, self.logs, self._reaper, self._health, tickets=self.tickets
        )

    def _given(self, service: Service) -> Mapping[str, str]:
        if not service.has_bundled_services or self._layout.api_server is None:
            return self.environment
        return bundled_services_environment(self.environment, self._layout.api_server)


def _one_line(error: BuildFailed) -> str:
    """Return what failed and the line in which pip says why; the log has the rest."""
    what, *output = str(error).splitlines()
    reasons = [line for line in output if "error" in line.lower()] or output[-1:]
    return " ".join([what.partition(": ")[2] or what, *(f"({line.strip()})" for line in reasons[:1])])


def _named(running: RunningVersion) -> tuple[str, str]:
    return running.service.name, running.service.version
