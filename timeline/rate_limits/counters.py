"""Count requests per caller, across all instances through the cache, which may be unavailable."""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from timeline.interfaces import Cache
from timeline.rate_limits.limits import Limit

BATCH = 20
"""Cheap requests are reported to the cache in batches of at most this size."""
BATCHES_PER_QUOTA = 50
"""A batch is at most this fraction of the quota, which bounds how far an instance can exceed it."""
MAX_CALLERS = 10_000
"""Callers that a process remembers. With more of them it forgets all; the cache keeps its counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The usage of a limit by a caller; a new window begins in `resets` seconds."""

    limit: Limit
    quota: int
    used: int
    resets: int

    @property
    def remaining(self) -> int:
        return max(0, self.quota - self.used)

    @property
    def is_over(self) -> bool:
        return self.used > self.quota


@dataclass(slots=True)
class _Count:
    """`own` requests came to this process, `unreported` of them; `shared` is the cache's last count."""

    ends: int
    own: int = 0
    unreported: int = 0
    shared: int = 0

    @property
    def used(self) -> int:
        return self.shared + self.unreported


class RateLimitCounters:
    """The counters of one process, shared with other processes through the cache."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._counts: dict[str, _Count] = {}
        self._lock = Lock()

    def count(self, caller: str, limit: Limit, quota: int, now: datetime) -> Usage:
        """Count one request of the caller; never raises, also without the cache."""
        moment = int(now.timestamp())
        window = moment // limit.seconds
        key = f"limit:{limit.name}:{caller}:{window}"
        ends = (window + 1) * limit.seconds
        with self._lock:
            count = self._counter(key, ends, moment)
            count.own += 1
            count.unreported += 1
            batch = _batch(count, limit, quota)
            count.unreported -= batch
        if batch:
            self._report(key, count, batch, limit)
        return Usage(limit=limit, quota=quota, used=_used(count, limit), resets=ends - moment)

    def _counter(self, key: str, ends: int, now: int) -> _Count:
        if key not in self._counts:
            if len(self._counts) >= MAX_CALLERS:
                self._counts = {name: count for name, count in self._counts.items() if count.ends > now}
            if len(self._counts) >= MAX_CALLERS:
                self._counts.clear()
            self._counts[key] = _Count(ends)
        return self._counts[key]

    def _report(self, key: str, count: _Count, batch: int, limit: Limit) -> None:
        shared = self._cache.incr(key, limit.seconds, batch)
        with self._lock:
            if shared is not None:
                count.shared = max(count.shared, shared)
            elif limit.is_exact:
                count.unreported += batch


def _batch(count: _Count, limit: Limit, quota: int) -> int:
    """Return how many requests to report now; none of a refused caller, so that floods stay local."""
    if count.used - 1 > quota:
        return 0
    is_due = limit.is_exact or not count.shared or count.unreported >= min(BATCH, quota // BATCHES_PER_QUOTA)
    return count.unreported if is_due else 0


def _used(count: _Count, limit: Limit) -> int:
    """After the cache was emptied, exact limits still use the count of this process."""
    return max(count.used, count.own) if limit.is_exact else count.used
