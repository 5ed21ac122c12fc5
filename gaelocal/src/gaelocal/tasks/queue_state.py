"""A queue as it is kept: its configuration, whether it runs, and where it came from."""

from dataclasses import dataclass
from enum import IntEnum

from gaelocal.tasks.queue_config import QueueConfig

HOUR = 3600.0
TOMBSTONE_SECONDS = 24 * HOUR
TOMBSTONE_SECONDS_OF_FILE = 9 * 24 * HOUR


class State(IntEnum):
    """The numbers are those of the wire."""

    RUNNING = 1
    PAUSED = 2
    DISABLED = 3


class Origin(IntEnum):
    """Who made the queue. The numbers are kept on disk."""

    CALL = 0
    FILE = 1
    DEPLOYED = 2


@dataclass(slots=True)
class Queue:
    """`unread` holds what the caller set and nobody here acts on (HTTP target, logging), to be told back."""

    config: QueueConfig
    state: State = State.RUNNING
    origin: Origin = Origin.CALL
    purged_at: float | None = None
    unread: bytes = b""

    @property
    def tombstone_seconds(self) -> float:
        """How long the name of a finished task stays taken."""
        return TOMBSTONE_SECONDS if self.origin is Origin.CALL else TOMBSTONE_SECONDS_OF_FILE


def follow_file(known: Queue | None, config: QueueConfig) -> Queue:
    """Give the queue as queue.yaml wants it; one that a person paused stays paused."""
    if known is None:
        state = State.RUNNING if config.rate else State.PAUSED
        return Queue(config, state, origin=Origin.FILE)
    state = known.state
    if not config.rate:
        state = State.PAUSED
    elif state is State.DISABLED or not known.config.rate:
        state = State.RUNNING
    return Queue(config, state, origin=Origin.FILE, purged_at=known.purged_at, unread=known.unread)
