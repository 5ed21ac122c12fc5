"""A Cloud Tasks server in a thread of its own, an app with configurable responses, and Google's client."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import grpc
from google.cloud import tasks_v2, tasks_v2beta3
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport
from google.cloud.tasks_v2beta3.services.cloud_tasks.transports import (
    CloudTasksGrpcTransport as BetaTransport,
)
from tests.manual_clock import ManualClock, quiet

from gaelocal.credentials import Credentials
from gaelocal.delivery import Delivered, Delivery, DeliveryFailed
from gaelocal.tasks import QueueConfig, TasksServer

LOCATION = "projects/photo-timeline/locations/europe-west1"
NO_ANSWER = 0
BOUND = 10.0


class App:
    """The services behind the queues: records requests, returns the configured responses."""

    def __init__(self) -> None:
        self.got: list[Delivery] = []
        self.answers: list[int] = []
        self.always = 200
        self.gate: asyncio.Event | None = None
        self.under_way = 0

    async def deliver(self, delivery: Delivery) -> Delivered:
        self.got.append(delivery)
        self.under_way += 1
        try:
            if self.gate:
                await self.gate.wait()
        finally:
            self.under_way -= 1
        status = self.answers.pop(0) if self.answers else self.always
        if status == NO_ANSWER:
            raise DeliveryFailed("gone")
        return Delivered(status)

    @property
    def paths(self) -> list[str]:
        return [delivery.path for delivery in self.got]


class TasksHarness:
    """Runs one server; `stop` and `start` again are a restart with the same folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.clock: Any = ManualClock()
        self.app = App()
        self.port = 0
        self.project: str | None = None
        self.credentials: Credentials | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.server: TasksServer | None = None
        self._channel: grpc.Channel | None = None

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(BOUND)

    def start(self, *queues: QueueConfig) -> tasks_v2.CloudTasksClient:
        self.server = TasksServer(
            self.data,
            self.port,
            queues,
            self.app.deliver,
            clock=self.clock,
            project=self.project,
            credentials=self.credentials,
        )
        self.do(self.server.start())
        self._channel = grpc.insecure_channel(self.server.address)
        return tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=self._channel))

    def beta_client(self) -> tasks_v2beta3.CloudTasksClient:
        assert self._channel
        return tasks_v2beta3.CloudTasksClient(transport=BetaTransport(channel=self._channel))

    def stop(self) -> None:
        if self._channel:
            self._channel.close()
            self._channel = None
        if self.server:
            self.do(self.server.stop())
            self.server = None

    def close(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(BOUND)
        self._loop.close()

    def advance(self, seconds: float) -> None:
        self.do(self.clock.advance(seconds))

    def quiet(self) -> None:
        self.do(quiet())

    def ask(self, question: Callable[[], Any]) -> Any:
        async def answer() -> Any:
            return question()

        return self.do(answer())

    def until(self, condition: Callable[[], Any]) -> None:
        end = time.monotonic() + BOUND
        while not self.ask(lambda: bool(condition())):  # on the loop: a list may fill up on its way here
            self.quiet()
            assert time.monotonic() < end, "the condition never came true"

    def queue(self, name: str) -> dict[str, Any]:
        """Return the console's row of a queue; can be used inside `until`."""
        server = self.server
        assert server
        is_inside = threading.current_thread() is self._thread
        rows = server.queues() if is_inside else self.ask(server.queues)
        return next(row for row in rows if row["name"] == name)

    def queue_waits(self, name: str) -> bool:
        """Return whether a request was sent and the queue has tasks, but none is running."""
        row = self.queue(name)
        return bool(row["tasks"]) and not row["running"] and bool(self.app.got)


def queue_path(queue: str = "q", location: str = LOCATION) -> str:
    return f"{location}/queues/{queue}"


def a_task(path: str = "/work", **changes: Any) -> tasks_v2.Task:
    request = {"relative_uri": path} | changes.pop("request", {})
    return tasks_v2.Task(app_engine_http_request=request, **changes)
