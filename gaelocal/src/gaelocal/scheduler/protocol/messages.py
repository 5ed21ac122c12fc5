"""Convert jobs to messages and back. The messages are those of v1beta1, which has every field of v1."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gaelocal.google_api.errors import ApiError, invalid, unimplemented
from gaelocal.google_api.http_requests import (
    MAX_URL,
    check_headers,
    check_method,
    check_tokens,
    check_url,
)
from gaelocal.google_api.http_status import NO_ANSWER, status_message
from gaelocal.google_api.times import duration, seconds_of, timestamp
from gaelocal.protobuf import scheduler_v1beta1_pb2 as pb
from gaelocal.retry import UNLIMITED, RetryPolicy
from gaelocal.scheduler.grammar import parse_schedule
from gaelocal.scheduler.job import DEFAULT_DEADLINE, ONCE, Job
from gaelocal.scheduler.job_list import ListedJob, parse_any_schedule
from gaelocal.scheduler.job_state import INTERRUPTED, RUNNING, JobState
from gaelocal.scheduler.schedule import Schedule
from gaelocal.scheduler.schedule_errors import ScheduleError

MOST_RETRIES = 5
LONGEST_DESCRIPTION = 499
LEAST_DEADLINE = 15.0
MAX_DEADLINE_HTTP = 30 * 60.0
MAX_DEADLINE_APP_ENGINE = 24 * 3600.0 + 15
DEFAULT_API_DEADLINE = 180.0
MAX_BODY = 100 * 1024
DEFAULT_RETRY = RetryPolicy(max_attempts=1, min_backoff=5.0, max_backoff=3600.0, max_doublings=5)
WITH_BODY_HTTP = ("POST", "PUT", "PATCH")
WITH_BODY_APP_ENGINE = ("POST", "PUT")


def job_message(listed: ListedJob, name: str, state: JobState, domain: str) -> Any:
    job = listed.job
    message = pb.Job.FromString(job.request)
    message.name = name
    message.description = job.description
    message.schedule = job.schedule
    message.time_zone = job.timezone
    message.state = pb.Job.State.PAUSED if job.is_paused else pb.Job.State.ENABLED
    message.attempt_deadline.CopyFrom(duration(job.attempt_deadline or DEFAULT_DEADLINE))
    message.legacy_app_engine_cron = job.is_cron
    if job.is_cron:
        message.app_engine_http_target.relative_uri = job.url
        message.app_engine_http_target.http_method = pb.HttpMethod.GET
        message.app_engine_http_target.app_engine_routing.service = job.target or ""
    if message.HasField("app_engine_http_target") and domain:
        routing = message.app_engine_http_target.app_engine_routing
        parts = (routing.instance, routing.version, routing.service, domain)
        routing.host = ".".join(part for part in parts if part)
    if not (job.is_cron and job.retry == ONCE):
        message.retry_config.CopyFrom(_retry_message(job.retry))
    if job.updated:
        message.user_update_time.CopyFrom(timestamp(job.updated))
    _add_state(message, state, is_paused=job.is_paused)
    return message


def job_of(message: Any, now: float, *, can_sign: bool) -> Job:
    """Read a job that a call sends.

    Raises:
        ApiError: Cloud Scheduler would refuse it, or it has a target that does not exist here.
    """
    kind = _checked_target(message, can_sign=can_sign)
    if len(message.description) > LONGEST_DESCRIPTION:
        raise invalid(f"Job.description must not be longer than {LONGEST_DESCRIPTION} characters.")
    is_cron = message.legacy_app_engine_cron and kind == "app_engine_http_target"
    target = message.app_engine_http_target
    is_plain = is_cron and target.http_method == pb.HttpMethod.GET and not (target.headers or target.body)
    return Job(
        url=target.relative_uri if kind == "app_engine_http_target" else message.http_target.uri,
        schedule=message.schedule,
        rule=_rule(message.schedule, is_cron=is_cron),
        zone=_zone(message.time_zone or "UTC"),
        target=target.app_engine_routing.service or None,
        description=message.description,
        retry=_retry(message, is_cron=is_cron),
        attempt_deadline=_deadline(message, kind, is_cron=is_cron),
        request=b"" if is_plain else _request(message, kind),
        is_paused=message.state == pb.Job.State.PAUSED,
        updated=now,
    )


def _request(message: Any, kind: str) -> bytes:
    kept = pb.Job()
    getattr(kept, kind).CopyFrom(getattr(message, kind))
    return bytes(kept.SerializeToString())


def _add_state(message: Any, state: JobState, *, is_paused: bool) -> None:
    if not is_paused:
        message.schedule_time.CopyFrom(timestamp(state.next))
    last = state.last
    if last is None:
        return
    message.last_attempt_time.CopyFrom(timestamp(last.time))
    if isinstance(last.status, int):
        is_success = 200 <= last.status < 300  # noqa: PLR2004 - the 2xx class itself
        message.status.SetInParent()
        if not is_success:
            message.status.CopyFrom(status_message(last.status))
    elif last.status not in (RUNNING, INTERRUPTED):
        message.status.CopyFrom(status_message(NO_ANSWER))


def _checked_target(message: Any, *, can_sign: bool) -> str:
    kind = message.WhichOneof("target")
    if kind == "pubsub_target":
        raise unimplemented("gaelocal has no Pub/Sub: use an App Engine or HTTP target.")
    if kind == "http_target":
        _check_http(message.http_target, can_sign=can_sign)
    elif kind == "app_engine_http_target":
        _check_app_engine(message.app_engine_http_target)
    else:
        raise invalid("Job.target must be set: app_engine_http_target or http_target.")
    return str(kind)


def _check_http(target: Any, *, can_sign: bool) -> None:
    check_url(target.uri)
    target.http_method = target.http_method or pb.HttpMethod.POST
    check_method(target.http_method, target.body, WITH_BODY_HTTP)
    _check_body(target.body)
    check_headers(target.headers)
    check_tokens(target)
    if not can_sign and target.WhichOneof("authorization_header"):
        raise unimplemented("This server has no identity provider that could sign the token of a job.")


def _check_app_engine(target: Any) -> None:
    target.relative_uri = target.relative_uri or "/"
    uri = target.relative_uri
    if not uri.startswith("/") or " " in uri or not uri.isprintable() or len(uri) > MAX_URL:
        raise invalid('AppEngineHttpTarget.relative_uri must be a path that begins with "/", without spaces.')
    target.http_method = target.http_method or pb.HttpMethod.POST
    check_method(target.http_method, target.body, WITH_BODY_APP_ENGINE)
    _check_body(target.body)
    check_headers(target.headers)
    target.app_engine_routing.ClearField("host")


def _check_body(body: bytes) -> None:
    if len(body) > MAX_BODY:
        raise invalid(f"The body must not be larger than {MAX_BODY // 1024} KB.")


def _rule(written: str, *, is_cron: bool) -> Schedule:
    if not written.strip():
        raise invalid("Job.schedule is required.")
    try:
        return parse_schedule(written) if is_cron else parse_any_schedule(written)
    except ScheduleError as error:
        raise _bad_schedule(written, error) from None


def _bad_schedule(written: str, error: ScheduleError) -> ApiError:
    return invalid(f"Schedule `{written}` is not valid: {error}.")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise invalid(f"Time zone `{name}` does not exist; write it as in Europe/Berlin.") from None


def _deadline(message: Any, kind: str, *, is_cron: bool) -> float | None:
    if not message.HasField("attempt_deadline"):
        return None if is_cron else DEFAULT_API_DEADLINE
    seconds = seconds_of(message.attempt_deadline)
    most = MAX_DEADLINE_HTTP if kind == "http_target" else MAX_DEADLINE_APP_ENGINE
    if not LEAST_DEADLINE <= seconds <= most:
        raise invalid(f"Job.attempt_deadline must be between {LEAST_DEADLINE:g}s and {most:g}s.")
    return seconds


def _retry(message: Any, *, is_cron: bool) -> RetryPolicy:
    if not message.HasField("retry_config"):
        return ONCE if is_cron else DEFAULT_RETRY
    config = message.retry_config
    if not 0 <= config.retry_count <= MOST_RETRIES:
        raise invalid(f"RetryConfig.retry_count must be between 0 and {MOST_RETRIES}.")
    policy = RetryPolicy(
        max_attempts=_attempts(config, is_cron=is_cron),
        max_retry_duration=seconds_of(config.max_retry_duration),
        min_backoff=_seconds(config, "min_backoff_duration", DEFAULT_RETRY.min_backoff),
        max_backoff=_seconds(config, "max_backoff_duration", DEFAULT_RETRY.max_backoff),
        max_doublings=config.max_doublings or (0 if is_cron else DEFAULT_RETRY.max_doublings),
    )
    if not 0 <= policy.min_backoff <= policy.max_backoff or policy.max_retry_duration < 0:
        raise invalid("RetryConfig: 0 <= min_backoff_duration <= max_backoff_duration is required.")
    if policy.max_doublings < 0:
        raise invalid("RetryConfig.max_doublings must be 0 or more.")
    return policy


def _attempts(config: Any, *, is_cron: bool) -> int:
    """With a duration and no count, the duration alone limits the attempts; cron.yaml retries by default."""
    if config.retry_count:
        return int(config.retry_count) + 1
    if seconds_of(config.max_retry_duration) > 0:
        return UNLIMITED
    return MOST_RETRIES + 1 if is_cron else 1


def _seconds(config: Any, field: str, default: float) -> float:
    return seconds_of(getattr(config, field)) if config.HasField(field) else default


def _retry_message(retry: RetryPolicy) -> Any:
    return pb.RetryConfig(
        retry_count=max(retry.max_attempts - 1, 0) if retry.max_attempts != UNLIMITED else 0,
        max_retry_duration=duration(retry.max_retry_duration),
        min_backoff_duration=duration(retry.min_backoff),
        max_backoff_duration=duration(retry.max_backoff),
        max_doublings=retry.max_doublings,
    )
