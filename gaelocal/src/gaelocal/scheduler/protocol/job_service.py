"""The methods about jobs."""

import re
from dataclasses import dataclass, replace
from typing import Any

from google.protobuf import empty_pb2

from gaelocal.google_api.errors import already_exists, failed_precondition, invalid, not_found
from gaelocal.google_api.locations import check_location_id, check_project
from gaelocal.google_api.paging import page_size, page_start
from gaelocal.google_api.update_mask import copy_path
from gaelocal.protobuf import scheduler_v1beta1_pb2 as pb
from gaelocal.scheduler.job_list import ListedJob
from gaelocal.scheduler.protocol.messages import job_message, job_of
from gaelocal.scheduler.scheduler import Scheduler

LOCATION = re.compile(r"projects/([A-Za-z0-9:.-]+)/locations/([A-Za-z0-9-]+)")
JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,500}")
MAX_PAGE = 500
MOST_JOBS = 1000
UPDATABLE = (
    *("description", "schedule", "time_zone", "retry_config", "attempt_deadline"),
    *("pubsub_target", "app_engine_http_target", "http_target"),
)
OUTPUT_ONLY = ("name", "state", "user_update_time", "status", "schedule_time", "last_attempt_time")
LEGACY = "legacy_app_engine_cron"


@dataclass(frozen=True, slots=True)
class JobName:
    parent: str
    location: str
    id: str

    def __str__(self) -> str:
        return f"{self.parent}/jobs/{self.id}"


class JobService:
    """`project` None accepts every project; `domain` ends the host of an App Engine target."""

    def __init__(self, scheduler: Scheduler, project: str | None, domain: str) -> None:
        self._scheduler = scheduler
        self._project = project
        self._domain = domain

    def list(self, request: Any) -> Any:
        """List the jobs. A deploy asks for those of cron.yaml alone, and must not see any other."""
        location = self._location(request.parent)
        size, start = page_size(request.page_size, MAX_PAGE), page_start(request.page_token)
        found = [
            listed
            for listed in self._scheduler.job_list
            if listed.location in ("", location)
            and (listed.job.is_cron or not request.legacy_app_engine_cron)
        ]
        jobs = [self._message(request.parent, listed) for listed in found[start : start + size]]
        if request.legacy_app_engine_cron:
            _hide_schedules(found, jobs)
        answer = pb.ListJobsResponse(jobs=jobs)
        if start + size < len(found):
            answer.next_page_token = str(start + size)
        return answer

    def get(self, request: Any) -> Any:
        name = self._name(request.name)
        return self._message(name.parent, self._found(name))

    def create(self, request: Any) -> Any:
        location = self._location(request.parent)
        job_id = ""
        if request.job.name:
            name = self._name(request.job.name)
            if name.parent != request.parent:
                raise invalid(f'The job "{name}" is not in the location "{request.parent}".')
            job_id = name.id
        if job_id in self._scheduler.job_list:
            raise already_exists(f"Job [{job_id}] already exists.")
        if len(self._scheduler.job_list) >= MOST_JOBS:
            raise invalid(f"There are {MOST_JOBS} jobs already.")
        for field in OUTPUT_ONLY:
            request.job.ClearField(field)
        job = job_of(request.job, self._scheduler.now(), can_sign=self._scheduler.can_sign)
        added = self._scheduler.job_list.add(job, job_id, "" if job.is_cron else location)
        self._scheduler.follow_list()
        return self._message(request.parent, added)

    def update(self, request: Any) -> Any:
        """Change what the mask names, or what the job sets if there is no mask."""
        name = self._name(request.job.name)
        before = self._found(name)
        merged = self._message(name.parent, before)
        if before.job.attempt_deadline is None:
            merged.ClearField("attempt_deadline")
        is_cron = merged.legacy_app_engine_cron
        sent = [field.name for field, _ in request.job.ListFields()]
        for path in list(request.update_mask.paths) or sent:
            if path not in (*OUTPUT_ONLY, LEGACY):
                copy_path(path, request.job, merged, UPDATABLE)
        merged.legacy_app_engine_cron = is_cron
        job = job_of(merged, self._scheduler.now(), can_sign=self._scheduler.can_sign)
        return self._replaced(name, before, replace(job, is_paused=before.job.is_paused))

    def delete(self, request: Any) -> Any:
        """Delete a job. A deploy also deletes those that its own jobs have replaced already."""
        name = self._name(request.name)
        if not request.legacy_app_engine_cron:
            self._found(name)
        self._scheduler.job_list.remove(name.id)
        self._scheduler.follow_list()
        return empty_pb2.Empty()

    def pause(self, request: Any) -> Any:
        name = self._name(request.name)
        listed = self._found(name)
        if listed.job.is_paused:
            raise failed_precondition(f"Job [{name.id}] is not enabled: it is paused already.")
        return self._replaced(name, listed, replace(listed.job, is_paused=True))

    def resume(self, request: Any) -> Any:
        name = self._name(request.name)
        listed = self._found(name)
        if not listed.job.is_paused:
            raise failed_precondition(f"Job [{name.id}] is not paused.")
        return self._replaced(name, listed, replace(listed.job, is_paused=False))

    def run(self, request: Any) -> Any:
        """Start a run now, whatever the schedule and the state say."""
        name = self._name(request.name)
        listed = self._found(name)
        self._scheduler.start_run(listed.id)
        return self._message(name.parent, listed)

    def _replaced(self, name: JobName, listed: ListedJob, job: Any) -> Any:
        changed = self._scheduler.job_list.replace(listed.id, job)
        self._scheduler.follow_list()
        return self._message(name.parent, changed)

    def _found(self, name: JobName) -> ListedJob:
        try:
            listed = self._scheduler.job_list.find(name.id)
        except LookupError:
            raise not_found("Job not found.") from None
        if listed.location not in ("", name.location):
            raise not_found("Job not found.")
        return listed

    def _message(self, parent: str, listed: ListedJob) -> Any:
        state = self._scheduler.state_of(listed.id)
        return job_message(listed, f"{parent}/jobs/{listed.id}", state, self._domain)

    def _name(self, text: str) -> JobName:
        parent, found, job_id = text.partition("/jobs/")
        if not found or not JOB_ID.fullmatch(job_id):
            raise invalid(
                f'Invalid job name: "{text}". It must be formatted: "projects/<PROJECT_ID>/locations/'
                '<LOCATION_ID>/jobs/<JOB_ID>", and the ID can contain only letters, digits, hyphens and '
                "underscores, at most 500 of them."
            )
        return JobName(parent, self._location(parent), job_id)

    def _location(self, text: str) -> str:
        match = LOCATION.fullmatch(text)
        if not match:
            raise invalid(
                f'Invalid location name: "{text}". It must be formatted: '
                '"projects/<PROJECT_ID>/locations/<LOCATION_ID>"'
            )
        check_project(match[1], self._project)
        check_location_id(match[2])
        return match[2]


def _hide_schedules(found: list[ListedJob], jobs: list[Any]) -> None:
    """Hide the schedules of the folder's cron.yaml from a deploy.

    gcloud creates the jobs that it does not find and deletes the others, so it deploys every job, and each
    takes the place of its twin of the folder.
    """
    for listed, job in zip(found, jobs, strict=False):
        if not listed.is_deployed:
            job.ClearField("schedule")
