"""Parse queue.yaml. Values that are left out get the defaults that `gcloud app deploy` sends."""

import logging
import re
from collections.abc import Iterable
from pathlib import Path

from gaelocal.retry import UNLIMITED, RetryPolicy
from gaelocal.tasks.queue_config import (
    DEFAULT_CONCURRENT,
    MAX_BURST,
    MAX_CONCURRENT,
    MAX_RATE,
    QUEUE_ID,
    QueueConfig,
    Routing,
)
from gaelocal.yaml_files import Section, read_yaml

log = logging.getLogger(__name__)
RATE = re.compile(r"(\d+(?:\.\d+)?)/([smhd])")
AGE = re.compile(r"(\d+(?:\.\d+)?)([smhd])")
UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
TARGET = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+){0,2}")

DEFAULT_BUCKET = 5
QUEUE_KEYS = (
    "acl",
    "name",
    "mode",
    "rate",
    "bucket_size",
    "max_concurrent_requests",
    "retry_parameters",
    "target",
)
RETRY_KEYS = (
    "task_retry_limit",
    "task_age_limit",
    "min_backoff_seconds",
    "max_backoff_seconds",
    "max_doublings",
)


def read_queues(file: Path) -> list[QueueConfig]:
    """Parse the queues of a project; a project without the file has none.

    Raises:
        ConfigError: App Engine would refuse the file.
    """
    if not file.exists():
        return []
    top = read_yaml(file)
    top.allow("queue", "total_storage_limit")
    sections = top.sections("queue")
    _refuse_twins(sections)
    return [_queue(section) for section in sections]


def _refuse_twins(sections: Iterable[Section]) -> None:
    seen: set[str] = set()
    for section in sections:
        name = section.text("name")
        if name in seen:
            raise section.fail("name", f"the queue `{name}` is defined twice")
        seen.add(name)


def _queue(section: Section) -> QueueConfig:
    section.allow(*QUEUE_KEYS)
    if "acl" in section:
        log.warning("%s", section.fail("acl", "`acl` has no effect: it was for pull queues"))
    if section.text("mode", "push") != "push":
        raise section.fail("mode", "Cloud Tasks supports only `mode: push`; pull queues no longer exist")
    return QueueConfig(
        name=_name(section),
        rate=_rate(section),
        bucket_size=_bounded(section, "bucket_size", DEFAULT_BUCKET, MAX_BURST),
        max_concurrent=_bounded(section, "max_concurrent_requests", DEFAULT_CONCURRENT, MAX_CONCURRENT),
        retry=_retry(section.section("retry_parameters")),
        target=_target(section),
    )


def _name(section: Section) -> str:
    name = section.text("name")
    if not QUEUE_ID.fullmatch(name):
        raise section.fail(
            "name", f"`{name}` is not a valid queue name: use 1 to 100 letters, digits and hyphens"
        )
    return name


def _rate(section: Section) -> float:
    if "rate" not in section:
        return MAX_RATE
    written = section.text("rate")
    if written == "0":
        return 0.0
    match = RATE.fullmatch(written)
    if not match:
        raise section.fail("rate", f"`rate: {written}` must be 0 or a number and a unit, such as 5/s or 10/m")
    rate = float(match[1]) / UNIT_SECONDS[match[2]]
    if rate > MAX_RATE:
        raise section.fail("rate", f"`rate: {written}` is more than the maximum of {MAX_RATE:g}/s")
    return rate


def _bounded(section: Section, key: str, default: int, most: int) -> int:
    value = section.integer(key, default)
    if not 1 <= value <= most:
        raise section.fail(key, f"`{key}` must be between 1 and {most}")
    return value


def _target(section: Section) -> Routing:
    target = section.optional("target")
    if target is None:
        return Routing()
    if not TARGET.fullmatch(target):
        raise section.fail("target", f"`target: {target}` must be the name of a service")
    return Routing.of_target(target)


def _retry(section: Section | None) -> RetryPolicy:
    if section is None:
        return RetryPolicy(max_attempts=UNLIMITED)
    section.allow(*RETRY_KEYS)
    defaults = RetryPolicy()
    low, high = _backoffs(section)
    return RetryPolicy(
        max_attempts=_attempts(section),
        max_retry_duration=_age(section),
        min_backoff=low,
        max_backoff=high,
        max_doublings=_natural(section, "max_doublings", defaults.max_doublings),
    )


def _attempts(section: Section) -> int:
    """Return the number of attempts: a limit of 7 retries is 8, without one there is no limit."""
    if "task_retry_limit" in section:
        return _natural(section, "task_retry_limit", 0) + 1
    return UNLIMITED


def _age(section: Section) -> float:
    written = section.optional("task_age_limit")
    if written is None:
        return 0.0
    match = AGE.fullmatch(written)
    if not match:
        raise section.fail("task_age_limit", f"`task_age_limit: {written}` must be like 30s, 5m, 2h or 1d")
    return float(match[1]) * UNIT_SECONDS[match[2]]


def _backoffs(section: Section) -> tuple[float, float]:
    """Return both bounds; one that is given alone moves the default of the other, as in gcloud."""
    defaults = RetryPolicy()
    low = _seconds(section, "min_backoff_seconds", defaults.min_backoff)
    high = _seconds(section, "max_backoff_seconds", defaults.max_backoff)
    if "min_backoff_seconds" not in section:
        return min(low, high), high
    if "max_backoff_seconds" not in section:
        return low, max(low, high)
    if low > high:
        raise section.fail("min_backoff_seconds", "`min_backoff_seconds` is more than `max_backoff_seconds`")
    return low, high


def _seconds(section: Section, key: str, default: float) -> float:
    value = section.number(key, default)
    if not 0 <= value < float("inf"):
        raise section.fail(key, f"`{key}` must be a number of seconds, 0 or more")
    return value


def _natural(section: Section, key: str, default: int) -> int:
    value = section.integer(key, default)
    if value < 0:
        raise section.fail(key, f"`{key}` must be 0 or more")
    return value
