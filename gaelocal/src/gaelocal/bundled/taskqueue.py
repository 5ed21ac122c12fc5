"""The service `taskqueue`: push tasks, stored and sent by the Cloud Tasks emulator."""

import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from gaelocal.appengine.instances import Caller
from gaelocal.appengine.project import DEV
from gaelocal.bundled.errors import ApplicationError
from gaelocal.bundled.methods import Method
from gaelocal.google_api.errors import ApiError
from gaelocal.google_api.times import MICRO, duration, timestamp
from gaelocal.http2 import Status
from gaelocal.protobuf import bundled_taskqueue_pb2 as pb
from gaelocal.protobuf import tasks_pb2
from gaelocal.tasks import TasksServer
from gaelocal.tasks.queue_config import QueueConfig
from gaelocal.tasks.state.queue_state import Queue

Error = pb.TaskQueueServiceError
LOCATION = "us-central1"
DEFAULT_QUEUE = QueueConfig(name="default", rate=5, bucket_size=5)
"""Every App Engine project has this queue; the figures are those of Google's documentation."""

METHODS = {
    pb.TaskQueueAddRequest.GET: tasks_pb2.HttpMethod.GET,
    pb.TaskQueueAddRequest.POST: tasks_pb2.HttpMethod.POST,
    pb.TaskQueueAddRequest.HEAD: tasks_pb2.HttpMethod.HEAD,
    pb.TaskQueueAddRequest.PUT: tasks_pb2.HttpMethod.PUT,
    pb.TaskQueueAddRequest.DELETE: tasks_pb2.HttpMethod.DELETE,
}
ERRORS = {
    Status.ALREADY_EXISTS: Error.TASK_ALREADY_EXISTS,
    Status.NOT_FOUND: Error.UNKNOWN_QUEUE,
    Status.INVALID_ARGUMENT: Error.INVALID_REQUEST,
}
PULL = "gaelocal has no pull queues; Google replaced them by Pub/Sub"
SERVICE_HOST = re.compile(r"(?P<labels>[a-z0-9-]+(?:\.[a-z0-9-]+)*)\.localhost(?::\d+)?", re.I)

AddLater = Callable[[int, Callable[[], object]], None]
"""Registers what to do when a transaction, named by its handle, is committed."""


class TaskQueue:
    """`services` are the names of the project's services."""

    def __init__(
        self, tasks: TasksServer, project: str, services: Callable[[], frozenset[str]], add_later: AddLater
    ) -> None:
        self._tasks = tasks
        self._parent = f"projects/{project}/locations/{LOCATION}/queues"
        self._services = services
        self._add_later = add_later

    def methods(self) -> Mapping[str, Method]:
        return {
            "Add": Method(pb.TaskQueueAddRequest, self._add),
            "BulkAdd": Method(pb.TaskQueueBulkAddRequest, self._bulk_add),
            "Delete": Method(pb.TaskQueueDeleteRequest, self._delete),
            "PurgeQueue": Method(pb.TaskQueuePurgeQueueRequest, self._purge),
            "FetchQueues": Method(pb.TaskQueueFetchQueuesRequest, self._queues),
            "FetchQueueStats": Method(pb.TaskQueueFetchQueueStatsRequest, self._stats),
            "QueryAndOwnTasks": Method(pb.TaskQueueQueryAndOwnTasksRequest, _refuse_pull),
            "ModifyTaskLease": Method(pb.TaskQueueModifyTaskLeaseRequest, _refuse_pull),
        }

    def _add(self, request: Any, caller: Caller) -> Any:
        code, name = self._added(request, caller)
        if code:
            raise ApplicationError(code)
        return pb.TaskQueueAddResponse(chosen_task_name=name.encode())

    def _bulk_add(self, request: Any, caller: Caller) -> Any:
        response = pb.TaskQueueBulkAddResponse()
        for each in request.add_request:
            code, name = self._added(each, caller)
            result = response.taskresult.add(result=code)
            if name and not each.task_name:
                result.chosen_task_name = name.encode()
        return response

    def _added(self, request: Any, caller: Caller) -> tuple[int, str]:
        """Add a task, or have it added at the commit; return the error code and the task's name."""
        if request.mode == pb.TaskQueueMode.PULL:
            raise ApplicationError(Error.INVALID_QUEUE_MODE, PULL)
        queue = request.queue_name.decode()
        self._make_default_queue(queue)
        if queue not in self._tasks.control:
            return Error.UNKNOWN_QUEUE, ""
        task = self._task(request, queue, caller)
        if request.HasField("transaction"):
            self._add_later(request.transaction.handle, lambda: self._create(queue, task))
            return Error.OK, ""
        try:
            return Error.OK, self._create(queue, task)
        except ApiError as error:
            return ERRORS.get(error.code, Error.INTERNAL_ERROR), ""

    def _create(self, queue: str, task: tasks_pb2.Task) -> str:
        request = tasks_pb2.CreateTaskRequest(parent=f"{self._parent}/{queue}", task=task)
        created = self._tasks.api.tasks.create(request)
        return str(created.name).rpartition("/")[2]

    def _task(self, request: Any, queue: str, caller: Caller) -> tasks_pb2.Task:
        headers = {header.key.decode(): header.value.decode("latin-1") for header in request.header}
        host = next((headers.pop(name) for name in list(headers) if name.lower() == "host"), "")
        task = tasks_pb2.Task(
            app_engine_http_request={
                "http_method": METHODS[request.method],
                "relative_uri": request.url.decode(),
                "headers": headers,
                "body": request.body,
                "app_engine_routing": self._routing(host, caller),
            },
            schedule_time=timestamp(request.eta_usec / MICRO),
        )
        if request.task_name:
            task.name = f"{self._parent}/{queue}/tasks/{request.task_name.decode()}"
        if request.dispatch_deadline_usec:
            task.dispatch_deadline.CopyFrom(duration(request.dispatch_deadline_usec / MICRO))
        if request.HasField("retry_parameters"):
            _set_retry(task.retry_config, request.retry_parameters)
        return task

    def _routing(self, host: str, caller: Caller) -> dict[str, str]:
        """Return the part of the app that the Host header names, else the one that added the task."""
        match = SERVICE_HOST.fullmatch(host)
        labels = re.split(r"\.|-dot-", match["labels"].lower()) if match else []
        if not labels or labels == [caller.service]:
            own = {} if caller.version == DEV else {"version": caller.version}
            return {"service": caller.service, **own}
        if labels[-1] not in self._services():
            labels.append(caller.service)
        service, version, instance, *_ = [*reversed(labels), "", ""]
        return {"service": service, "version": version, "instance": instance}

    def _make_default_queue(self, queue: str) -> None:
        if queue == DEFAULT_QUEUE.name and queue not in self._tasks.control:
            self._tasks.control.put(Queue(DEFAULT_QUEUE))

    def _delete(self, request: Any, _caller: Caller) -> Any:
        response = pb.TaskQueueDeleteResponse()
        queue = f"{self._parent}/{request.queue_name.decode()}"
        for name in request.task_name:
            task = tasks_pb2.DeleteTaskRequest(name=f"{queue}/tasks/{name.decode()}")
            try:
                self._tasks.api.tasks.delete(task)
            except ApiError as error:
                is_known = request.queue_name.decode() in self._tasks.control
                unknown = Error.UNKNOWN_TASK if is_known else Error.UNKNOWN_QUEUE
                not_found = error.code is Status.NOT_FOUND
                response.result.append(unknown if not_found else Error.INVALID_TASK_NAME)
            else:
                response.result.append(Error.OK)
        return response

    def _purge(self, request: Any, _caller: Caller) -> Any:
        queue = request.queue_name.decode()
        self._make_default_queue(queue)
        if queue not in self._tasks.control:
            raise ApplicationError(Error.UNKNOWN_QUEUE)
        self._tasks.control.purge(queue)
        return pb.TaskQueuePurgeQueueResponse()

    def _queues(self, request: Any, _caller: Caller) -> Any:
        self._make_default_queue(DEFAULT_QUEUE.name)
        response = pb.TaskQueueFetchQueuesResponse()
        for dispatcher in list(self._tasks.control)[: request.max_rows]:
            config = dispatcher.queue.config
            response.queue.add(
                queue_name=config.name.encode(),
                bucket_refill_per_second=config.rate,
                bucket_capacity=config.bucket_size,
                paused=dispatcher.queue.state != dispatcher.queue.state.RUNNING,
                max_concurrent_requests=config.max_concurrent,
            )
        return response

    def _stats(self, request: Any, _caller: Caller) -> Any:
        self._make_default_queue(DEFAULT_QUEUE.name)
        known = {row["name"]: row for row in self._tasks.queues()}
        response = pb.TaskQueueFetchQueueStatsResponse()
        for name in request.queue_name:
            row = known.get(name.decode())
            if row is None:
                raise ApplicationError(Error.UNKNOWN_QUEUE)
            stats = response.queuestats.add(num_tasks=row["tasks"], oldest_eta_usec=-1)
            stats.scanner_info.executed_last_minute = row["completed_last_minute"]
            stats.scanner_info.executed_last_hour = 0
            stats.scanner_info.sampling_duration_seconds = 60
            stats.scanner_info.requests_in_flight = row["running"]
            stats.scanner_info.enforced_rate = self._tasks.control.dispatcher(name.decode()).queue.config.rate
            if row["tasks"]:
                stats.oldest_eta_usec = _oldest_eta(row)
        return response


def _oldest_eta(row: Mapping[str, Any]) -> int:
    """Return the earliest time of a waiting task in microseconds; now, where all of them run."""
    if row["oldest_eta"] is None:
        return int(time.time() * MICRO)
    return int(datetime.fromisoformat(row["oldest_eta"]).timestamp() * MICRO)


def _refuse_pull(_request: Any, _caller: Caller) -> Any:
    raise ApplicationError(Error.INVALID_QUEUE_MODE, PULL)


def _set_retry(config: Any, parameters: Any) -> None:
    """Set what is given: a limit of n retries is n + 1 attempts."""
    if parameters.HasField("retry_limit"):
        config.max_attempts = parameters.retry_limit + 1
    if parameters.HasField("age_limit_sec"):
        config.max_retry_duration.CopyFrom(duration(parameters.age_limit_sec))
    if parameters.HasField("min_backoff_sec"):
        config.min_backoff.CopyFrom(duration(parameters.min_backoff_sec))
    if parameters.HasField("max_backoff_sec"):
        config.max_backoff.CopyFrom(duration(parameters.max_backoff_sec))
    if parameters.HasField("max_doublings"):
        config.max_doublings = parameters.max_doublings
