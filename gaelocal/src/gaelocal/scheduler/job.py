"""A scheduled job: one of cron.yaml, or one that was created by a call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from gaelocal.retry import RetryPolicy
from gaelocal.scheduler.occurrences import runs
from gaelocal.scheduler.schedule import Schedule

ONCE = RetryPolicy(max_attempts=1)
DEFAULT_DEADLINE = 600.0
"""Seconds, as the API tells it of a job of cron.yaml; the scaling of its service decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`schedule` is the text, `rule` its meaning. Without retry parameters a job is tried once.

    `request` is the serialized message of a job that a call created: its target says what is sent where.
    It is empty for a job of cron.yaml, which is a GET of `url` in the service `target`.
    """

    url: str
    schedule: str
    rule: Schedule
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    target: str | None = None
    description: str = ""
    retry: RetryPolicy = ONCE
    attempt_deadline: float | None = None
    request: bytes = b""
    is_paused: bool = False
    updated: float = 0.0

    @property
    def timezone(self) -> str:
        return self.zone.key

    @property
    def is_cron(self) -> bool:
        """Return whether it is a job of cron.yaml, from the folder or deployed."""
        return not self.request

    def runs(self, after: datetime) -> Iterator[datetime]:
        return runs(self.rule, self.zone, after)


def next_runs(job: Job, after: datetime, count: int) -> list[datetime]:
    """Return the next times the job runs, in its own time zone; an interval is taken to end as it starts."""
    return [at.astimezone(job.zone) for at in islice(job.runs(after), count)]


def keys_of(jobs: Sequence[tuple[str, Job]]) -> list[str]:
    """Return a key for each job, given by ID, that survives a restart; cron.yaml may name one URL twice."""
    keys: list[str] = []
    for job_id, job in jobs:
        plain = f"{job.target or 'default'} {job.url}"
        seen = sum(key.startswith(f"{plain} #") for key in keys)
        keys.append(f"{plain} #{seen + 1}" if job.is_cron else f"job {job_id}")
    return keys
