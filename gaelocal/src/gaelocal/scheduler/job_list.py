"""The list of jobs: those of cron.yaml, until others are deployed, and those that calls created."""

import base64
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gaelocal.atomic_write import write_atomically
from gaelocal.retry import RetryPolicy
from gaelocal.scheduler.grammar import parse_schedule
from gaelocal.scheduler.job import Job
from gaelocal.scheduler.schedule import Schedule
from gaelocal.scheduler.unix_cron import is_unix_cron, parse_unix_cron
from gaelocal.state_files import ensure_folder, read_json

DEPLOYED = "deployed.json"
PAUSED = "paused.json"


@dataclass(frozen=True, slots=True)
class ListedJob:
    """`is_deployed` is false for a job that only the project's cron.yaml names."""

    id: str
    job: Job
    is_deployed: bool
    location: str = ""


class JobList:
    """Kept as a file from the first job on that is created or deleted."""

    def __init__(self, folder: Path, of_file: Sequence[Job]) -> None:
        self._file = folder / DEPLOYED
        self._paused_file = folder / PAUSED
        self._listed = [ListedJob(f"cron-yaml-{at}", job, False) for at, job in enumerate(of_file, 1)]

    def load(self) -> None:
        """Read the list that was created by calls, or which jobs of cron.yaml are paused."""
        nothing: set[tuple[str, str]] = set()
        paused = read_json(self._paused_file, _names, nothing)
        of_file = [one if _name(one) not in paused else _with_pause(one, True) for one in self._listed]
        self._listed = read_json(self._file, _listed, of_file)

    def __iter__(self) -> Iterator[ListedJob]:
        return iter(self._listed)

    def __contains__(self, job_id: str) -> bool:
        return any(listed.id == job_id for listed in self._listed)

    def __len__(self) -> int:
        return len(self._listed)

    def find(self, job_id: str) -> ListedJob:
        """Return one job.

        Raises:
            LookupError: there is none with this ID.
        """
        for listed in self._listed:
            if listed.id == job_id:
                return listed
        raise LookupError(f"there is no job {job_id}")

    def add(self, job: Job, job_id: str = "", location: str = "") -> ListedJob:
        """Add a job; a deployed job of cron.yaml takes the place of its twin of the folder."""
        new = ListedJob(job_id or secrets.token_hex(8), job, True, location)
        twins = (old for old in self._listed if job.is_cron and _are_twins(old, job))
        twin = next(twins, None)
        self._save([old for old in self._listed if old is not twin] + [new])
        return new

    def replace(self, job_id: str, job: Job) -> ListedJob:
        old = self.find(job_id)
        new = ListedJob(job_id, job, True, old.location)
        self._save([new if listed is old else listed for listed in self._listed])
        return new

    def set_paused(self, job_id: str, is_paused: bool) -> None:
        """Pause or resume a job. Jobs that only cron.yaml names go on to follow that file."""
        old = self.find(job_id)
        if old.is_deployed or self._file.exists():
            self.replace(job_id, replace(old.job, is_paused=is_paused))
            return
        listed = [_with_pause(one, is_paused) if one is old else one for one in self._listed]
        ensure_folder(self._paused_file.parent)
        write_atomically(self._paused_file, json.dumps([_name(one) for one in listed if one.job.is_paused]))
        self._listed = listed

    def remove(self, job_id: str) -> None:
        """Remove a job; one that is gone already, because its twin was deployed, is not an error."""
        self._save([listed for listed in self._listed if listed.id != job_id])

    def _save(self, listed: list[ListedJob]) -> None:
        """Write the file; the list changes only if that succeeds."""
        ensure_folder(self._file.parent)
        rows = [
            {"id": one.id, "deployed": one.is_deployed, "location": one.location, "job": _row(one.job)}
            for one in listed
        ]
        write_atomically(self._file, json.dumps(rows, indent=1))
        self._listed = listed


def _name(listed: ListedJob) -> tuple[str, str]:
    return listed.job.url, listed.job.target or ""


def _names(rows: Any) -> set[tuple[str, str]]:
    return {(str(url), str(target)) for url, target in rows}


def _with_pause(listed: ListedJob, is_paused: bool) -> ListedJob:
    return replace(listed, job=replace(listed.job, is_paused=is_paused))


def deployed_jobs(folder: Path) -> list[Job] | None:
    """Return the jobs that were deployed into this folder, None if none ever were."""
    listed = read_json(folder / DEPLOYED, _listed, None)
    return None if listed is None else [one.job for one in listed]


def parse_any_schedule(text: str) -> Schedule:
    """Parse a schedule of Cloud Scheduler: unix cron, or one of App Engine's.

    Raises:
        ScheduleError: it is neither.
    """
    return parse_unix_cron(text) if is_unix_cron(text) else parse_schedule(text)


def _are_twins(one: ListedJob, other: Job) -> bool:
    is_same = (one.job.url, one.job.target) == (other.url, other.target)
    return is_same and one.job.is_cron and not one.is_deployed


def _listed(rows: Any) -> list[ListedJob]:
    return [ListedJob(row["id"], _job(row["job"]), row["deployed"], row.get("location", "")) for row in rows]


def _row(job: Job) -> dict[str, Any]:
    return {
        "url": job.url,
        "schedule": job.schedule,
        "timezone": job.timezone,
        "target": job.target,
        "description": job.description,
        "retry": asdict(job.retry),
        "attempt_deadline": job.attempt_deadline,
        "request": base64.b64encode(job.request).decode(),
        "paused": job.is_paused,
        "updated": job.updated,
    }


def _job(row: dict[str, Any]) -> Job:
    return Job(
        url=row["url"],
        schedule=row["schedule"],
        rule=parse_any_schedule(row["schedule"]),
        zone=ZoneInfo(row["timezone"]),
        target=row["target"],
        description=row["description"],
        retry=RetryPolicy(**row["retry"]),
        attempt_deadline=row["attempt_deadline"],
        request=base64.b64decode(row.get("request", "")),
        is_paused=row.get("paused", False),
        updated=row.get("updated", 0.0),
    )
