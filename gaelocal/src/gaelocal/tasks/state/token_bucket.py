"""The token bucket that keeps a queue at its rate, and slows it down while its service is overloaded."""

SLACK = 0.001
"""A token this close to whole counts as whole: epoch seconds as floats are exact to a microsecond only."""

SLOWEST = 1 / 16


class TokenBucket:
    def __init__(self, rate: float, size: int, now: float) -> None:
        self._rate = rate
        self._size = max(size, 1)
        self._tokens = float(self._size)
        self._filled_at = now
        self.pace = 1.0

    def available(self, now: float) -> int:
        self._fill(now)
        return int(self._tokens + SLACK)

    def take(self, count: int) -> None:
        self._tokens -= count

    def ready_at(self, now: float) -> float | None:
        """Return when tokens are available: for several at once if the rate is high; None means never."""
        self._fill(now)
        rate = self._rate * self.pace
        if rate <= 0:
            return None
        wanted = min(self._size, max(1.0, rate / 100))
        return now + max(0.0, wanted - self._tokens) / rate

    def slow_down(self, now: float) -> None:
        """Halve the pace after a 503, and drop the saved tokens."""
        self._fill(now)
        self.pace = max(SLOWEST, self.pace / 2)
        self._tokens = min(self._tokens, 0.0)

    def speed_up(self) -> None:
        self.pace = min(1.0, self.pace * 2)

    def _fill(self, now: float) -> None:
        gained = max(0.0, now - self._filled_at) * self._rate * self.pace
        self._tokens = min(float(self._size), self._tokens + gained)
        self._filled_at = now
