"""Queues as the REST API of Cloud Tasks writes them, and back."""

from dataclasses import replace
from typing import Any

from gaelocal.admin.bodies import Resource, duration, number_of, seconds_of, section
from gaelocal.admin.locations import LOCATION
from gaelocal.admin.problems import invalid
from gaelocal.retry import UNLIMITED, RetryPolicy
from gaelocal.tasks.queue_config import MAX_BURST, MAX_CONCURRENT, MAX_RATE, QueueConfig, Routing
from gaelocal.tasks.queue_state import Queue

RATES = {
    "maxDispatchesPerSecond": "rate",
    "maxBurstSize": "bucket_size",
    "maxConcurrentDispatches": "max_concurrent",
}
COUNTS = {"maxAttempts": "max_attempts", "maxDoublings": "max_doublings"}
TIMES = {"maxRetryDuration": "max_retry_duration", "minBackoff": "min_backoff", "maxBackoff": "max_backoff"}
UNREAD = ("taskTtl", "tombstoneTtl", "stackdriverLoggingConfig", "type")
"""Sent by gcloud for every queue; nothing here acts on them."""


def queue_resource(queue: Queue, project: str, domain: str, *, is_beta: bool) -> Resource:
    config = queue.config
    told: Resource = {
        "name": f"projects/{project}/locations/{LOCATION}/queues/{config.name}",
        "state": queue.state.name,
        "rateLimits": {key: getattr(config, field) for key, field in RATES.items()},
        "retryConfig": {key: getattr(config.retry, field) for key, field in COUNTS.items()}
        | {key: duration(getattr(config.retry, field)) for key, field in TIMES.items()},
    }
    if is_beta:
        told["type"] = "PUSH"
    if config.target:
        routing = _routing_resource(config.target, project, domain)
        override = {"appEngineRoutingOverride": routing}
        told.update({"appEngineHttpQueue": override} if is_beta else override)
    return told


def changed_config(config: QueueConfig, wanted: Resource, mask: list[str]) -> QueueConfig:
    """Change what the mask names.

    Raises:
        Refused: it names what a queue does not have, or a value of the wrong kind.
    """
    for path in mask:
        config = _changed(config, wanted, path)
    return config


def checked_config(config: QueueConfig) -> QueueConfig:
    """Let a queue pass whose numbers are within the bounds of Cloud Tasks.

    Raises:
        Refused: one is not.
    """
    _within("rateLimits.maxDispatchesPerSecond", config.rate, 0, MAX_RATE)
    _within("rateLimits.maxBurstSize", config.bucket_size, 1, MAX_BURST)
    _within("rateLimits.maxConcurrentDispatches", config.max_concurrent, 1, MAX_CONCURRENT)
    retry = config.retry
    if retry.max_attempts < UNLIMITED or retry.max_attempts == 0 or retry.max_doublings < 0:
        raise invalid("retryConfig.maxAttempts must be -1 or 1 and more, maxDoublings 0 or more.")
    if not 0 <= retry.min_backoff <= retry.max_backoff or retry.max_retry_duration < 0:
        raise invalid("retryConfig: 0 <= minBackoff <= maxBackoff, and maxRetryDuration not negative.")
    return config


def _changed(config: QueueConfig, wanted: Resource, path: str) -> QueueConfig:
    group, _, key = path.partition(".")
    if group == "rateLimits" and key in RATES:
        return replace(config, **{RATES[key]: _rate(section(wanted, group).get(key), config.name, key)})
    if group == "retryConfig" and key in COUNTS | TIMES:
        return replace(config, retry=_changed_retry(config.retry, section(wanted, group).get(key), key))
    if group in ("appEngineHttpQueue", "appEngineRoutingOverride"):
        return replace(config, target=_routing(wanted))
    if group not in UNREAD:
        raise invalid(f'"{path}" is no field of a queue that can be changed here.')
    return config


def _rate(value: object, queue_id: str, key: str) -> Any:
    """Read a limit; one that is left out gets its default."""
    if value is None:
        return getattr(QueueConfig(name=queue_id), RATES[key])
    number = number_of(value, f"rateLimits.{key}")
    return number if RATES[key] == "rate" else int(number)


def _changed_retry(retry: RetryPolicy, value: object, key: str) -> RetryPolicy:
    field, name = (COUNTS | TIMES)[key], f"retryConfig.{key}"
    new: Any = getattr(RetryPolicy(), field)
    if value is not None:
        new = int(number_of(value, name)) if key in COUNTS else seconds_of(value, name)
    return replace(retry, **{field: new})


def _routing(wanted: Resource) -> Routing:
    found = section(section(wanted, "appEngineHttpQueue") or wanted, "appEngineRoutingOverride")
    return Routing(*(str(found.get(key, "")) for key in ("service", "version", "instance")))


def _routing_resource(routing: Routing, project: str, domain: str) -> Resource:
    """Tell the host, too: by it alone gcloud recognises a target that did not change."""
    parts = {"service": routing.service, "version": routing.version, "instance": routing.instance}
    host = ".".join(part for part in (routing.version, routing.service, project, domain) if part)
    return {**{key: part for key, part in parts.items() if part}, "host": host}


def _within(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise invalid(f"{name} must be between {least:g} and {most:g}, not {value:g}.")
