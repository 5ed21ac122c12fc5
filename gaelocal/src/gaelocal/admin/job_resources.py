"""Cron jobs as the REST API of Cloud Scheduler writes them, and back."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gaelocal.admin.bodies import Resource, duration, number_of, seconds_of, section
from gaelocal.admin.locations import LOCATION
from gaelocal.admin.problems import invalid
from gaelocal.retry import UNLIMITED, RetryPolicy
from gaelocal.scheduler import Job
from gaelocal.scheduler.grammar import parse_schedule
from gaelocal.scheduler.job import DEFAULT_DEADLINE, ONCE
from gaelocal.scheduler.listing import ListedJob
from gaelocal.scheduler.schedule import Schedule
from gaelocal.scheduler.schedule_errors import ScheduleError

MOST_RETRIES = 5
TIMES = {
    "maxRetryDuration": "max_retry_duration",
    "minBackoffDuration": "min_backoff",
    "maxBackoffDuration": "max_backoff",
}


def job_resource(listed: ListedJob, project: str) -> Resource:
    job = listed.job
    told: Resource = {
        "name": f"projects/{project}/locations/{LOCATION}/jobs/{listed.id}",
        "appEngineHttpTarget": {
            "httpMethod": "GET",
            "relativeUri": job.url,
            "appEngineRouting": {"service": job.target} if job.target else {},
        },
        "schedule": job.schedule,
        "timeZone": job.timezone,
        "state": "ENABLED",
        "attemptDeadline": duration(job.attempt_deadline),
        "legacyAppEngineCron": True,
    }
    if job.description:
        told["description"] = job.description
    if job.retry != ONCE:
        told["retryConfig"] = _retry_resource(job.retry)
    return told


def job_of(wanted: Resource) -> Job:
    """Read a job.

    Raises:
        Refused: it has no App Engine target, or a schedule that App Engine would not take.
    """
    target = section(wanted, "appEngineHttpTarget")
    url = target.get("relativeUri")
    if not isinstance(url, str) or not url.startswith("/"):
        raise invalid("A job of gaelocal has an appEngineHttpTarget with a relativeUri such as /tasks/sweep.")
    if target.get("httpMethod", "GET") != "GET":
        raise invalid("Cron sends GET.")
    return Job(
        url=url,
        schedule=str(wanted.get("schedule", "")),
        rule=_rule(str(wanted.get("schedule", ""))),
        zone=_zone(str(wanted.get("timeZone") or "UTC")),
        target=section(target, "appEngineRouting").get("service") or None,
        description=str(wanted.get("description") or ""),
        retry=_retry(section(wanted, "retryConfig")) if "retryConfig" in wanted else ONCE,
        attempt_deadline=_deadline(wanted),
    )


def _rule(written: str) -> Schedule:
    try:
        return parse_schedule(written)
    except ScheduleError as error:
        raise invalid(f"`schedule: {written}`: {error}") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise invalid(f"`timeZone: {name}` is no time zone; write it as in Europe/Berlin.") from None


def _deadline(wanted: Resource) -> float:
    if "attemptDeadline" not in wanted:
        return DEFAULT_DEADLINE
    return seconds_of(wanted["attemptDeadline"], "attemptDeadline")


def _retry(wanted: Resource) -> RetryPolicy:
    given = {field: seconds_of(wanted[key], key) for key, field in TIMES.items() if wanted.get(key)}
    if wanted.get("maxDoublings") is not None:
        given["max_doublings"] = int(number_of(wanted["maxDoublings"], "maxDoublings"))
    return RetryPolicy(max_attempts=_attempts(wanted), **given)  # type: ignore[arg-type]


def _attempts(wanted: Resource) -> int:
    if wanted.get("retryCount") is None:
        has_age = bool(wanted.get("maxRetryDuration")) and seconds_of(wanted["maxRetryDuration"], "age") > 0
        return UNLIMITED if has_age else MOST_RETRIES + 1
    count = int(number_of(wanted["retryCount"], "retryCount"))
    if not 0 <= count <= MOST_RETRIES:
        raise invalid(f"retryConfig.retryCount must be between 0 and {MOST_RETRIES}.")
    return count + 1


def _retry_resource(retry: RetryPolicy) -> Resource:
    times = {key: duration(getattr(retry, field)) for key, field in TIMES.items()}
    count = {} if retry.max_attempts == UNLIMITED else {"retryCount": retry.max_attempts - 1}
    return {**times, **count, "maxDoublings": retry.max_doublings}
