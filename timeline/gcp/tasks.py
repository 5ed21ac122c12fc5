"""The Cloud Tasks client: create tasks that POST JSON to the application."""

import json
from datetime import UTC, datetime

import grpc
from google.api_core.exceptions import AlreadyExists, NotFound
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport
from google.protobuf.timestamp_pb2 import Timestamp

from timeline.errors import Unavailable
from timeline.gcp.retries import retry_for, translated
from timeline.interfaces import Task
from timeline.settings import Settings

RPC_SECONDS = 1.0
TOTAL_SECONDS = 1.5
"""A request waits this long after its commit; after that the sweep creates the task."""
RECONNECT = [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 1000)]


def connect(settings: Settings) -> "CloudTasks":
    return CloudTasks(_client(settings), settings.google_cloud_project, settings.tasks_location)


class CloudTasks:
    """Implements interfaces.Tasks."""

    def __init__(self, client: tasks_v2.CloudTasksClient, project: str, location: str) -> None:
        self._client = client
        self._project = project
        self._location = location

    def add(self, task: Task) -> None:
        queue = self._client.queue_path(self._project, self._location, task.queue)
        created = _wire_task(task, f"{queue}/tasks/{task.name}")
        try:
            with translated("Cloud Tasks"):
                self._client.create_task(
                    parent=queue, task=created, retry=retry_for(TOTAL_SECONDS), timeout=RPC_SECONDS
                )
        except AlreadyExists:
            return
        except NotFound as error:
            raise Unavailable(f"The queue {task.queue} does not exist.") from error

    def close(self) -> None:
        self._client.transport.close()  # type: ignore[no-untyped-call]


def _wire_task(task: Task, name: str) -> tasks_v2.Task:
    """The task has no target service: queue.yaml sets the target of each queue."""
    request = tasks_v2.AppEngineHttpRequest(
        http_method=tasks_v2.HttpMethod.POST,
        relative_uri=task.path,
        headers={"Content-Type": "application/json"},
        body=json.dumps(task.body).encode(),
    )
    created = tasks_v2.Task(name=name, app_engine_http_request=request)
    if task.due is not None or task.delay:
        due = Timestamp()
        due.FromDatetime(task.due or datetime.now(UTC) + task.delay)
        created.schedule_time = due
    return created


def _client(settings: Settings) -> tasks_v2.CloudTasksClient:
    """The library has no emulator variable; CLOUD_TASKS_EMULATOR_HOST is the name that other tools use."""
    if not settings.cloud_tasks_emulator_host:
        return tasks_v2.CloudTasksClient()
    channel = grpc.insecure_channel(settings.cloud_tasks_emulator_host, options=RECONNECT)
    return tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
