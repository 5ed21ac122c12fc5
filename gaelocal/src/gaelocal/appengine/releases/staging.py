"""Turn uploaded files into a running version, and remove it again."""

import asyncio
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from gaelocal.appengine.instances import RunningVersion
from gaelocal.appengine.logs import LogBuffer
from gaelocal.appengine.project import Service, read_service
from gaelocal.appengine.releases.deployment_files import DeploymentFiles
from gaelocal.appengine.releases.environments import Environments
from gaelocal.appengine.releases.errors import DoesNotStart, InvalidVersion
from gaelocal.appengine.releases.version import NewVersion, Version
from gaelocal.yaml_files import ConfigError

MakeRunning = Callable[[Service, Path, str], RunningVersion]
"""Makes what runs a service, from the folder of its programs and the id of its deployment."""


class Staged(NamedTuple):
    version: Version
    running: RunningVersion


class Staging:
    def __init__(self, data: Path, environments: Environments, make: MakeRunning, logs: LogBuffer) -> None:
        self._deployment_files = DeploymentFiles(data)
        self._environments = environments
        self._make = make
        self._logs = logs

    async def stage(self, new: NewVersion) -> Staged:
        """Write the files, build the environment, wait until it is ready; remove everything if that fails."""
        deployment = str(time.time_ns() // 1000)
        try:
            return await self._stage(deployment, new)
        except BaseException:
            self._deployment_files.remove(deployment)
            raise

    def restore(self, version: Version) -> RunningVersion:
        """Return the running version of a deployment from before a restart."""
        file = self._deployment_files.app_yaml(version.deployment)
        service = read_service(file, version.id, self._deployment_files.files(version.deployment))
        return self._make(service, self._environments.programs(version.environment), version.deployment)

    async def put_away(self, staged: Staged) -> None:
        staged.running.is_stopped = True
        await staged.running.stop()
        self._deployment_files.remove(staged.version.deployment)

    def tidy(self, versions: list[Version]) -> None:
        """Remove files that no version needs: of interrupted and replaced deployments."""
        self._deployment_files.keep_only(version.deployment for version in versions)
        self._environments.keep_only(version.environment for version in versions)

    async def prove(self, running: RunningVersion) -> None:
        """Start it if it sleeps; stop it again if it does not respond.

        Raises:
            DoesNotStart: with its last lines.
        """
        try:
            if reason := running.check():
                raise DoesNotStart(f"{running.name}: {reason}")
            responds = await running.responds()
        except ConfigError as error:
            raise DoesNotStart(without_location(error, running.service.file)) from None
        except asyncio.CancelledError:
            await running.stop(0)
            raise
        if not responds:
            await running.stop(0)
            output = self._logs.last_lines(running.service.name, running.service.version)
            raise DoesNotStart("\n".join((f"{running.name} does not start", *output)))

    async def _stage(self, deployment: str, new: NewVersion) -> Staged:
        size = await asyncio.to_thread(self._deployment_files.put, deployment, new)
        service = self._read(deployment, new)
        environment = await self._environments.ready_for(service)
        running = self._make(service, self._environments.programs(environment), deployment)
        await self.prove(running)
        version = Version(
            service=new.service,
            id=new.id,
            deployment=deployment,
            created=datetime.now(UTC),
            resource=new.resource,
            size=size,
            environment=environment,
        )
        return Staged(version, running)

    def _read(self, deployment: str, new: NewVersion) -> Service:
        file = self._deployment_files.app_yaml(deployment)
        try:
            service = read_service(file, new.id, self._deployment_files.files(deployment))
        except ConfigError as error:
            raise InvalidVersion(f"{new.service}: {without_location(error, file)}") from None
        if service.unavailable and not service.handlers:
            raise InvalidVersion(f"{new.service}: {service.unavailable}")
        return service


def without_location(error: ConfigError, file: Path) -> str:
    """Return the message without the location of a generated file."""
    return re.sub(rf"^{re.escape(str(file))}:\d+: ", "", str(error))
