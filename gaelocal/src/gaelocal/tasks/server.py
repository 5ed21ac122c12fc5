"""The Cloud Tasks of the laptop: a gRPC server, the queues, and the file they are kept in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import grpc.aio

from gaelocal.clock import Clock, WallClock
from gaelocal.delivery import Deliver
from gaelocal.ports import HOST, free_port
from gaelocal.supervision import Health
from gaelocal.tasks import overview
from gaelocal.tasks.attempts import Attempts
from gaelocal.tasks.batch_service import BatchService
from gaelocal.tasks.queue_config import QueueConfig
from gaelocal.tasks.queue_service import QueueService
from gaelocal.tasks.queues import Queues
from gaelocal.tasks.rpc import rpc_handler
from gaelocal.tasks.store import Store
from gaelocal.tasks.task_service import TaskService
from gaelocal.yaml_files import ConfigError

OPTION = "--port"
MAX_MESSAGE = 64 * 1024 * 1024
"""A batch of a hundred tasks, or a page of a thousand, is larger than gRPC's 4 MB."""

SETTINGS = (
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", MAX_MESSAGE),
    ("grpc.max_send_message_length", MAX_MESSAGE),
)


class TasksServer:
    """Speaks `google.cloud.tasks.v2`; works the queues off by `deliver`."""

    def __init__(  # noqa: PLR0913 - the whole configuration, said once
        self,
        data: Path,
        port: int,
        queues: Sequence[QueueConfig],
        deliver: Deliver,
        *,
        clock: Clock | None = None,
        health: Health | None = None,
        host: str = HOST,
    ) -> None:
        self._data = data
        self._host = host
        self._port = port
        self._configs = queues
        self._deliver = deliver
        self._clock = clock or WallClock()
        self._health = health or Health(self._clock)

    @property
    def address(self) -> str:
        return f"{self._host}:{self._port}"

    async def start(self) -> None:
        """Open the store, listen, and go on with the tasks that are waiting.

        Raises:
            ConfigError: the port is taken.
        """
        self._server = self._bound_server()
        self._store = Store(self._data / "tasks.sqlite3")
        self._attempts = Attempts(self._deliver)
        self._queues = Queues(self._store, self._attempts, self._clock, self._health)
        self._queues.open(self._configs)
        self._server.add_generic_rpc_handlers((self._handler(),))
        await self._server.start()

    async def stop(self) -> None:
        """Stop answering and dispatching; what was under way runs again after the next start."""
        await self._server.stop(grace=None)
        await self._queues.close()
        await self._attempts.close()
        self._store.close()

    def queues(self) -> list[dict[str, Any]]:
        """Give all queues for the console."""
        return overview.of_queues(self._queues, self._store)

    @property
    def control(self) -> Queues:
        """What is behind the calls, for those who speak another protocol than gRPC; there once it runs."""
        return self._queues

    def tasks(self, queue: str) -> list[dict[str, Any]]:
        """Give the first tasks of a queue for the console.

        Raises:
            LookupError: there is no such queue.
        """
        return overview.of_tasks(self._queues, self._store, queue)

    def dead(self, queue: str) -> list[dict[str, Any]]:
        """Give the last tasks of a queue that were given up, the newest first.

        Raises:
            LookupError: there is no such queue.
        """
        return overview.of_dead(self._queues, self._store, queue)

    def _bound_server(self) -> grpc.aio.Server:
        self._port = free_port(self._port, OPTION, self._host)
        server = grpc.aio.server(options=SETTINGS)
        try:
            server.add_insecure_port(self.address)
        except RuntimeError as error:
            raise ConfigError(
                f"port {self._port} cannot be used; choose another one with {OPTION}"
            ) from error
        return server

    def _handler(self) -> grpc.GenericRpcHandler:
        tasks = TaskService(self._queues, self._store, self._clock)
        return rpc_handler(
            QueueService(self._queues), tasks, BatchService(tasks, self._clock), self._store.until_writable
        )
