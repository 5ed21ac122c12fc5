"""A queue as it is kept: its settings, its state and its origin."""

from dataclasses import dataclass, replace
from enum import IntEnum

from gaelocal.tasks.queue_config import QueueConfig

HOUR = 3600.0
TOMBSTONE_SECONDS = 24 * HOUR
TOMBSTONE_SECONDS_OF_FILE = 9 * 24 * HOUR
QUEUE_NAME_SECONDS = 3 * 24 * HOUR
"""Seconds for which the name of a deleted queue stays reserved."""


class State(IntEnum):
    """The state of a queue, with the numbers of the API."""

    RUNNING = 1
    PAUSED = 2
    DISABLED = 3


class Origin(IntEnum):
    """The origin of a queue. The numbers are stored on disk."""

    CALL = 0
    FILE = 1
    DEPLOYED = 2


@dataclass(slots=True)
class Queue:
    """`http_target` is the serialized message, `logging_ratio` is returned and has no effect.

    `location` is where the queue was created; a queue of queue.yaml is found in every location.
    """

    config: QueueConfig
    state: State = State.RUNNING
    origin: Origin = Origin.CALL
    purged_at: float | None = None
    http_target: bytes = b""
    logging_ratio: float = 0.0
    location: str = ""

    @property
    def tombstone_seconds(self) -> float:
        """Return for how many seconds the name of a finished task stays reserved."""
        return TOMBSTONE_SECONDS if self.origin is Origin.CALL else TOMBSTONE_SECONDS_OF_FILE


def follow_file(known: Queue | None, config: QueueConfig) -> Queue:
    """Return the queue as queue.yaml describes it; a queue that a person paused stays paused."""
    if known is None:
        state = State.RUNNING if config.rate else State.PAUSED
        return Queue(config, state, origin=Origin.FILE)
    state = known.state
    if not config.rate:
        state = State.PAUSED
    elif state is State.DISABLED or not known.config.rate:
        state = State.RUNNING
    return replace(known, config=config, state=state, origin=Origin.FILE, location="")
