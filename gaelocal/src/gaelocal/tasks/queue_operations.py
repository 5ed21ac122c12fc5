"""The console's operations on queues and tasks: show, pause, purge, run, retry, delete."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from gaelocal.clock import Clock
from gaelocal.protobuf import tasks_pb2
from gaelocal.tasks import overview
from gaelocal.tasks.attempts import sent_request
from gaelocal.tasks.queue_config import QueueConfig
from gaelocal.tasks.queue_dispatcher import QueueDispatcher
from gaelocal.tasks.queues import Queues
from gaelocal.tasks.state.attempt_log import Attempt, attempts_in
from gaelocal.tasks.state.finished_tasks import FinishedTask
from gaelocal.tasks.state.queue_state import Queue, State
from gaelocal.tasks.state.store import Store
from gaelocal.tasks.state.stored_task import DeadTask, StoredTask

Row = dict[str, Any]
T = TypeVar("T")


class QueueOperations:
    """Raises LookupError for a queue or a task that does not exist."""

    def __init__(self, queues: Queues, store: Store, clock: Clock) -> None:
        self._queues = queues
        self._store = store
        self._clock = clock

    def config(self, queue: str) -> QueueConfig:
        return self._dispatcher(queue).queue.config

    def pause(self, queue: str) -> None:
        self._dispatcher(queue)
        self._queues.set_state(queue, State.PAUSED)

    def resume(self, queue: str) -> None:
        self._dispatcher(queue)
        self._queues.set_state(queue, State.RUNNING)

    def purge(self, queue: str) -> None:
        self._dispatcher(queue)
        self._queues.purge(queue)

    def change(self, queue: str, config: QueueConfig) -> None:
        """Apply other settings. Those of a queue of queue.yaml return with the next start."""
        known: Queue = self._dispatcher(queue).queue
        self._queues.put(replace(known, config=config))

    def page(self, queue: str, after: int, limit: int) -> list[Row]:
        """Return tasks in the order of their creation, each with its `seq`."""
        self._dispatcher(queue)
        found = self._store.page(queue, after, limit, with_body=False)
        return [overview.task_row(task) | {"seq": task.seq} for task in found]

    def finished(self, queue: str) -> list[Row]:
        """Return the tasks that finished last, the newest first."""
        return [_finished_row(one) for one in self._dispatcher(queue).finished]

    def task(self, queue: str, task_id: str) -> Row:
        """Return a task with its request, its body and its attempts."""
        task = self._found(queue, task_id)
        return overview.task_row(task) | self._details(task, attempts_in(task.history))

    def finished_task(self, queue: str, seq: int) -> Row:
        for one in self._dispatcher(queue).finished:
            if one.task.seq == seq:
                history = [*attempts_in(one.task.history), one.attempt]
                return _finished_row(one) | self._details(one.task, history)
        raise LookupError("this task is no longer among those that finished last")

    def dead_task(self, queue: str, seq: int) -> Row:
        dead = self._found_dead(queue, seq)
        task = _as_task(dead)
        return overview.dead_row(dead) | self._details(task, attempts_in(dead.history))

    def run(self, queue: str, task_id: str) -> None:
        """Start an attempt now, whatever the rate, the state of the queue and the schedule say."""
        self._found(queue, task_id)
        task = self._store.claim(queue, task_id, self._clock.now())
        if task is not None:
            self._dispatcher(queue).run(task)

    def delete(self, queue: str, task_id: str) -> None:
        now = self._clock.now()
        tombstone_until = now + self._dispatcher(queue).queue.tombstone_seconds
        self._store.remove(self._found(queue, task_id), now, tombstone_until)

    def retry_dead(self, queue: str, seq: int) -> str:
        """Put a task that was given up back into its queue, and return its name."""
        dead = self._found_dead(queue, seq)
        if not self._store.revive(dead, self._clock.now()):
            raise LookupError(f"the queue has another task named {dead.id} already")
        self._dispatcher(queue).wake()
        return dead.id

    def retry_all_dead(self, queue: str) -> int:
        """Put all tasks that were given up back into the queue, and return their number."""
        self._dispatcher(queue)
        numbers = [dead.seq for dead in self._store.dead(queue)]
        return sum(self._is_revived(queue, seq) for seq in numbers)

    def delete_dead(self, queue: str, seq: int) -> None:
        self._store.drop_dead(queue, self._found_dead(queue, seq).seq)

    def _is_revived(self, queue: str, seq: int) -> bool:
        revived = self._store.revive(self._found_dead(queue, seq), self._clock.now())
        self._dispatcher(queue).wake()
        return revived

    def _details(self, task: StoredTask, history: list[Attempt]) -> Row:
        message = tasks_pb2.Task.FromString(task.request)
        request = sent_request(task, message, self._dispatcher(task.queue).queue)
        return {
            "seq": task.seq,
            "path": request.path,
            "sent_to": request.service,
            "headers": dict(sorted(request.headers.items())),
            "deadline": request.deadline,
            "body": task.body,
            "history": [overview.attempt_row(one) for one in history],
        }

    def _dispatcher(self, queue: str) -> QueueDispatcher:
        overview.check_queue(self._queues, queue)
        return self._queues.dispatcher(queue)

    def _found(self, queue: str, task_id: str) -> StoredTask:
        self._dispatcher(queue)
        return _known(
            lambda: self._store.find(queue, task_id), f"there is no task {task_id} in this queue now"
        )

    def _found_dead(self, queue: str, seq: int) -> DeadTask:
        self._dispatcher(queue)
        return _known(lambda: self._store.find_dead(queue, seq), "this task is no longer kept")


def _known(find: Callable[[], T | None], message: str) -> T:
    found = find()
    if found is None:
        raise LookupError(message)
    return found


def _finished_row(one: FinishedTask) -> Row:
    ended = {"state": "finished", "finished": one.attempt.ended, "last_status": one.attempt.status}
    seconds = round(one.attempt.ended - one.attempt.started, 3)
    return overview.task_row(one.task) | ended | {"seq": one.task.seq, "seconds": seconds}


def _as_task(dead: DeadTask) -> StoredTask:
    return StoredTask(
        queue=dead.queue,
        id=dead.id,
        named=False,
        eta=dead.died,
        created=dead.created or dead.died,
        request=dead.request,
        body=dead.body,
        seq=dead.seq,
        running=0,
        dispatches=dead.dispatches,
        responses=dead.dispatches,
        first_dispatched=None,
        last_scheduled=None,
        last_dispatched=None,
        last_answered=dead.died,
        last_status=dead.last_status,
    )
