"""Parse cron.yaml."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gaelocal.retry import UNLIMITED, RetryPolicy
from gaelocal.scheduler.grammar import parse_schedule
from gaelocal.scheduler.job import ONCE, Job
from gaelocal.scheduler.schedule import Schedule
from gaelocal.scheduler.schedule_errors import ScheduleError
from gaelocal.yaml_files import ConfigError, Section, read_yaml

MOST_JOBS = 250
MOST_RETRIES = 5
LEAST_DEADLINE = 15.0
MOST_DEADLINE = 24 * 3600.0
DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")
UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
TARGET = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
JOB_KEYS = ("description", "url", "schedule", "timezone", "target", "retry_parameters", "attempt_deadline")
RETRY_KEYS = (
    "job_retry_limit",
    "job_age_limit",
    "min_backoff_seconds",
    "max_backoff_seconds",
    "max_doublings",
)


def read_jobs(file: Path) -> list[Job]:
    """Parse the jobs of a project; a project without the file has none.

    Raises:
        ConfigError: App Engine would refuse the file.
    """
    if not file.exists():
        return []
    top = read_yaml(file)
    top.allow("cron")
    sections = top.sections("cron")
    if len(sections) > MOST_JOBS:
        raise top.fail("cron", f"{len(sections)} jobs are too many: App Engine takes {MOST_JOBS}")
    return [_job(section) for section in sections]


def _job(section: Section) -> Job:
    section.allow(*JOB_KEYS)
    return Job(
        url=_url(section),
        schedule=section.text("schedule"),
        rule=_rule(section),
        zone=_zone(section),
        target=_target(section),
        description=section.text("description", ""),
        retry=_retry(section.section("retry_parameters")),
        attempt_deadline=_deadline(section),
    )


def _url(section: Section) -> str:
    url = section.text("url")
    if not url.startswith("/") or " " in url:
        raise section.fail("url", f"`url: {url}` must be a path of the app: it begins with /, without spaces")
    return url


def _rule(section: Section) -> Schedule:
    written = section.text("schedule")
    try:
        return parse_schedule(written)
    except ScheduleError as error:
        raise section.fail("schedule", f"`schedule: {written}`: {error}") from error


def _zone(section: Section) -> ZoneInfo:
    name = section.text("timezone", "UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise section.fail(
            "timezone",
            f"`timezone: {name}` is not a time zone; write it as in Europe/Berlin or America/New_York",
        ) from None


def _target(section: Section) -> str | None:
    target = section.optional("target")
    if target is not None and not TARGET.fullmatch(target):
        raise section.fail("target", f"`target: {target}` must be the name of a service")
    return target


def _deadline(section: Section) -> float | None:
    if "attempt_deadline" not in section:
        return None
    seconds = _duration(section, "attempt_deadline")
    if not LEAST_DEADLINE <= seconds <= MOST_DEADLINE:
        raise section.fail("attempt_deadline", "`attempt_deadline` must be between 15s and 24h")
    return seconds


def _retry(section: Section | None) -> RetryPolicy:
    if section is None:
        return ONCE
    section.allow(*RETRY_KEYS)
    defaults = RetryPolicy()
    low = _number(section, "min_backoff_seconds", defaults.min_backoff)
    return RetryPolicy(
        max_attempts=_attempts(section),
        max_retry_duration=_duration(section, "job_age_limit") if "job_age_limit" in section else 0.0,
        min_backoff=low,
        max_backoff=max(low, _number(section, "max_backoff_seconds", defaults.max_backoff)),
        max_doublings=int(_number(section, "max_doublings", defaults.max_doublings)),
    )


def _attempts(section: Section) -> int:
    if "job_retry_limit" not in section:
        return UNLIMITED if "job_age_limit" in section else MOST_RETRIES + 1
    limit = section.integer("job_retry_limit")
    if not 0 <= limit <= MOST_RETRIES:
        raise section.fail("job_retry_limit", f"`job_retry_limit` must be between 0 and {MOST_RETRIES}")
    return limit + 1


def _number(section: Section, key: str, default: float) -> float:
    value = section.number(key, default)
    if not 0 <= value < float("inf"):
        raise section.fail(key, f"`{key}` must be 0 or more")
    return value


def _duration(section: Section, key: str) -> float:
    written = section.text(key)
    match = DURATION.fullmatch(written)
    if not match:
        raise _bad_duration(section, key, written)
    return float(match[1]) * UNIT_SECONDS[match[2]]


def _bad_duration(section: Section, key: str, written: str) -> ConfigError:
    return section.fail(key, f"`{key}: {written}` must be a number and a unit, such as 30s, 5m, 2h or 1d")
