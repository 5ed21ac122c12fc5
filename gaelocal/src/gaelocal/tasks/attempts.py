"""One attempt of a task: the request that is sent, and its outcome."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gaelocal.credentials import Credentials
from gaelocal.delivery import Deliver, Delivery, DeliveryFailed
from gaelocal.google_api.http_requests import METHODS, authorization, own_headers
from gaelocal.google_api.times import seconds_of
from gaelocal.http_sender import HttpSender
from gaelocal.protobuf import tasks_pb2
from gaelocal.tasks.protocol.http_targets import effective_call
from gaelocal.tasks.protocol.messages import DEFAULT_DEADLINE, routing, target_of
from gaelocal.tasks.state.queue_state import Queue
from gaelocal.tasks.state.stored_task import NO_ANSWER, StoredTask

APP_ENGINE_AGENT = "AppEngine-Google; (+http://code.google.com/appengine)"
HTTP_AGENT = "Google-Cloud-Tasks"
OVERLOADED = 503
TOO_MANY_REQUESTS = 429

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`status` is NO_ANSWER without a response. `is_overload` asks the queue to slow down.

    `retry_after` is the least number of seconds to the next attempt, as the response asked.
    """

    status: int
    is_overload: bool = False
    retry_after: float = 0.0

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - the 2xx class itself


class Attempts:
    """Sends tasks: to the app by `deliver`, to any other address by HTTP."""

    def __init__(self, deliver: Deliver, credentials: Credentials | None = None) -> None:
        self._deliver = deliver
        self._credentials = credentials
        self._http = HttpSender()

    async def close(self) -> None:
        await self._http.close()

    async def make(self, task: StoredTask, queue: Queue) -> Outcome:
        message = tasks_pb2.Task.FromString(task.request)
        try:
            if message.HasField("http_request"):
                response = await self._http.send(http_delivery(task, message, queue, self._credentials))
                is_overload = response.status in (OVERLOADED, TOO_MANY_REQUESTS)
                return Outcome(response.status, is_overload, response.retry_after if is_overload else 0.0)
            answer = await self._deliver(app_engine_delivery(task, message, queue))
            return Outcome(answer.status, answer.status == OVERLOADED)
        except DeliveryFailed as failure:
            log.info("task %s/%s: no answer: %s", task.queue, task.id, failure)
            return Outcome(NO_ANSWER)


def app_engine_delivery(task: StoredTask, message: Any, queue: Queue) -> Delivery:
    """Return the request to the app; a queue's target overrides the task's, as Cloud Tasks documents."""
    request = message.app_engine_http_request
    to = queue.config.target or routing(request.app_engine_routing)
    headers = own_headers(dict(request.headers))
    headers.setdefault("Content-Type", "application/octet-stream")
    agent = headers.pop("User-Agent", "")
    headers["User-Agent"] = f"{agent} {APP_ENGINE_AGENT}".lstrip()
    reason = {} if task.last_status is None else {"TaskRetryReason": "App Error"}
    own = _task_headers(task, task.responses) | reason
    return Delivery(
        path=request.relative_uri,
        service=to.service or None,
        version=to.version or None,
        instance=to.instance or None,
        method=METHODS[request.http_method],
        headers=headers | _prefixed(own, "X-Appengine-", str.capitalize),
        body=task.body,
        deadline=_deadline(message),
    )


def http_delivery(
    task: StoredTask, message: Any, queue: Queue, credentials: Credentials | None = None
) -> Delivery:
    """Return the request to an address outside the app; its `path` is the whole URL."""
    target = tasks_pb2.HttpTarget.FromString(queue.http_target) if queue.http_target else None
    call = effective_call(message.http_request, target)
    headers = own_headers(call.headers) | {"User-Agent": HTTP_AGENT} | authorization(call, credentials)
    return Delivery(
        path=call.url,
        method=call.method,
        headers=headers | _prefixed(_task_headers(task, task.executions), "X-CloudTasks-", str),
        body=task.body,
        deadline=_deadline(message) or DEFAULT_DEADLINE,
    )


def sent_request(task: StoredTask, message: Any, queue: Queue) -> Delivery:
    """Return the request of the next attempt as the console shows it, without a signed token."""
    is_http = message.HasField("http_request")
    return http_delivery(task, message, queue) if is_http else app_engine_delivery(task, message, queue)


def describe(task_request: bytes) -> dict[str, Any]:
    """Return the method, the URL and the service of a task for the console."""
    message = tasks_pb2.Task.FromString(task_request)
    target = target_of(message)
    is_http = message.HasField("http_request")
    return {
        "method": METHODS[target.http_method],
        "url": target.url if is_http else target.relative_uri,
        "service": None if is_http else target.app_engine_routing.service or None,
    }


def _task_headers(task: StoredTask, executions: int) -> dict[str, str]:
    headers = {
        "QueueName": task.queue,
        "TaskName": task.id,
        "TaskRetryCount": str(task.dispatches - 1),
        "TaskExecutionCount": str(executions),
        "TaskETA": f"{task.last_scheduled or task.eta:.6f}",
    }
    return headers | ({"TaskPreviousResponse": str(task.last_status)} if task.last_status else {})


def _prefixed(headers: dict[str, str], prefix: str, spell: Callable[[str], str]) -> dict[str, str]:
    """The real service spells `X-Appengine-Queuename`, but `X-CloudTasks-QueueName`."""
    return {prefix + spell(name): value for name, value in headers.items()}


def _deadline(message: Any) -> float | None:
    return seconds_of(message.dispatch_deadline) or None
