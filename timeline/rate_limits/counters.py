"""Count requests per caller, across all instances through the cache, which may be unavailable."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from timeline.concurrency import together
from timeline.interfaces import Cache, Increment
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


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit, and the number of requests that it allows one caller."""

    limit: Limit
    requests: int


@dataclass(slots=True)
class _Count:
    """`own` requests came to this process, `unreported` of them; `shared` is the cache's last count."""

    key: str
    ends: int
    own: int = 0
    unreported: int = 0
    shared: int = 0

    @property
    def used(self) -> int:
        return self.shared + self.unreported


@dataclass(frozen=True, slots=True)
class _Report:
    """The part of a count that is to be added in the cache, together with the request that caused it."""

    quota: Quota
    count: _Count
    batch: int

    @property
    def used(self) -> int:
        """After the cache was emptied, exact limits still use the count of this process."""
        return max(self.count.used, self.count.own) if self.quota.limit.is_exact else self.count.used

    @property
    def is_over(self) -> bool:
        return self.used > self.quota.requests

    @property
    def increment(self) -> Increment:
        is_new = not self.count.shared
        return Increment(key=self.count.key, seconds=self.quota.limit.seconds, by=self.batch, is_new=is_new)


class RateLimitCounters:
    """The counters of one process, shared with other processes through the cache."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._counts: dict[str, _Count] = {}
        self._lock = Lock()

    def count(self, caller: str, limit: Limit, quota: int, now: datetime) -> Usage:
        return self.count_all(caller, [Quota(limit, quota)], now)[0]

    def count_all(
        self,
        caller: str,
        quotas: Sequence[Quota],
        now: datetime,
        beside: Callable[[], object] | None = None,
    ) -> Sequence[Usage]:
        """Count one request of the caller in one round trip; never raises, also without the cache.

        Return the usages up to the first exceeded limit: a refused request does not count towards later ones.
        While the cache counts, `beside` runs.
        """
        moment = int(now.timestamp())
        with self._lock:
            reports = list(self._reports(caller, quotas, moment))
        changed = [each for each in reports if each.batch]
        if changed and beside:
            together(lambda: self._send(changed), beside)
        else:
            self._send(changed)
        over = next((n for n, each in enumerate(reports) if each.is_over), len(reports))
        self._take_back(reports[over + 1 :])
        return [_usage_of(each, moment) for each in reports[: over + 1]]

    def _reports(self, caller: str, quotas: Sequence[Quota], moment: int) -> Iterator[_Report]:
        """End with a limit that is known to be exceeded, without the cache."""
        for quota in quotas:
            count = self._counter(caller, quota.limit, moment)
            count.own += 1
            count.unreported += 1
            is_over = count.used > quota.requests
            batch = _batch(count, quota)
            count.unreported -= batch
            yield _Report(quota, count, batch)
            if is_over:
                return

    def _counter(self, caller: str, limit: Limit, now: int) -> _Count:
        window = now // limit.seconds
        key = f"limit:{limit.name}:{caller}:{window}"
        if key not in self._counts:
            if len(self._counts) >= MAX_CALLERS:
                self._counts = {name: count for name, count in self._counts.items() if count.ends > now}
            if len(self._counts) >= MAX_CALLERS:
                self._counts.clear()
            self._counts[key] = _Count(key, (window + 1) * limit.seconds)
        return self._counts[key]

    def _send(self, reports: Sequence[_Report]) -> None:
        if not reports:
            return
        answers = self._cache.incr(*(each.increment for each in reports))
        with self._lock:
            for report, shared in zip(reports, answers, strict=True):
                if shared is not None:
                    report.count.shared = max(report.count.shared, shared)
                elif report.quota.limit.is_exact:
                    report.count.unreported += report.batch

    def _take_back(self, reports: Sequence[_Report]) -> None:
        for report in reports:
            self._cache.decr(report.count.key, report.batch)
            with self._lock:
                report.count.own -= 1
                report.count.shared -= min(report.batch, report.count.shared)


def _batch(count: _Count, quota: Quota) -> int:
    """Return how many requests to report now; none of a refused caller, so that floods stay local."""
    if count.used - 1 > quota.requests:
        return 0
    is_due = (
        quota.limit.is_exact
        or not count.shared
        or count.unreported >= min(BATCH, quota.requests // BATCHES_PER_QUOTA)
    )
    return count.unreported if is_due else 0


def _usage_of(report: _Report, now: int) -> Usage:
    quota = report.quota
    return Usage(limit=quota.limit, quota=quota.requests, used=report.used, resets=report.count.ends - now)
