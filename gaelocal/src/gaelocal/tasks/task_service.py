"""The calls about tasks."""

from typing import Any

from gaelocal.clock import Clock
from gaelocal.tasks import wire
from gaelocal.tasks.messages import BASIC, FULL, task_message
from gaelocal.tasks.names import QueueName, TaskName
from gaelocal.tasks.new_task import new_task
from gaelocal.tasks.paging import page_size, page_start
from gaelocal.tasks.queues import Queues
from gaelocal.tasks.refusal import already_exists, invalid, no_task
from gaelocal.tasks.store import Store
from gaelocal.tasks.stored_task import StoredTask

MAX_PAGE = 1000


class TaskService:
    def __init__(self, queues: Queues, store: Store, clock: Clock) -> None:
        self._queues = queues
        self._store = store
        self._clock = clock

    def create(self, request: Any) -> Any:
        queue = QueueName.parse(request.parent)
        dispatcher = self._queues.dispatcher(queue.id)
        view = _view(request.response_view)
        task = new_task(request.task, queue, self._clock.now())
        if not self._store.add(task):
            raise already_exists(
                "The task cannot be created because a task with this name existed too recently."
            )
        dispatcher.wake()
        return task_message(self._found(TaskName(queue, task.id)), queue, view)

    def get(self, request: Any) -> Any:
        name = TaskName.parse(request.name)
        return task_message(self._found(name), name.queue, _view(request.response_view))

    def list(self, request: Any) -> Any:
        queue = QueueName.parse(request.parent)
        self._queues.dispatcher(queue.id)
        view = _view(request.response_view)
        size = page_size(request.page_size, MAX_PAGE)
        after = page_start(request.page_token)
        tasks = self._store.page(queue.id, after, size + 1, with_body=view == FULL)
        told = [task_message(task, queue, view) for task in tasks[:size]]
        answer = wire.message_type("ListTasksResponse")(tasks=told)
        if len(tasks) > size:
            answer.next_page_token = str(tasks[size - 1].seq)
        return answer

    def delete(self, request: Any) -> Any:
        name = TaskName.parse(request.name)
        now = self._clock.now()
        queue = self._queues.dispatcher(name.queue.id).queue
        self._store.remove(self._found(name), now, now + queue.tombstone_seconds)
        return wire.Empty()

    def run(self, request: Any) -> Any:
        """Start an attempt now, whatever rate, state and schedule say."""
        name = TaskName.parse(request.name)
        dispatcher = self._queues.dispatcher(name.queue.id)
        view = _view(request.response_view)
        task = self._store.claim(name.queue.id, name.id, self._clock.now())
        if task is None:
            raise no_task()
        dispatcher.run(task)
        return task_message(task, name.queue, view)

    def _found(self, name: TaskName) -> StoredTask:
        self._queues.dispatcher(name.queue.id)
        task = self._store.find(name.queue.id, name.id)
        if task is None:
            raise no_task()
        return task


def _view(asked: int) -> int:
    if asked not in (0, BASIC, FULL):
        raise invalid(f"{asked} is no Task.View.")
    return asked or BASIC
