"""Who asked how often: counted by all instances together in the cache, which may be away at any time."""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from timeline.interfaces import Cache
from timeline.rate_limits.limits import Limit

TOLD_AT_ONCE = 20
"""Requests that cost no more than a read of the cache are told to it in parcels."""
PARTS = 50
"""A parcel is at most such a part of the quota: each instance lets no more than that too many through."""
MOST_KEPT = 10_000
"""Callers that a process remembers. A flood of addresses makes it forget; the cache still knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Where a caller stands; a new window begins in `resets` seconds."""

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
    """`own` requests came to this process, `untold` of them are news to the cache; it last said `shared`."""

    ends: int
    own: int = 0
    untold: int = 0
    shared: int = 0

    @property
    def used(self) -> int:
        return self.shared + self.untold


class RateLimitCounters:
    """The counts of one process and, through the cache, of all its siblings."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._counts: dict[str, _Count] = {}
        self._lock = Lock()

    def count(self, who: str, limit: Limit, quota: int, now: datetime) -> Usage:
        """Count one more request of `who`; never raises, whatever became of the cache."""
        moment = int(now.timestamp())
        window = moment // limit.seconds
        key = f"limit:{limit.name}:{who}:{window}"
        ends = (window + 1) * limit.seconds
        with self._lock:
            count = self._kept(key, ends, moment)
            count.own += 1
            count.untold += 1
            told = _parcel(count, limit, quota)
            count.untold -= told
        if told:
            self._tell(key, count, told, limit)
        return Usage(limit=limit, quota=quota, used=_used(count, limit), resets=ends - moment)

    def _kept(self, key: str, ends: int, now: int) -> _Count:
        if key not in self._counts:
            if len(self._counts) >= MOST_KEPT:
                self._counts = {name: count for name, count in self._counts.items() if count.ends > now}
            if len(self._counts) >= MOST_KEPT:
                self._counts.clear()
            self._counts[key] = _Count(ends)
        return self._counts[key]

    def _tell(self, key: str, count: _Count, told: int, limit: Limit) -> None:
        shared = self._cache.incr(key, limit.seconds, told)
        with self._lock:
            if shared is not None:
                count.shared = max(count.shared, shared)
            elif limit.is_exact:
                count.untold += told


def _parcel(count: _Count, limit: Limit, quota: int) -> int:
    """How much to tell now: nothing of who is refused anyway, so that a flood ends here."""
    if count.used - 1 > quota:
        return 0
    is_due = limit.is_exact or not count.shared or count.untold >= min(TOLD_AT_ONCE, quota // PARTS)
    return count.untold if is_due else 0


def _used(count: _Count, limit: Limit) -> int:
    """A cache that was emptied forgets what the others counted, not what this process did."""
    return max(count.used, count.own) if limit.is_exact else count.used
