"""The calls about many tasks at once; their operation is done when the answer comes."""

import secrets
from collections.abc import Callable, Iterable
from typing import Any

import grpc

from gaelocal.clock import Clock
from gaelocal.tasks import wire
from gaelocal.tasks.names import QueueName
from gaelocal.tasks.refusal import Refusal, invalid
from gaelocal.tasks.task_service import TaskService
from gaelocal.tasks.times import timestamp

MOST_CREATED = 100
MOST_DELETED = 1000
SUCCEEDED = 2
PARTIALLY_CREATED = 5
PARTIALLY_DELETED = 3
CREATED = "BatchCreateTasksMetadata"
DELETED = "BatchDeleteTasksMetadata"


class BatchService:
    def __init__(self, tasks: TaskService, clock: Clock) -> None:
        self._tasks = tasks
        self._clock = clock

    def create(self, request: Any) -> Any:
        _check(request.parent, len(request.requests), MOST_CREATED)
        _check_same_queue(request.parent, (one.parent for one in request.requests))
        metadata = self._metadata(CREATED)
        for one in request.requests:
            one.parent = request.parent
        tasks = _each(request.requests, self._tasks.create, metadata)
        response = wire.message_type("BatchCreateTasksResponse")(tasks=tasks)
        metadata.state = PARTIALLY_CREATED if metadata.failed_requests else SUCCEEDED
        return _operation(request, metadata, response if tasks else None)

    def delete(self, request: Any) -> Any:
        _check(request.parent, len(request.names), MOST_DELETED)
        _check_same_queue(request.parent, (name.partition("/tasks/")[0] for name in request.names))
        metadata = self._metadata(DELETED)
        wanted = [wire.message_type("DeleteTaskRequest")(name=name) for name in request.names]
        deleted = _each(wanted, self._tasks.delete, metadata)
        metadata.state = PARTIALLY_DELETED if metadata.failed_requests else SUCCEEDED
        return _operation(request, metadata, wire.Empty() if deleted else None)

    def _metadata(self, kind: str) -> Any:
        now = timestamp(self._clock.now())
        return wire.message_type(kind)(start_time=now, end_time=now)


def _check(parent: str, count: int, most: int) -> None:
    QueueName.parse(parent)
    if not 1 <= count <= most:
        raise invalid(f"A batch must have between 1 and {most} requests.")


def _check_same_queue(parent: str, parents: Iterable[str]) -> None:
    if any(one and one != parent for one in parents):
        raise invalid("All requests of a batch must be for the queue of the batch.")


def _each(requests: Iterable[Any], call: Callable[[Any], Any], metadata: Any) -> list[Any]:
    answers = []
    for index, request in enumerate(requests):
        try:
            answers.append(call(request))
        except Refusal as refusal:
            status = metadata.failed_requests[index]
            status.code, status.message = refusal.code.value[0], refusal.message
    return answers


def _operation(request: Any, metadata: Any, response: Any) -> Any:
    operation_id = request.request_id or str(secrets.randbits(63))
    location = QueueName.parse(request.parent).location
    operation = wire.Operation(name=f"{location}/operations/{operation_id}", done=True)
    operation.metadata.Pack(metadata)
    if response is not None:
        operation.response.Pack(response)
        return operation
    operation.error.code = grpc.StatusCode.ABORTED.value[0]
    kind = metadata.DESCRIPTOR.name
    operation.error.message = (
        f"None of the requests succeeded, refer to {kind}.failed_requests for individual error details"
    )
    return operation
