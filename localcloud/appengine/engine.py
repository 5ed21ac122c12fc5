"""App Engine as the rest of the local cloud sees it: start, stop, send, look."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from localcloud.appengine.console import describe
from localcloud.appengine.delivering import deliver
from localcloud.appengine.front_door import FrontDoor
from localcloud.appengine.instances import Guard, RunningService
from localcloud.appengine.instances.environment import instance_environment
from localcloud.appengine.logs import LogBook
from localcloud.appengine.logs.file import LogFile
from localcloud.appengine.project import Project, read_project
from localcloud.delivery import Delivered, Delivery
from localcloud.ports import HOST, listening_socket, port_of

GRACE = 5.0


class AppEngine:
    """Runs the project in the folder `app`. `environment` wins over app.yaml; fill it before the start."""

    def __init__(  # noqa: PLR0913 - the whole configuration, said once
        self,
        app: Path,
        port: int,
        project: str,
        environment: Mapping[str, str],
        data: Path,
        *,
        terminal: TextIO | None = sys.stdout,
    ) -> None:
        self.environment = environment
        self.logs = LogBook(LogFile(data / "logs"), terminal)
        self._app = app.absolute()
        self._port = port
        self._project = project
        self._guard = Guard(data)
        self._services: dict[str, RunningService] = {}
        self._found: Project | None = None
        self._door: FrontDoor | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    async def start(self) -> None:
        """Return when every service answers, or has shown that it cannot start: `failing` names those.

        Raises:
            ConfigError: something in the yaml files or the port; nothing was started then.
        """
        self._found = found = read_project(self._app)
        self._services = {name: self._running(name, found) for name in found.services}
        for running in self._services.values():
            running.check()
        await self._open(found)
        self._guard.open()
        for running in self._services.values():
            running.start()
        await asyncio.gather(*(running.settled() for running in self._services.values()))

    def failing(self) -> list[str]:
        return [name for name, running in self._services.items() if not running.is_ready]

    async def until_ready(self) -> None:
        """Wait, however long it takes, until every service answers."""
        await asyncio.gather(*(running.ready() for running in self._services.values()))

    async def stop(self, grace: float = GRACE) -> None:
        """Let running requests end within `grace` seconds, then end every process."""
        if self._door:
            await self._door.close(grace)
        await asyncio.gather(*(running.stop(grace) for running in self._services.values()))
        self._guard.close()
        self.logs.write()

    async def send(self, delivery: Delivery) -> Delivered:
        """Take a request of the platform itself straight to a service.

        Raises:
            DeliveryFailed: no answer came.
        """
        dispatch = self._found.dispatch if self._found else None
        return await deliver(delivery, self._services, dispatch, self.logs)

    def instances(self) -> list[dict[str, object]]:
        return [
            describe(running.service, instance)
            for running in self._services.values()
            for instance in running.instances
        ]

    async def _open(self, found: Project) -> None:
        sock = listening_socket(self._port, "--port")
        self._port = port_of(sock)
        self._door = FrontDoor(self._services, found.dispatch, self.logs)
        await self._door.open(sock, f"localhost:{self._port}")

    def _running(self, name: str, found: Project) -> RunningService:
        service = found.services[name]
        environment = instance_environment(service, self._app, self._project, self.environment)
        return RunningService(service, environment, self.logs, self._guard)
