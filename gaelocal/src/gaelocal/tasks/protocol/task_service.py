"""The methods about tasks."""

from typing import Any

from google.protobuf import empty_pb2

from gaelocal.clock import Clock
from gaelocal.google_api.errors import failed_precondition, invalid, unimplemented
from gaelocal.google_api.paging import page_size, page_start
from gaelocal.protobuf import tasks_pb2
from gaelocal.tasks.errors import no_task, task_exists
from gaelocal.tasks.protocol.messages import BASIC, FULL, task_message
from gaelocal.tasks.protocol.names import QueueName, TaskName
from gaelocal.tasks.protocol.new_task import new_task
from gaelocal.tasks.protocol.scope import Scope
from gaelocal.tasks.queues import Queues
from gaelocal.tasks.state.store import Store
from gaelocal.tasks.state.stored_task import StoredTask

MAX_PAGE = 1000


class TaskService:
    """`can_sign` is whether there is an identity provider that signs the tokens of tasks."""

    def __init__(self, queues: Queues, store: Store, clock: Clock, scope: Scope, *, can_sign: bool) -> None:
        self._queues = queues
        self._store = store
        self._clock = clock
        self._scope = scope
        self._can_sign = can_sign

    def create(self, request: Any) -> Any:
        queue = self._scope.queue(request.parent)
        view = _view(request.response_view)
        self._check_tokens(request.task)
        dispatcher = self._queues.dispatcher(queue.id)
        has_host = bool(_http_target(dispatcher.queue.http_target).uri_override.host)
        task = new_task(request.task, queue, self._clock.now(), has_uri_override=has_host)
        if not self._store.add(task):
            raise task_exists()
        dispatcher.wake()
        return self._message(self._found(TaskName(queue, task.id)), queue, view)

    def buffer(self, queue_name: str, task_id: str, body: bytes, headers: dict[str, str]) -> Any:
        """Create a task from the body and the headers of a request; the queue says where it goes.

        Raises:
            ApiError: the queue has no HTTP target.
        """
        queue = self._scope.queue(queue_name)
        target = _http_target(self._queues.dispatcher(queue.id).queue.http_target)
        if not target.uri_override.host:
            raise failed_precondition(
                "Tasks can be buffered only into a queue whose http_target overrides the host of the URI."
            )
        method = target.http_method or tasks_pb2.HttpMethod.POST
        task = tasks_pb2.Task(http_request={"http_method": method, "headers": headers, "body": body})
        if task_id:
            task.name = f"{queue}/tasks/{task_id}"
        return self.create(tasks_pb2.CreateTaskRequest(parent=str(queue), task=task))

    def get(self, request: Any) -> Any:
        name = self._scope.task(request.name)
        return self._message(self._found(name), name.queue, _view(request.response_view))

    def list(self, request: Any) -> Any:
        queue = self._scope.queue(request.parent)
        view = _view(request.response_view)
        size = page_size(request.page_size, MAX_PAGE)
        after = page_start(request.page_token)
        tasks = self._store.page(queue.id, after, size + 1, with_body=view == FULL)
        messages = [self._message(task, queue, view) for task in tasks[:size]]
        answer = tasks_pb2.ListTasksResponse(tasks=messages)
        if len(tasks) > size:
            answer.next_page_token = str(tasks[size - 1].seq)
        return answer

    def delete(self, request: Any) -> Any:
        name = self._scope.task(request.name)
        now = self._clock.now()
        queue = self._queues.dispatcher(name.queue.id).queue
        self._store.remove(self._found(name), now, now + queue.tombstone_seconds)
        return empty_pb2.Empty()

    def run(self, request: Any) -> Any:
        """Start an attempt now, whatever the rate, the state of the queue and the schedule say."""
        name = self._scope.task(request.name)
        view = _view(request.response_view)
        task = self._store.claim(name.queue.id, name.id, self._clock.now())
        if task is None:
            raise no_task()
        self._queues.dispatcher(name.queue.id).run(task)
        return self._message(task, name.queue, view)

    def _found(self, name: TaskName) -> StoredTask:
        task = self._store.find(name.queue.id, name.id)
        if task is None:
            raise no_task()
        return task

    def _message(self, task: StoredTask, queue: QueueName, view: int) -> Any:
        return task_message(task, queue, view, self._scope.domain)

    def _check_tokens(self, task: Any) -> None:
        if not self._can_sign and task.http_request.WhichOneof("authorization_header"):
            raise unimplemented("This server has no identity provider that could sign the token of a task.")


def _http_target(serialized: bytes) -> Any:
    return tasks_pb2.HttpTarget.FromString(serialized)


def _view(asked: int) -> int:
    if asked not in (0, BASIC, FULL):
        raise invalid(f"Task.View {asked} does not exist.")
    return asked or BASIC
