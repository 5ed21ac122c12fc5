"""The state of each job that survives a restart: the last run, the next one, and what was missed."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gaelocal.atomic_write import write_atomically
from gaelocal.state_files import make_folder, read_json

INTERRUPTED = "interrupted"
RUNNING = "running"
KEPT_RUNS = 30


@dataclass(slots=True)
class LastRun:
    """`time` is when it began, `ended` when its last attempt did; `status` the HTTP status, or a word."""

    time: float
    status: int | str
    manual: bool
    attempts: int = 0
    ended: float | None = None


@dataclass(slots=True)
class Missed:
    """Runs that were due while nothing was there to start them."""

    count: int
    first: float
    last: float


@dataclass(slots=True)
class JobState:
    """`rule` is the schedule and time zone that `next` was computed from. Times are seconds since 1970.

    `history` has the runs that ended, the newest first.
    """

    rule: str
    next: float
    last: LastRun | None = None
    missed: Missed | None = None
    history: list[LastRun] = field(default_factory=list)

    def end(self, run: LastRun) -> None:
        """Add a run that ended to the history."""
        self.history = [run, *self.history][:KEPT_RUNS]


class JobStates:
    """One small file, written anew after each change."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.jobs: dict[str, JobState] = {}

    def load(self) -> None:
        """Read the file; a run that it says is under way died with the process."""
        make_folder(self._file.parent)
        self.jobs = read_json(self._file, _states, {})

    def save(self) -> None:
        kept = {key: asdict(state) for key, state in self.jobs.items()}
        write_atomically(self._file, json.dumps(kept, indent=1))


def _states(kept: dict[str, Any]) -> dict[str, JobState]:
    return {key: _state(values) for key, values in kept.items()}


def _state(values: dict[str, Any]) -> JobState:
    last = LastRun(**values["last"]) if values["last"] else None
    missed = Missed(**values["missed"]) if values["missed"] else None
    history = [LastRun(**run) for run in values.get("history", [])]
    state = JobState(str(values["rule"]), float(values["next"]), last, missed, history)
    if last and last.status == RUNNING:
        last.status = INTERRUPTED
        state.end(last)
    return state
