"""Convert queues and tasks to messages, and queue settings back."""

from typing import Any

from gaelocal.google_api.errors import invalid
from gaelocal.google_api.http_status import status_message
from gaelocal.google_api.times import duration, seconds_of, timestamp
from gaelocal.protobuf import tasks_pb2
from gaelocal.retry import UNLIMITED, RetryPolicy
from gaelocal.tasks.protocol.http_targets import check_http_target
from gaelocal.tasks.protocol.names import QueueName
from gaelocal.tasks.queue_config import (
    DEFAULT_CONCURRENT,
    MAX_BURST,
    MAX_CONCURRENT,
    MAX_RATE,
    QueueConfig,
    Routing,
)
from gaelocal.tasks.state.queue_state import Origin, Queue, State
from gaelocal.tasks.state.stored_task import StoredTask

NOWHERE = ("-", "l")
"""The locations under which queues of queue.yaml are kept, now and in older data folders."""

BASIC = tasks_pb2.Task.View.BASIC
FULL = tasks_pb2.Task.View.FULL
LEAST_BURST = 10
DEFAULT_DEADLINE = 600.0
"""Seconds, of a request to an address outside the app. In the app, the scaling of the service decides."""
AS_KEPT = RetryPolicy(max_doublings=0)
"""The defaults for a message that is complete: there a 0 is a 0."""


def queue_message(queue: Queue, name: str, domain: str = "") -> Any:
    """Return a Queue. `domain` ends the host of its routing: `PROJECT.localhost:8080`."""
    config = queue.config
    message = tasks_pb2.Queue(
        name=name,
        state=tasks_pb2.Queue.State.Name(queue.state.value),
        rate_limits=tasks_pb2.RateLimits(
            max_dispatches_per_second=config.rate,
            max_burst_size=config.bucket_size,
            max_concurrent_dispatches=config.max_concurrent,
        ),
        retry_config=retry_message(config.retry),
    )
    if queue.http_target:
        message.http_target.MergeFromString(queue.http_target)
    if queue.logging_ratio:
        message.stackdriver_logging_config.sampling_ratio = queue.logging_ratio
    if config.target:
        message.app_engine_routing_override.CopyFrom(routing_message(config.target, domain))
    if queue.purged_at is not None:
        message.purge_time.CopyFrom(timestamp(queue.purged_at))
    return message


def queue_of(message: Any, origin: Origin) -> Queue:
    """Read a queue that was kept as its message."""
    name = QueueName.parse(message.name)
    return Queue(
        config=queue_config(message, AS_KEPT),
        state=State(message.state),
        origin=origin,
        purged_at=seconds_of(message.purge_time) if message.HasField("purge_time") else None,
        http_target=_http_target(message),
        logging_ratio=message.stackdriver_logging_config.sampling_ratio,
        location="" if name.location.id in NOWHERE else name.location.id,
    )


def new_queue(message: Any, defaults: RetryPolicy) -> Queue:
    """Read a queue that a caller sent; what it leaves out gets the default.

    Raises:
        ApiError: a value is out of its bounds.
    """
    limits = message.rate_limits
    if not 0 <= limits.max_dispatches_per_second <= MAX_RATE:
        raise invalid(f"RateLimits.max_dispatches_per_second must be between 0 and {MAX_RATE:g}.")
    if not 0 <= limits.max_concurrent_dispatches <= MAX_CONCURRENT:
        raise invalid(f"RateLimits.max_concurrent_dispatches must be between 0 and {MAX_CONCURRENT}.")
    rate = limits.max_dispatches_per_second or MAX_RATE
    limits.max_dispatches_per_second = rate
    limits.max_concurrent_dispatches = limits.max_concurrent_dispatches or DEFAULT_CONCURRENT
    limits.max_burst_size = _burst(rate)
    config = queue_config(message, defaults)
    checked(config.retry)
    if message.HasField("http_target"):
        check_http_target(message.http_target)
    ratio = message.stackdriver_logging_config.sampling_ratio
    if not 0 <= ratio <= 1:
        raise invalid("StackdriverLoggingConfig.sampling_ratio must be between 0.0 and 1.0.")
    return Queue(config=config, http_target=_http_target(message), logging_ratio=ratio)


def queue_config(message: Any, defaults: RetryPolicy) -> QueueConfig:
    return QueueConfig(
        name=QueueName.parse(message.name).id,
        rate=message.rate_limits.max_dispatches_per_second,
        bucket_size=message.rate_limits.max_burst_size,
        max_concurrent=message.rate_limits.max_concurrent_dispatches,
        retry=retry_policy(message.retry_config, defaults),
        target=routing(message.app_engine_routing_override),
    )


def retry_message(policy: RetryPolicy) -> Any:
    return tasks_pb2.RetryConfig(
        max_attempts=policy.max_attempts,
        max_retry_duration=duration(policy.max_retry_duration),
        min_backoff=duration(policy.min_backoff),
        max_backoff=duration(policy.max_backoff),
        max_doublings=policy.max_doublings,
    )


def retry_policy(message: Any, defaults: RetryPolicy) -> RetryPolicy:
    """Read what is set in a RetryConfig; the rest comes from `defaults`."""
    return RetryPolicy(
        max_attempts=message.max_attempts or defaults.max_attempts,
        max_retry_duration=_duration(message, "max_retry_duration", defaults),
        min_backoff=_duration(message, "min_backoff", defaults),
        max_backoff=_duration(message, "max_backoff", defaults),
        max_doublings=message.max_doublings or defaults.max_doublings,
    )


def checked(policy: RetryPolicy) -> RetryPolicy:
    """Return the policy.

    Raises:
        ApiError: a number is out of its bounds, or the backoffs cross.
    """
    if policy.max_attempts < UNLIMITED or policy.max_doublings < 0 or policy.max_retry_duration < 0:
        raise invalid(
            "RetryConfig.max_attempts must be -1 or more, max_doublings and max_retry_duration 0 or more."
        )
    if not 0 <= policy.min_backoff <= policy.max_backoff:
        raise invalid("RetryConfig.min_backoff must not be negative nor more than max_backoff.")
    return policy


def routing(message: Any) -> Routing:
    return Routing(message.service, message.version, message.instance)


def routing_message(target: Routing, domain: str) -> Any:
    """Return an AppEngineRouting. gcloud recognises a target that did not change by its host alone."""
    message = tasks_pb2.AppEngineRouting(
        service=target.service, version=target.version, instance=target.instance
    )
    if domain:
        parts = (target.instance, target.version, target.service, domain)
        message.host = ".".join(part for part in parts if part)
    return message


def task_message(task: StoredTask, queue: QueueName, view: int, domain: str = "") -> Any:
    """Return a Task in the view that the caller asked for; the body belongs to the full view only."""
    message = tasks_pb2.Task.FromString(task.request)
    message.name = f"{queue}/tasks/{task.id}"
    message.view = view  # type: ignore[assignment]  # an enum is an int on the wire
    message.schedule_time.CopyFrom(timestamp(task.eta))
    message.create_time.CopyFrom(timestamp(int(task.created)))
    message.dispatch_count = task.dispatches
    message.response_count = task.responses
    if not message.HasField("dispatch_deadline"):
        message.dispatch_deadline.CopyFrom(duration(DEFAULT_DEADLINE))
    if view == FULL:
        target_of(message).body = task.body
    if domain and not message.HasField("http_request"):
        target = message.app_engine_http_request.app_engine_routing
        target.CopyFrom(routing_message(routing(target), domain))
    if task.first_dispatched is not None:
        message.first_attempt.dispatch_time.CopyFrom(timestamp(task.first_dispatched))
        message.last_attempt.CopyFrom(_last_attempt(task))
    return message


def target_of(message: Any) -> Any:
    """Return the HttpRequest or AppEngineHttpRequest of a Task."""
    return message.http_request if message.HasField("http_request") else message.app_engine_http_request


def _last_attempt(task: StoredTask) -> Any:
    attempt = tasks_pb2.Attempt(
        schedule_time=timestamp(task.last_scheduled or 0.0),
        dispatch_time=timestamp(task.last_dispatched or 0.0),
    )
    if task.last_answered is not None and task.last_status is not None:
        attempt.response_time.CopyFrom(timestamp(task.last_answered))
        attempt.response_status.CopyFrom(status_message(task.last_status))
    return attempt


def _burst(rate: float) -> int:
    """Return the burst that Cloud Tasks computes for a queue without a file: 100 for its default of 500/s."""
    return min(MAX_BURST, max(LEAST_BURST, round(rate / 5)))


def _duration(message: Any, field: str, defaults: RetryPolicy) -> float:
    if message.HasField(field):
        return seconds_of(getattr(message, field))
    return float(getattr(defaults, field))


def _http_target(message: Any) -> bytes:
    return bytes(message.http_target.SerializeToString()) if message.HasField("http_target") else b""
