"""Rate limit counters, with and without the cache."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from timeline.gcp import memcache
from timeline.gcp.memcache import Memcache
from timeline.interfaces import Increment
from timeline.rate_limits.counters import BATCH, MAX_CALLERS, Quota, RateLimitCounters
from timeline.rate_limits.limits import DAY, MINUTE, Limit

if TYPE_CHECKING:
    from timeline.settings import Settings

NOW = datetime(2026, 11, 20, 12, 0, 10, tzinfo=UTC)
READS = Limit(name="reads", seconds=MINUTE, address=1_000, is_exact=False)
WRITES = Limit(name="writes", seconds=MINUTE, person=5)
DAILY = Limit(name="daily", seconds=DAY, person=9)
QUOTA = 1_000


class Watched:
    """The real cache client, which counts its increments."""

    def __init__(self, cache: Memcache) -> None:
        self._cache = cache
        self.told = 0

    def incr(self, *increments: Increment) -> "Sequence[int | None]":
        self.told += 1
        return self._cache.incr(*increments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)


@pytest.fixture
def cache(settings: "Settings") -> Iterator[Memcache]:
    cache = memcache.connect(settings)
    yield cache
    cache.close()


def test_reads_are_reported_in_batches(cache: Memcache) -> None:
    watched = Watched(cache)
    tallies = RateLimitCounters(watched)

    used = [tallies.count("ana", READS, QUOTA, NOW).used for _ in range(401)]

    assert used == list(range(1, 402))
    assert watched.told == 1 + 400 // BATCH


def test_instances_exceed_the_quota_by_at_most_one_batch_each(cache: Memcache) -> None:
    instances = [RateLimitCounters(cache) for _ in range(4)]

    passed = sum(not instances[number % 4].count("ana", READS, 100, NOW).is_over for number in range(2_000))

    assert 100 <= passed <= 100 + 4 * BATCH


def test_writes_are_counted_to_the_last_one(cache: Memcache) -> None:
    instances = [RateLimitCounters(cache) for _ in range(4)]

    passed = sum(not instances[number % 4].count("ana", WRITES, 5, NOW).is_over for number in range(40))

    assert passed == 5


def test_a_flood_does_not_reach_the_cache(cache: Memcache) -> None:
    watched = Watched(cache)
    tallies = RateLimitCounters(watched)

    last = [tallies.count("ana", WRITES, 5, NOW) for _ in range(1_000)][-1]

    assert (last.is_over, last.remaining, last.resets) == (True, 0, 50)
    assert watched.told == 5 + 1


def test_without_the_cache_reads_pass_and_writes_are_counted(cache: Memcache) -> None:
    tallies = RateLimitCounters(cache)
    for limit, quota in ((READS, 100), (WRITES, 5)):
        tallies.count("ana", limit, quota, NOW)
    cache._paused_until = float("inf")

    reads = [tallies.count("ana", READS, 100, NOW).is_over for _ in range(1_000)]
    writes = [tallies.count("ana", WRITES, 5, NOW).is_over for _ in range(10)]

    assert not any(reads)
    assert writes == [False] * 4 + [True] * 6


def test_counts_are_reported_when_the_cache_is_back(cache: Memcache) -> None:
    first, second = RateLimitCounters(cache), RateLimitCounters(cache)
    cache._paused_until = float("inf")
    for _ in range(4):
        first.count("ana", WRITES, 5, NOW)
    cache._paused_until = 0.0

    assert first.count("ana", WRITES, 5, NOW).remaining == 0
    assert second.count("ana", WRITES, 5, NOW).is_over


def test_a_process_remembers_a_bounded_number_of_callers() -> None:
    tallies = RateLimitCounters(Memcache("", ""))

    for number in range(2 * MAX_CALLERS + 1):
        tallies.count(f"address {number}", READS, QUOTA, NOW)

    assert len(tallies._counts) <= MAX_CALLERS


def test_several_limits_are_counted_in_one_call(cache: Memcache) -> None:
    watched = Watched(cache)
    counters = RateLimitCounters(watched)

    used = [
        [each.used for each in counters.count_all("ana", [Quota(WRITES, 5), Quota(DAILY, 9)], NOW)]
        for _ in range(3)
    ]

    assert (used, watched.told) == ([[1, 1], [2, 2], [3, 3]], 3)


def test_a_refused_request_does_not_count_towards_later_limits(cache: Memcache) -> None:
    """The second instance learns only from the cache that the first limit is exceeded."""
    quotas = [Quota(WRITES, 2), Quota(DAILY, 9)]
    first, second = RateLimitCounters(cache), RateLimitCounters(cache)
    for counters in (first, first, first, second, second):
        counters.count_all("ana", quotas, NOW)

    (refused,) = second.count_all("ana", quotas, NOW)

    assert refused.is_over
    assert RateLimitCounters(cache).count("ana", DAILY, 9, NOW).used == 2 + 1
