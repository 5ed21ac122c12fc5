"""One attempt of a task: the request it becomes, and what came of it."""

import logging
from dataclasses import dataclass
from typing import Any

from gaelocal.delivery import Deliver, Delivery, DeliveryFailed
from gaelocal.tasks import wire
from gaelocal.tasks.http_target import HttpTarget
from gaelocal.tasks.messages import routing, target_of
from gaelocal.tasks.new_task import METHODS
from gaelocal.tasks.queue_state import Queue
from gaelocal.tasks.stored_task import NO_ANSWER, StoredTask
from gaelocal.tasks.times import seconds_of

DEFAULT_DEADLINE = 600.0
APP_ENGINE_AGENT = "AppEngine-Google; (+http://code.google.com/appengine)"
HTTP_AGENT = "Google-Cloud-Tasks"
OVERLOADED = 503
TOO_MANY_REQUESTS = 429
NOT_FOR_CALLERS = ("x-google-", "x-appengine-", "x-cloudtasks-")
COMPUTED = ("host", "content-length", "transfer-encoding", "connection")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`status` is NO_ANSWER where none came; `is_overload` asks the queue to slow down."""

    status: int
    is_overload: bool = False

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - the 2xx class itself


class Attempts:
    """Sends tasks: to the app by `deliver`, to any other address by plain HTTP."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._http = HttpTarget()

    async def close(self) -> None:
        await self._http.close()

    async def make(self, task: StoredTask, queue: Queue) -> Outcome:
        message = wire.Task.FromString(task.request)
        try:
            if message.HasField("http_request"):
                status = await self._http.send(http_delivery(task, message))
                return Outcome(status, status in (OVERLOADED, TOO_MANY_REQUESTS))
            answer = await self._deliver(app_engine_delivery(task, message, queue))
            return Outcome(answer.status, answer.status == OVERLOADED)
        except DeliveryFailed as failure:
            logging.getLogger(__name__).info("task %s/%s: no answer: %s", task.queue, task.id, failure)
            return Outcome(NO_ANSWER)


def app_engine_delivery(task: StoredTask, message: Any, queue: Queue) -> Delivery:
    """Make the request to the app; a queue's own target overrides the task's, as Cloud Tasks documents."""
    request = message.app_engine_http_request
    to = queue.config.target or routing(request.app_engine_routing)
    headers = _own_headers(request)
    headers.setdefault("Content-Type", "application/octet-stream")
    agent = headers.pop("User-Agent", "")
    headers["User-Agent"] = f"{agent} {APP_ENGINE_AGENT}".lstrip()
    return Delivery(
        path=request.relative_uri,
        service=to.service or None,
        version=to.version or None,
        instance=to.instance or None,
        method=METHODS[request.http_method],
        headers=headers | _task_headers(task, "X-Appengine-", str.capitalize),
        body=task.body,
        deadline=_deadline(message),
    )


def http_delivery(task: StoredTask, message: Any) -> Delivery:
    """Make the request to an address outside the app; its `path` is the whole URL."""
    request = message.http_request
    headers = _own_headers(request) | {"User-Agent": HTTP_AGENT}
    return Delivery(
        path=request.url,
        method=METHODS[request.http_method],
        headers=headers | _task_headers(task, "X-CloudTasks-", str),
        body=task.body,
        deadline=_deadline(message),
    )


def describe(task_request: bytes) -> dict[str, Any]:
    """Say in words where a task goes."""
    message = wire.Task.FromString(task_request)
    target = target_of(message)
    is_http = message.HasField("http_request")
    return {
        "method": METHODS[target.http_method],
        "url": target.url if is_http else target.relative_uri,
        "service": None if is_http else target.app_engine_routing.service or None,
    }


def _own_headers(request: Any) -> dict[str, str]:
    """Give the caller's headers in one spelling, without those that only the platform may set."""
    own = {name.title(): value for name, value in request.headers.items()}
    return {
        name: value
        for name, value in own.items()
        if not name.lower().startswith(NOT_FOR_CALLERS) and name.lower() not in COMPUTED
    }


def _task_headers(task: StoredTask, prefix: str, spell: Any) -> dict[str, str]:
    """The real service spells `X-Appengine-Queuename`, but `X-CloudTasks-QueueName`."""
    headers = {
        "QueueName": task.queue,
        "TaskName": task.id,
        "TaskRetryCount": str(task.dispatches - 1),
        "TaskExecutionCount": str(task.responses),
        "TaskETA": f"{task.last_scheduled or task.eta:.6f}",
    }
    if task.last_status:
        headers["TaskPreviousResponse"] = str(task.last_status)
    if task.last_status is not None:
        headers["TaskRetryReason"] = "App Error"
    return {prefix + spell(name): value for name, value in headers.items()}


def _deadline(message: Any) -> float:
    return seconds_of(message.dispatch_deadline) or DEFAULT_DEADLINE
