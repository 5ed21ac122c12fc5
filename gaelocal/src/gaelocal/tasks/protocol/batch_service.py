"""The methods about many tasks at once; their operation is over when the call returns."""

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from google.protobuf import empty_pb2

from gaelocal.clock import Clock
from gaelocal.google_api.errors import ApiError, invalid
from gaelocal.google_api.json_messages import pack
from gaelocal.google_api.operations import FinishedOperations
from gaelocal.google_api.times import timestamp
from gaelocal.http2 import Status
from gaelocal.protobuf import longrunning_pb2, tasks_pb2
from gaelocal.tasks.protocol.scope import Scope
from gaelocal.tasks.protocol.task_service import TaskService

MOST_CREATED = 100
MOST_DELETED = 1000


class BatchService:
    def __init__(
        self, tasks: TaskService, clock: Clock, scope: Scope, operations: FinishedOperations
    ) -> None:
        self._tasks = tasks
        self._clock = clock
        self._scope = scope
        self._operations = operations

    def create(self, request: Any) -> Any:
        self._check(request.parent, len(request.requests), MOST_CREATED)
        _check_same_queue(request.parent, (one.parent for one in request.requests))
        for one in request.requests:
            one.parent = request.parent
        metadata = tasks_pb2.BatchCreateTasksMetadata(**self._times())
        tasks = _each(request.requests, self._tasks.create, metadata)
        states = tasks_pb2.BatchCreateTasksMetadata.State
        metadata.state = states.PARTIALLY_SUCCEEDED if metadata.failed_requests else states.SUCCEEDED
        response = tasks_pb2.BatchCreateTasksResponse(tasks=tasks) if tasks else None
        return self._operation(request, metadata, response)

    def delete(self, request: Any) -> Any:
        self._check(request.parent, len(request.names), MOST_DELETED)
        _check_same_queue(request.parent, (name.partition("/tasks/")[0] for name in request.names))
        metadata = tasks_pb2.BatchDeleteTasksMetadata(**self._times())
        wanted = [tasks_pb2.DeleteTaskRequest(name=name) for name in request.names]
        deleted = _each(wanted, self._tasks.delete, metadata)
        states = tasks_pb2.BatchDeleteTasksMetadata.State
        metadata.state = states.PARTIALLY_SUCCEEDED if metadata.failed_requests else states.SUCCEEDED
        return self._operation(request, metadata, empty_pb2.Empty() if deleted else None)

    def _times(self) -> dict[str, Any]:
        now = timestamp(self._clock.now())
        return {"start_time": now, "end_time": now}

    def _check(self, parent: str, count: int, most: int) -> None:
        self._scope.queue(parent)
        if not 1 <= count <= most:
            raise invalid(f"A batch must have between 1 and {most} requests.")

    def _operation(self, request: Any, metadata: Any, response: Any) -> Any:
        operation_id = request.request_id or str(secrets.randbits(63))
        location = self._scope.name(request.parent).location
        operation = longrunning_pb2.Operation(
            name=f"{location}/operations/{operation_id}", done=True, metadata=pack(metadata)
        )
        if response is not None:
            operation.response.CopyFrom(pack(response))
            return self._operations.add(operation)
        operation.error.code = Status.ABORTED
        kind = metadata.DESCRIPTOR.name
        operation.error.message = (
            f"None of the requests succeeded, refer to {kind}.failed_requests for individual error details"
        )
        return self._operations.add(operation)


def _check_same_queue(parent: str, parents: Iterable[str]) -> None:
    if any(one and one != parent for one in parents):
        raise invalid("All requests of a batch must be for the queue of the batch.")


def _each(requests: Iterable[Any], call: Callable[[Any], Any], metadata: Any) -> list[Any]:
    answers = []
    for index, request in enumerate(requests):
        try:
            answers.append(call(request))
        except ApiError as error:
            status = metadata.failed_requests[index]
            status.code, status.message = error.code, error.message
    return answers
