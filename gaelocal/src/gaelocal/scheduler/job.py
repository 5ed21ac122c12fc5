"""A job of cron.yaml."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`schedule` is the text of the file, `rule` what it means. Without retry parameters it is tried once."""

    url: str
    schedule: str
    rule: Schedule
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    target: str | None = None
    description: str = ""
    retry: RetryPolicy = ONCE
    attempt_deadline: float = DEFAULT_DEADLINE

    @property
    def timezone(self) -> str:
        return self.zone.key

    def runs(self, after: datetime) -> Iterator[datetime]:
        return runs(self.rule, self.zone, after)


def next_runs(job: Job, after: datetime, count: int) -> list[datetime]:
    """Give the next times the job runs, in its own time zone; an interval is taken to end as it starts."""
    return [at.astimezone(job.zone) for at in islice(job.runs(after), count)]


def keys_of(jobs: Sequence[Job]) -> list[str]:
    """Give each job a name that survives a restart; a file may have one URL twice."""
    keys: list[str] = []
    for job in jobs:
        plain = f"{job.target or 'default'} {job.url}"
        seen = sum(key.startswith(f"{plain} #") for key in keys)
        keys.append(f"{plain} #{seen + 1}")
    return keys
