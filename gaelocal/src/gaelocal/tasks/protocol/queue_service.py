"""The methods about queues."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from google.protobuf import empty_pb2

from gaelocal.google_api.errors import invalid, unimplemented
from gaelocal.google_api.iam_policies import IamPolicies
from gaelocal.google_api.paging import page_size, page_start
from gaelocal.google_api.update_mask import copy_path
from gaelocal.protobuf import tasks_pb2
from gaelocal.retry import RetryPolicy
from gaelocal.tasks.errors import queue_exists
from gaelocal.tasks.protocol.messages import new_queue, queue_message
from gaelocal.tasks.protocol.names import QueueName
from gaelocal.tasks.protocol.queue_filter import matches
from gaelocal.tasks.protocol.scope import Scope
from gaelocal.tasks.queue_config import MAX_BURST, QueueConfig
from gaelocal.tasks.queues import Queues
from gaelocal.tasks.state.queue_state import Origin, Queue, State

MAX_PAGE = 9800
UPDATABLE = (
    "app_engine_routing_override",
    "http_target",
    "rate_limits",
    "retry_config",
    "stackdriver_logging_config",
)
OUTPUT_ONLY = (
    "name",
    "state",
    "purge_time",
    "rate_limits.max_burst_size",
    "app_engine_routing_override.host",
)
CMEK = "/cmekConfig"


class QueueService:
    def __init__(self, queues: Queues, scope: Scope, policies: IamPolicies) -> None:
        self._queues = queues
        self._scope = scope
        self._policies = policies

    def list(self, request: Any) -> Any:
        location = self._scope.location(request.parent)
        size = page_size(request.page_size, MAX_PAGE)
        start = page_start(request.page_token)
        here = (each.queue for each in self._queues if each.queue.location in ("", location.id))
        found = [self._message(QueueName(location, queue.config.name), queue) for queue in here]
        found = [queue for queue in found if matches(queue, request.filter)]
        answer = tasks_pb2.ListQueuesResponse(queues=found[start : start + size])
        if start + size < len(found):
            answer.next_page_token = str(start + size)
        return answer

    def get(self, request: Any) -> Any:
        name = self._scope.queue(request.name)
        return self._message(name, self._queues.dispatcher(name.id).queue)

    def get_for_deploy(self, request: Any) -> Any:
        return self._without_file_limits(self.get(request))

    def list_for_deploy(self, request: Any) -> Any:
        answer = self.list(request)
        for queue in answer.queues:
            self._without_file_limits(queue)
        return answer

    def create(self, request: Any, *, sets_burst: bool = False) -> Any:
        """Create a queue. Its burst follows from its rate, except in v2beta3, which may set it."""
        location = self._scope.location(request.parent)
        name = QueueName.parse(request.queue.name)
        if name.location != location:
            raise invalid(f'The queue "{name}" is not in the location "{request.parent}".')
        if name.id in self._queues:
            raise queue_exists()
        return self._message(name, self._add(name, request.queue, Origin.CALL, sets_burst=sets_burst))

    def update(self, request: Any, origin: Origin = Origin.CALL, *, sets_burst: bool = False) -> Any:
        """Change what the mask names; a queue that does not exist is created, as Cloud Tasks does."""
        name = self._scope.name(request.queue.name)
        if name.id not in self._queues:
            return self._message(name, self._add(name, request.queue, origin, sets_burst=sets_burst))
        self._scope.queue(request.queue.name)
        before = self._queues.dispatcher(name.id).queue
        merged = queue_message(before, str(name))
        paths = list(request.update_mask.paths) or list(UPDATABLE)
        for path in paths:
            if path not in OUTPUT_ONLY:
                copy_path(path, request.queue, merged, UPDATABLE)
        after = new_queue(merged, RetryPolicy(max_doublings=0))
        burst = request.queue.rate_limits.max_burst_size if sets_burst else 0
        config = _with_burst(after.config, before.config, paths, burst)
        kept = replace(
            before, config=config, http_target=after.http_target, logging_ratio=after.logging_ratio
        )
        return self._message(name, self._queues.put(replace(kept, origin=max(origin, before.origin))))

    async def delete(self, request: Any) -> Any:
        name = self._scope.queue(request.name)
        await self._queues.remove(name.id)
        self._policies.forget(str(name))
        return empty_pb2.Empty()

    def purge(self, request: Any) -> Any:
        name = self._scope.queue(request.name)
        return self._message(name, self._queues.purge(name.id))

    def pause(self, request: Any) -> Any:
        return self._set_state(request.name, State.PAUSED)

    def resume(self, request: Any) -> Any:
        return self._set_state(request.name, State.RUNNING)

    def get_iam_policy(self, request: Any) -> Any:
        self._scope.queue(request.resource)
        return self._policies.get(request)

    def set_iam_policy(self, request: Any) -> Any:
        self._scope.queue(request.resource)
        return self._policies.set(request)

    def test_iam_permissions(self, request: Any) -> Any:
        self._scope.queue(request.resource)
        return self._policies.test(request)

    def get_cmek_config(self, request: Any) -> Any:
        location = self._scope.location(request.name.removesuffix(CMEK))
        return tasks_pb2.CmekConfig(name=f"{location}{CMEK}")

    def update_cmek_config(self, request: Any) -> Any:
        location = self._scope.location(request.cmek_config.name.removesuffix(CMEK))
        if request.cmek_config.kms_key:
            raise unimplemented("gaelocal does not encrypt tasks with customer-managed keys.")
        return tasks_pb2.CmekConfig(name=f"{location}{CMEK}")

    def _add(self, name: QueueName, message: Any, origin: Origin, *, sets_burst: bool) -> Queue:
        burst = message.rate_limits.max_burst_size
        queue = new_queue(message, RetryPolicy())
        if sets_burst and burst:
            queue = replace(queue, config=replace(queue.config, bucket_size=_checked_burst(burst)))
        if origin is not Origin.DEPLOYED:
            self._queues.check_not_reserved(name.id)
            queue = replace(queue, location=name.location.id)
        return self._queues.put(replace(queue, origin=origin))

    def _set_state(self, text: str, state: State) -> Any:
        name = self._scope.queue(text)
        return self._message(name, self._queues.set_state(name.id, state))

    def _without_file_limits(self, message: Any) -> Any:
        queue_id = QueueName.parse(message.name).id
        if self._queues.dispatcher(queue_id).queue.origin is Origin.FILE:
            message.ClearField("rate_limits")
            message.ClearField("retry_config")
        return message

    def _message(self, name: QueueName, queue: Queue) -> Any:
        return queue_message(queue, str(name), self._scope.domain)


def _with_burst(after: QueueConfig, before: QueueConfig, paths: Sequence[str], burst: int) -> QueueConfig:
    """Return the new settings with the burst that was asked for, or the old one if the rate stays."""
    limits = [path for path in paths if path.startswith("rate_limits")]
    if not limits:
        return replace(after, rate=before.rate, bucket_size=before.bucket_size)
    if burst and any(path in ("rate_limits", "rate_limits.max_burst_size") for path in limits):
        return replace(after, bucket_size=_checked_burst(burst))
    return replace(after, bucket_size=before.bucket_size) if after.rate == before.rate else after


def _checked_burst(burst: int) -> int:
    if not 0 < burst <= MAX_BURST:
        raise invalid(f"RateLimits.max_burst_size must be between 1 and {MAX_BURST}.")
    return burst
