"""Checks a task that somebody wants to create, and makes it ready to be kept."""

import re
import secrets
from typing import Any

from gaelocal.retry import RetryPolicy
from gaelocal.tasks import wire
from gaelocal.tasks.messages import checked, retry_policy, target_of
from gaelocal.tasks.names import QueueName, TaskName
from gaelocal.tasks.refusal import invalid
from gaelocal.tasks.stored_task import NewTask
from gaelocal.tasks.times import seconds_of

MAX_BYTES = 1024 * 1024
MAX_URL = 2083
MAX_AHEAD = 30 * 24 * 3600.0
MINUTE = 60.0
LEAST_DEADLINE = 15.0
MAX_DEADLINE_HTTP = 30 * MINUTE
MAX_DEADLINE_APP_ENGINE = 24 * 60 * MINUTE + 15
METHODS = {0: "POST", 1: "POST", 2: "GET", 3: "HEAD", 4: "PUT", 5: "DELETE", 6: "PATCH", 7: "OPTIONS"}
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
LINE_BREAK = re.compile(r"[\r\n\0]")


def new_task(task: Any, queue: QueueName, now: float) -> NewTask:
    """Read the Task of a CreateTaskRequest.

    Raises:
        Refusal: Cloud Tasks would not take it.
    """
    _check_size(task)
    if task.HasField("http_request") == task.HasField("app_engine_http_request"):
        raise invalid("Task.message_type must be set: app_engine_http_request or http_request, one of them.")
    _check_target(task)
    _check_deadline(task)
    checked(retry_policy(task.retry_config, RetryPolicy()))
    return NewTask(
        queue=queue.id,
        id=_task_id(task.name, queue) if task.name else str(secrets.randbits(63)),
        named=bool(task.name),
        eta=_eta(task, now),
        created=now,
        request=_request(task),
        body=target_of(task).body,
    )


def _check_size(task: Any) -> None:
    if task.ByteSize() > MAX_BYTES:
        raise invalid(f"Task size too large: it is {task.ByteSize()} bytes, the limit is {MAX_BYTES}.")


def _task_id(name: str, queue: QueueName) -> str:
    task = TaskName.parse(name)
    if task.queue != queue:
        raise invalid(
            f'The queue name from request ("{queue}") must be the same as the queue name '
            f'in the named task ("{task.queue}").'
        )
    return task.id


def _eta(task: Any, now: float) -> float:
    if not task.HasField("schedule_time"):
        return now
    eta = seconds_of(task.schedule_time)
    if eta > now + MAX_AHEAD:
        raise invalid("Task.schedule_time is too far in the future: it must be no more than 30 days ahead.")
    return max(eta, now)


def _check_target(task: Any) -> None:
    target = target_of(task)
    is_http = task.HasField("http_request")
    (_check_url if is_http else _check_relative_uri)(target)
    if target.http_method not in METHODS:
        raise invalid(f"{target.http_method} is no HttpMethod.")
    with_body = ("POST", "PUT", "PATCH") if is_http else ("POST", "PUT")
    if target.body and METHODS[target.http_method] not in with_body:
        raise invalid(f"A body is allowed only if the HTTP method is one of {', '.join(with_body)}.")
    for name, value in target.headers.items():
        if not HEADER_NAME.fullmatch(name) or LINE_BREAK.search(value):
            raise invalid(f'"{name}" is no HTTP header, or its value spans lines.')


def _check_url(request: Any) -> None:
    if not request.url.startswith(("http://", "https://")):
        raise invalid('HttpRequest.url must begin with "http://" or "https://".')
    if len(request.url) > MAX_URL:
        raise invalid(f"HttpRequest.url must not be longer than {MAX_URL} characters.")


def _check_relative_uri(request: Any) -> None:
    uri = request.relative_uri
    if uri and not uri.startswith("/"):
        raise invalid('AppEngineHttpRequest.relative_uri must begin with "/".')
    if len(uri) > MAX_URL or not uri.isprintable() or " " in uri:
        raise invalid(
            "AppEngineHttpRequest.relative_uri must be a valid relative URI without spaces, "
            f"at most {MAX_URL} characters long."
        )


def _check_deadline(task: Any) -> None:
    deadline = seconds_of(task.dispatch_deadline)
    most = MAX_DEADLINE_HTTP if task.HasField("http_request") else MAX_DEADLINE_APP_ENGINE
    if deadline and not LEAST_DEADLINE <= deadline <= most:
        raise invalid(f"Task.dispatch_deadline must be between {LEAST_DEADLINE:g}s and {most:g}s.")


def _request(task: Any) -> bytes:
    """Keep what the caller decides, and nothing that is output only; the body is kept beside it."""
    kept = wire.Task()
    kept.CopyFrom(task)
    for field in ("name", "schedule_time", "create_time", "first_attempt", "last_attempt", "view"):
        kept.ClearField(field)
    target = target_of(kept)
    target.ClearField("body")
    target.http_method = target.http_method or 1
    if not kept.HasField("http_request"):
        target.relative_uri = target.relative_uri or "/"
    return bytes(kept.SerializeToString())
