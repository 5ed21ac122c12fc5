"""Turns queues and tasks into the messages of the wire, and queue settings back."""

from typing import Any

from gaelocal.retry import UNLIMITED, RetryPolicy
from gaelocal.tasks import wire
from gaelocal.tasks.names import QueueName
from gaelocal.tasks.queue_config import (
    DEFAULT_CONCURRENT,
    MAX_BURST,
    MAX_CONCURRENT,
    MAX_RATE,
    QueueConfig,
    Routing,
)
from gaelocal.tasks.queue_state import Origin, Queue, State
from gaelocal.tasks.refusal import invalid
from gaelocal.tasks.status import status_message
from gaelocal.tasks.stored_task import StoredTask
from gaelocal.tasks.times import seconds_of, timestamp

BASIC = 1
FULL = 2
LEAST_BURST = 10
AS_KEPT = RetryPolicy(max_doublings=0)
"""The defaults for a message that is complete: there a 0 is a 0."""


def queue_message(queue: Queue, location: str) -> Any:
    config = queue.config
    message = wire.Queue.FromString(queue.unread)
    message.name = str(QueueName(location, config.name))
    message.state = queue.state
    message.rate_limits.max_dispatches_per_second = config.rate
    message.rate_limits.max_burst_size = config.bucket_size
    message.rate_limits.max_concurrent_dispatches = config.max_concurrent
    message.retry_config.CopyFrom(retry_message(config.retry))
    if config.target:
        message.app_engine_routing_override.CopyFrom(_routing_message(config.target))
    if queue.purged_at is not None:
        message.purge_time.CopyFrom(timestamp(queue.purged_at))
    return message


def queue_of(message: Any, origin: Origin) -> Queue:
    """Read a queue that was kept as its message."""
    return Queue(
        config=queue_config(message, AS_KEPT),
        state=State(message.state),
        origin=origin,
        purged_at=seconds_of(message.purge_time) if message.HasField("purge_time") else None,
        unread=_unread(message),
    )


def new_queue(message: Any, defaults: RetryPolicy) -> Queue:
    """Read a queue that a caller wants; what he left out gets the default.

    Raises:
        Refusal: a limit is out of its bounds.
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
    return Queue(config=config, unread=_unread(message))


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
    message = wire.RetryConfig(max_attempts=policy.max_attempts, max_doublings=policy.max_doublings)
    for field in ("max_retry_duration", "min_backoff", "max_backoff"):
        getattr(message, field).FromMicroseconds(round(getattr(policy, field) * 1_000_000))
    return message


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
    """Let a retry policy pass.

    Raises:
        Refusal: a number is out of its bounds, or the backoffs cross.
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


def task_message(task: StoredTask, queue: QueueName, view: int) -> Any:
    """Give a Task as the caller asked for it; the body belongs to the full view only."""
    message = wire.Task.FromString(task.request)
    message.name = f"{queue}/tasks/{task.id}"
    message.view = view
    message.schedule_time.CopyFrom(timestamp(task.eta))
    message.create_time.CopyFrom(timestamp(int(task.created)))
    message.dispatch_count = task.dispatches
    message.response_count = task.responses
    if view == FULL:
        target_of(message).body = task.body
    if task.first_dispatched is not None:
        message.first_attempt.dispatch_time.CopyFrom(timestamp(task.first_dispatched))
        message.last_attempt.CopyFrom(_last_attempt(task))
    return message


def target_of(message: Any) -> Any:
    """Give the half of a Task that says where it goes."""
    return message.http_request if message.HasField("http_request") else message.app_engine_http_request


def _last_attempt(task: StoredTask) -> Any:
    attempt = wire.Attempt()
    attempt.schedule_time.CopyFrom(timestamp(task.last_scheduled or 0.0))
    attempt.dispatch_time.CopyFrom(timestamp(task.last_dispatched or 0.0))
    if task.last_answered is not None and task.last_status is not None:
        attempt.response_time.CopyFrom(timestamp(task.last_answered))
        attempt.response_status.CopyFrom(status_message(task.last_status))
    return attempt


def _burst(rate: float) -> int:
    """Cloud Tasks computes the burst of a queue without a file; its default of 500/s gets 100."""
    return min(MAX_BURST, max(LEAST_BURST, round(rate / 5)))


def _duration(message: Any, field: str, defaults: RetryPolicy) -> float:
    if message.HasField(field):
        return seconds_of(getattr(message, field))
    return float(getattr(defaults, field))


def _routing_message(target: Routing) -> Any:
    return wire.message_type("AppEngineRouting")(
        service=target.service, version=target.version, instance=target.instance
    )


def _unread(message: Any) -> bytes:
    rest = wire.Queue(
        http_target=message.http_target, stackdriver_logging_config=message.stackdriver_logging_config
    )
    return bytes(rest.SerializeToString())
