"""The Cloud Tasks emulator: a gRPC server, the queues, and the file they are kept in."""

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gaelocal.clock import Clock, WallClock
from gaelocal.credentials import Credentials
from gaelocal.delivery import Deliver
from gaelocal.google_api import Service, grpc_methods
from gaelocal.google_api.rest_app import rest_app
from gaelocal.google_api.unsupported import refusal_of_unsupported
from gaelocal.http2 import GrpcServer
from gaelocal.ports import HOST, listening_socket, port_of
from gaelocal.supervision import Health
from gaelocal.tasks import overview
from gaelocal.tasks.attempts import Attempts
from gaelocal.tasks.protocol.api import TasksApi
from gaelocal.tasks.protocol.firebase import firebase_routes
from gaelocal.tasks.queue_config import QueueConfig
from gaelocal.tasks.queue_operations import QueueOperations
from gaelocal.tasks.queues import Queues
from gaelocal.tasks.state.queue_state import Origin, State
from gaelocal.tasks.state.store import Store

OPTION = "--port"


class TasksServer:
    """Serves `google.cloud.tasks.v2` and v2beta3 over gRPC and REST, and sends the tasks by `deliver`.

    `port` is a number, 0 for any free one, or a socket that listens already.
    `project` None accepts every project. `app_address` is where a browser reaches the app: `localhost:8080`.
    Other APIs can be served on the same port by `add_service`, before the start.
    """

    def __init__(  # noqa: PLR0913 - the whole configuration, said once
        self,
        data: Path,
        port: int | socket.socket,
        queues: Sequence[QueueConfig],
        deliver: Deliver,
        *,
        clock: Clock | None = None,
        health: Health | None = None,
        host: str = HOST,
        project: str | None = None,
        app_address: str = "",
        credentials: Credentials | None = None,
    ) -> None:
        self._data = data
        self._host = host
        self._port = port
        self._configs = queues
        self._deliver = deliver
        self._clock = clock or WallClock()
        self._health = health or Health(self._clock)
        self._project = project
        self._app_address = app_address
        self._credentials = credentials
        self._more_services: list[Service] = []

    @property
    def address(self) -> str:
        port = self._port if isinstance(self._port, int) else port_of(self._port)
        return f"{self._host}:{port}"

    async def start(self) -> None:
        """Open the store, listen, and continue with the waiting tasks.

        Raises:
            ConfigError: the port is taken.
        """
        if isinstance(self._port, int):
            self._port = listening_socket(self._port, OPTION, self._host)
        self._store = Store(self._data / "tasks.sqlite3")
        self._attempts = Attempts(self._deliver, self._credentials)
        self._queues = Queues(self._store, self._attempts, self._clock, self._health)
        self._queues.open(self._configs)
        self.api = self._api()
        services = [*self.api.grpc_services(), *self._more_services]
        self._server = GrpcServer(
            self._port,
            {path: method for service in services for path, method in grpc_methods(service).items()},
            rest_app(services, firebase_routes(self.api.v2())),
            refuse=refusal_of_unsupported({service.name for service in services}),
        )
        await self._server.start()

    async def reset(self) -> None:
        """Delete all tasks, and the queues that queue.yaml does not have; the others run again."""
        self._store.clear()
        for dispatcher in list(self._queues):
            name = dispatcher.queue.config.name
            if dispatcher.queue.origin is Origin.FILE:
                self._queues.set_state(name, State.RUNNING)
            else:
                await self._queues.remove(name)
        self._store.clear()

    async def stop(self) -> None:
        """Stop answering and dispatching; tasks under way run again after the next start."""
        await self._server.stop()
        await self._queues.close()
        await self._attempts.close()
        self._store.close()

    def queues(self) -> list[dict[str, Any]]:
        """Return all queues for the console."""
        return overview.of_queues(self._queues, self._store)

    @property
    def control(self) -> Queues:
        """The queues behind the API; available once the server runs."""
        return self._queues

    @property
    def operations(self) -> QueueOperations:
        """The console's operations on queues and tasks; available once the server runs."""
        return QueueOperations(self._queues, self._store, self._clock)

    def tasks(self, queue: str) -> list[dict[str, Any]]:
        """Return the first tasks of a queue for the console.

        Raises:
            LookupError: there is no such queue.
        """
        return overview.of_tasks(self._queues, self._store, queue)

    def dead(self, queue: str) -> list[dict[str, Any]]:
        """Return the last dead tasks of a queue, the newest first.

        Raises:
            LookupError: there is no such queue.
        """
        return overview.of_dead(self._queues, self._store, queue)

    def accept_any_project(self) -> None:
        """Accept queues of every project; call it before the start."""
        self._project = None

    def add_service(self, service: Service) -> None:
        self._more_services.append(service)

    def _api(self) -> TasksApi:
        return TasksApi(
            queues=self._queues,
            store=self._store,
            clock=self._clock,
            folder=self._data,
            project=self._project,
            app_address=self._app_address,
            can_sign=self._credentials is not None,
        )
