"""The calls about queues."""

from typing import Any

from gaelocal.retry import RetryPolicy
from gaelocal.tasks import wire
from gaelocal.tasks.messages import new_queue, queue_message
from gaelocal.tasks.names import QueueName, check_location
from gaelocal.tasks.paging import page_size, page_start
from gaelocal.tasks.queue_filter import matches
from gaelocal.tasks.queue_state import Queue, State
from gaelocal.tasks.queues import Queues
from gaelocal.tasks.refusal import already_exists, invalid, no_queue

MAX_PAGE = 9800
UPDATABLE = (
    "app_engine_routing_override",
    "http_target",
    "rate_limits",
    "retry_config",
    "stackdriver_logging_config",
)
LIMITS = ("rate_limits", "retry_config")
OUTPUT_ONLY = ("name", "state", "purge_time", "rate_limits.max_burst_size")


class QueueService:
    def __init__(self, queues: Queues) -> None:
        self._queues = queues

    def list(self, request: Any) -> Any:
        location = check_location(request.parent)
        size = page_size(request.page_size, MAX_PAGE)
        start = page_start(request.page_token)
        found = [queue_message(dispatcher.queue, location) for dispatcher in self._queues]
        found = [queue for queue in found if matches(queue, request.filter)]
        answer = wire.message_type("ListQueuesResponse")(queues=found[start : start + size])
        if start + size < len(found):
            answer.next_page_token = str(start + size)
        return answer

    def get(self, request: Any) -> Any:
        name = QueueName.parse(request.name)
        return self._told(name, self._queues.dispatcher(name.id).queue)

    def create(self, request: Any) -> Any:
        name = QueueName.parse(request.queue.name)
        if name.location != check_location(request.parent):
            raise invalid(f'The queue "{name}" does not lie in the location "{request.parent}".')
        if name.id in self._queues:
            raise already_exists("Queue already exists.")
        return self._told(name, self._queues.put(new_queue(request.queue, RetryPolicy())))

    def update(self, request: Any) -> Any:
        """Change what the mask names; a queue that does not exist is created, as Cloud Tasks does."""
        name = QueueName.parse(request.queue.name)
        if name.id not in self._queues:
            return self._told(name, self._queues.put(new_queue(request.queue, RetryPolicy())))
        before = self._queues.dispatcher(name.id).queue
        merged = queue_message(before, name.location)
        paths = list(request.update_mask.paths) or list(UPDATABLE)
        for path in paths:
            _copy(path, request.queue, merged)
        after = new_queue(merged, RetryPolicy(max_doublings=0))
        after.state, after.origin, after.purged_at = before.state, before.origin, before.purged_at
        return self._told(name, self._queues.put(after))

    async def delete(self, request: Any) -> Any:
        await self._queues.remove(QueueName.parse(request.name).id)
        return wire.Empty()

    def purge(self, request: Any) -> Any:
        name = QueueName.parse(request.name)
        return self._told(name, self._queues.purge(name.id))

    def pause(self, request: Any) -> Any:
        return self._set_state(request.name, State.PAUSED)

    def resume(self, request: Any) -> Any:
        return self._set_state(request.name, State.RUNNING)

    def _set_state(self, text: str, state: State) -> Any:
        name = QueueName.parse(text)
        if name.id not in self._queues:
            raise no_queue()
        return self._told(name, self._queues.set_state(name.id, state))

    def _told(self, name: QueueName, queue: Queue) -> Any:
        return queue_message(queue, name.location)


def _copy(path: str, source: Any, target: Any) -> None:
    """Copy one path of an update mask; a field that is not set is cleared, which means its default."""
    if path in OUTPUT_ONLY:
        return
    top, _, inner = path.partition(".")
    if top not in UPDATABLE:
        raise invalid(f'"{path}" is no field of a queue that can be updated.')
    if inner and top in LIMITS:
        source, target, top = getattr(source, top), getattr(target, top), inner
    if top not in target.DESCRIPTOR.fields_by_name:
        raise invalid(f'"{path}" is no field of a queue that can be updated.')
    _copy_field(top, source, target)


def _copy_field(field: str, source: Any, target: Any) -> None:
    target.ClearField(field)
    if target.DESCRIPTOR.fields_by_name[field].message_type is None:
        setattr(target, field, getattr(source, field))
    elif source.HasField(field):
        getattr(target, field).CopyFrom(getattr(source, field))
