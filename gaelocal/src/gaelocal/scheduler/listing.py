"""Which jobs there are: those of cron.yaml, until a list is deployed that wins over the file."""

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gaelocal.atomic_write import write_atomically
from gaelocal.retry import RetryPolicy
from gaelocal.scheduler.grammar import parse_schedule
from gaelocal.scheduler.job import Job
from gaelocal.state_files import make_folder, read_json

DEPLOYED = "deployed.json"


@dataclass(frozen=True, slots=True)
class ListedJob:
    """`is_deployed` is false for a job that only stands in the project's cron.yaml."""

    id: str
    job: Job
    is_deployed: bool


class Listing:
    """Kept as a file from the first job on that is deployed or taken away."""

    def __init__(self, folder: Path, of_file: Sequence[Job]) -> None:
        self._file = folder / DEPLOYED
        self._listed = [ListedJob(f"cron-yaml-{at}", job, False) for at, job in enumerate(of_file, 1)]

    def load(self) -> None:
        self._listed = read_json(self._file, _listed, self._listed)

    def __iter__(self) -> Iterator[ListedJob]:
        return iter(self._listed)

    @property
    def jobs(self) -> list[Job]:
        return [listed.job for listed in self._listed]

    def find(self, job_id: str) -> ListedJob:
        """Give one job.

        Raises:
            LookupError: it is not there.
        """
        for listed in self._listed:
            if listed.id == job_id:
                return listed
        raise LookupError(f"there is no job {job_id}")

    def add(self, job: Job, job_id: str | None = None) -> ListedJob:
        """Add a job; one of cron.yaml with the same URL and target leaves for it."""
        new = ListedJob(job_id or secrets.token_hex(8), job, True)
        twin = next((old for old in self._listed if not old.is_deployed and _are_twins(old.job, job)), None)
        self._listed = [old for old in self._listed if old is not twin] + [new]
        self._save()
        return new

    def replace(self, job_id: str, job: Job) -> ListedJob:
        old, new = self.find(job_id), ListedJob(job_id, job, True)
        self._listed = [new if listed is old else listed for listed in self._listed]
        self._save()
        return new

    def remove(self, job_id: str) -> None:
        """Take a job off the list; one that is gone already, because a twin was deployed, is no mistake."""
        self._listed = [listed for listed in self._listed if listed.id != job_id]
        self._save()

    def _save(self) -> None:
        make_folder(self._file.parent)
        rows = [{"id": one.id, "deployed": one.is_deployed, "job": _row(one.job)} for one in self._listed]
        write_atomically(self._file, json.dumps(rows, indent=1))


def deployed_jobs(folder: Path) -> list[Job] | None:
    """Give the jobs that were deployed into this folder; None where none ever were."""
    listed = read_json(folder / DEPLOYED, _listed, None)
    return None if listed is None else [one.job for one in listed]


def _are_twins(one: Job, other: Job) -> bool:
    return (one.url, one.target) == (other.url, other.target)


def _listed(rows: Any) -> list[ListedJob]:
    return [ListedJob(row["id"], _job(row["job"]), row["deployed"]) for row in rows]


def _row(job: Job) -> dict[str, Any]:
    return {
        "url": job.url,
        "schedule": job.schedule,
        "timezone": job.timezone,
        "target": job.target,
        "description": job.description,
        "retry": asdict(job.retry),
        "attempt_deadline": job.attempt_deadline,
    }


def _job(row: dict[str, Any]) -> Job:
    return Job(
        url=row["url"],
        schedule=row["schedule"],
        rule=parse_schedule(row["schedule"]),
        zone=ZoneInfo(row["timezone"]),
        target=row["target"],
        description=row["description"],
        retry=RetryPolicy(**row["retry"]),
        attempt_deadline=row["attempt_deadline"],
    )
