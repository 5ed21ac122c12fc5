"""The retry policy of tasks and cron jobs: backoff and limits."""

from dataclasses import dataclass

UNLIMITED = -1
MOST_DOUBLINGS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Durations are in seconds. `max_attempts` counts the first; a `max_retry_duration` of 0 is no limit."""

    max_attempts: int = 100
    max_retry_duration: float = 0.0
    min_backoff: float = 0.1
    max_backoff: float = 3600.0
    max_doublings: int = 16

    def backoff(self, failures: int) -> float:
        """Return the wait after some failures: it doubles, then grows linearly, then stays constant."""
        doublings = min(failures - 1, self.max_doublings, MOST_DOUBLINGS)
        step = self.min_backoff * 2.0**doublings
        return min(self.max_backoff, step * (failures - doublings))

    def is_exhausted(self, attempts: int, age: float) -> bool:
        """Cloud Tasks and cron stop only when every limit that is set has been reached."""
        reached = []
        if self.max_attempts != UNLIMITED:
            reached.append(attempts >= self.max_attempts)
        if self.max_retry_duration > 0:
            reached.append(age >= self.max_retry_duration)
        return bool(reached) and all(reached)
