"""The job that re-renders all photos: its state, its checkpoints, and the tasks that continue it."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from timeline import ids
from timeline.errors import NotFound, TimelineError
from timeline.interfaces import Backends, Entity, Key, Task

KIND, LATEST = "Rerendering", "latest"
"""There is one job: a new one replaces the previous one, whose counts are kept until then."""
QUEUE, PATH = "rerender", "/tasks/rerender/"
STALLED_AFTER = timedelta(minutes=5)
"""A running job without a checkpoint for so long has lost its task: the sweep continues it."""
State = Literal["running", "done", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`done` of `total` photos are checked; `rendered` of them needed new renditions, `failed` kept theirs.

    `position` is the ID of the last checked photo: the checkpoint. `run` counts how often the job was
    started or continued; a run whose number is no longer current ends at its next checkpoint.
    """

    id: str
    started_by: str
    state: State
    started: datetime
    updated: datetime
    total: int = -1
    done: int = 0
    rendered: int = 0
    failed: int = 0
    position: str = ""
    run: int = 0

    @property
    def is_running(self) -> bool:
        return self.state == "running"

    @property
    def is_counted(self) -> bool:
        """Tell whether `total` is known: counting is the first part of the job."""
        return self.total >= 0


class JobReplaced(Exception):
    """Another run continues this job, or the job was cancelled or started anew."""


def start(backends: Backends, handle: str) -> Job:
    """Start the job, unless it is running: then return the running one.

    The first task is created again if no run has begun: the process of the first request may have died before
    it did so. Tasks with the same name exist once.
    """
    now = backends.clock.now()
    new = Job(id=ids.new_key(now), started_by=handle, state="running", started=now, updated=now)

    def begin(current: Job | None) -> Job:
        return current if current and current.is_running else new

    job = _change(backends, begin)
    if job.is_running and job.run == 0:
        enqueue(backends, job)
    return job


def cancel(backends: Backends) -> Job:
    """End a running job after the photo that it is working on. Raises NotFound if there never was one."""
    now = backends.clock.now()

    def end(current: Job | None) -> Job:
        if current is None:
            raise NotFound
        return replace(current, state="cancelled", updated=now) if current.is_running else current

    return _change(backends, end)


def latest(backends: Backends) -> Job | None:
    """Return the running or last job; None if there never was one."""
    (row,) = backends.entities.get(KEY)
    return job_of(row) if row else None


def claim(backends: Backends, job_id: str) -> Job:
    """Begin the next run of the job, which ends any other run of it. Raises JobReplaced if it is over."""
    now = backends.clock.now()

    def begin(current: Job | None) -> Job:
        if current is None or current.id != job_id or not current.is_running:
            raise JobReplaced
        return replace(current, run=current.run + 1, updated=now)

    return _change(backends, begin)


def save(backends: Backends, job: Job) -> Job:
    """Store a checkpoint. Raises JobReplaced if this run is no longer the current one."""
    saved = replace(job, updated=backends.clock.now())

    def write(current: Job | None) -> Job:
        if current is None or (current.id, current.run) != (job.id, job.run) or not current.is_running:
            raise JobReplaced
        return saved

    return _change(backends, write)


def enqueue(backends: Backends, job: Job) -> bool:
    """Create the task of the next run. If Cloud Tasks does not respond, the sweep creates it later."""
    name = f"rerender-{job.id}-{job.run}-{job.updated:%H%M%S%f}"
    try:
        backends.tasks.add(Task(queue=QUEUE, path=PATH, name=name, body={"job": job.id}))
    except TimelineError:
        return False
    return True


def continue_stalled(backends: Backends) -> int:
    """Continue a job whose task was given up or never created; return 1 if there was one."""
    now = backends.clock.now()
    job = latest(backends)
    if job is None or not job.is_running or now - job.updated < STALLED_AFTER:
        return 0
    try:
        return int(enqueue(backends, save(backends, job)))
    except JobReplaced:
        return 0


def to_json(job: Job) -> dict[str, Any]:
    """Return what the progress page and the API of administrators show."""
    values = {name: getattr(job, name) for name in _NAMES}
    moments = {name: values[name].isoformat() for name in ("started", "updated")}
    return {**values, **moments, "total": job.total if job.is_counted else None}


def job_of(row: Entity) -> Job:
    return Job(**{name: row.values[name] for name in _NAMES if name in row.values})


KEY: Key = (KIND, LATEST)
_NAMES = tuple(field.name for field in fields(Job))


def _change(backends: Backends, change: Callable[[Job | None], Job]) -> Job:
    def work(transaction: Any) -> Job:
        (row,) = transaction.get(KEY)
        current = job_of(row) if row else None
        changed = change(current)
        if changed is not current:
            transaction.put(Entity(KEY, {name: getattr(changed, name) for name in _NAMES}))
        return changed

    return backends.entities.transact(work)
