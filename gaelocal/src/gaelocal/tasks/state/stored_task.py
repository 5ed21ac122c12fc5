"""A task as it is kept."""

from dataclasses import dataclass

from gaelocal.google_api.http_status import NO_ANSWER

__all__ = ["NO_ANSWER", "DeadTask", "NewTask", "StoredTask"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """`request` is the Task message without its body; `named` is whether the caller chose the id."""

    queue: str
    id: str
    named: bool
    eta: float
    created: float
    request: bytes
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTask(NewTask):
    """Times are seconds since 1970. `running` counts the attempts under way.

    `responses` counts all responses, `executions` those that were not 5xx. `history` is a text of
    `attempt_log`.
    """

    seq: int
    running: int
    dispatches: int
    responses: int
    first_dispatched: float | None
    last_scheduled: float | None
    last_dispatched: float | None
    last_answered: float | None
    last_status: int | None
    executions: int = 0
    history: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadTask:
    """A task that was given up; `seq` is 0 until it is stored."""

    queue: str
    id: str
    died: float
    dispatches: int
    last_status: int | None
    reason: str
    request: bytes
    body: bytes = b""
    history: str = ""
    created: float | None = None
    seq: int = 0
