"""The tasks that finished last, for the console; they are kept in memory only."""

from dataclasses import dataclass, replace

from gaelocal.tasks.state.attempt_log import Attempt
from gaelocal.tasks.state.stored_task import StoredTask

KEPT_FINISHED = 100
LARGEST_BODY = 16 * 1024
"""Bytes of a body that are kept of a finished task."""


@dataclass(frozen=True, slots=True)
class FinishedTask:
    """`attempt` is the last one, which succeeded."""

    task: StoredTask
    attempt: Attempt

    def __post_init__(self) -> None:
        if len(self.task.body) > LARGEST_BODY:
            object.__setattr__(self, "task", replace(self.task, body=self.task.body[:LARGEST_BODY]))
