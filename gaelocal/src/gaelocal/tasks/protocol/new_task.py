"""Check a task that a caller wants to create, and prepare it to be kept."""

import secrets
from typing import Any

from gaelocal.google_api.errors import invalid
from gaelocal.google_api.http_requests import (
    MAX_URL,
    check_headers,
    check_method,
    check_tokens,
    check_url,
)
from gaelocal.google_api.times import seconds_of
from gaelocal.protobuf import tasks_pb2
from gaelocal.retry import RetryPolicy
from gaelocal.tasks.protocol.messages import checked, retry_policy, target_of
from gaelocal.tasks.protocol.names import QueueName, TaskName
from gaelocal.tasks.state.stored_task import NewTask

MAX_BYTES = 1024 * 1024
MAX_APP_ENGINE_BYTES = 100 * 1024
MAX_AHEAD = 30 * 24 * 3600.0
MINUTE = 60.0
LEAST_DEADLINE = 15.0
MAX_DEADLINE_HTTP = 30 * MINUTE
MAX_DEADLINE_APP_ENGINE = 24 * 60 * MINUTE + 15
HTTP_WITH_BODY = ("POST", "PUT", "PATCH")
APP_ENGINE_WITH_BODY = ("POST", "PUT")
OUTPUT_ONLY = ("name", "schedule_time", "create_time", "first_attempt", "last_attempt", "view")


def new_task(task: Any, queue: QueueName, now: float, *, has_uri_override: bool = False) -> NewTask:
    """Read the Task of a CreateTaskRequest. With a queue's override of the URI a task needs no URL.

    Raises:
        ApiError: Cloud Tasks would refuse it.
    """
    kind = task.WhichOneof("message_type")
    if kind is None:
        raise invalid("Task.message_type must be set: either app_engine_http_request or http_request.")
    _check_size(task)
    if kind == "http_request":
        _check_http(task.http_request, has_uri_override=has_uri_override)
    else:
        _check_app_engine(task.app_engine_http_request)
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
        raise invalid(f"Task size too large: {task.ByteSize()} bytes, the limit is {MAX_BYTES}.")
    size = len(task.app_engine_http_request.body)
    if size > MAX_APP_ENGINE_BYTES:
        raise invalid(
            f"Task size too large: {size} bytes, the limit for App Engine tasks is {MAX_APP_ENGINE_BYTES}."
        )


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


def _check_http(request: Any, *, has_uri_override: bool) -> None:
    if request.url or not has_uri_override:
        check_url(request.url)
    check_method(request.http_method, request.body, HTTP_WITH_BODY)
    check_headers(request.headers)
    check_tokens(request)


def _check_app_engine(request: Any) -> None:
    uri = request.relative_uri
    if uri and not uri.startswith("/"):
        raise invalid('AppEngineHttpRequest.relative_uri must begin with "/".')
    if len(uri) > MAX_URL or not uri.isprintable() or " " in uri:
        raise invalid(
            "AppEngineHttpRequest.relative_uri must be a valid relative URI without spaces, "
            f"at most {MAX_URL} characters long."
        )
    check_method(request.http_method, request.body, APP_ENGINE_WITH_BODY)
    check_headers(request.headers)


def _check_deadline(task: Any) -> None:
    if not task.HasField("dispatch_deadline"):
        return
    deadline = seconds_of(task.dispatch_deadline)
    most = MAX_DEADLINE_HTTP if task.HasField("http_request") else MAX_DEADLINE_APP_ENGINE
    if not LEAST_DEADLINE <= deadline <= most:
        raise invalid(f"Task.dispatch_deadline must be between [{LEAST_DEADLINE:g}s, {most:g}s].")


def _request(task: Any) -> bytes:
    """Serialize the fields that the caller decides; the body is kept separately."""
    kept = tasks_pb2.Task()
    kept.CopyFrom(task)
    for name in OUTPUT_ONLY:
        kept.ClearField(name)
    target = target_of(kept)
    target.ClearField("body")
    target.http_method = target.http_method or tasks_pb2.HttpMethod.POST
    if kept.HasField("app_engine_http_request"):
        target.relative_uri = target.relative_uri or "/"
        target.app_engine_routing.ClearField("host")
    return bytes(kept.SerializeToString())
