"""The memcached client, with and without a server."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from timeline.gcp import memcache
from timeline.gcp.memcache import Memcache

if TYPE_CHECKING:
    from timeline.settings import Settings


@pytest.fixture
def cache(settings: "Settings") -> Iterator[Memcache]:
    cache = memcache.connect(settings)
    yield cache
    cache.close()


@pytest.fixture
def silent_server() -> Iterator[str]:
    """A server that accepts connections and never responds."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_add_sets_missing_keys_only(cache: Memcache) -> None:
    assert [cache.add("a", b"1", 60), cache.add("a", b"2", 60), cache.get("a")] == [True, False, b"1"]


def test_cas_replaces_only_the_value_that_was_read(cache: Memcache) -> None:
    cache.add("a", b"1", 60)
    _, token = cache.gets("a")

    assert [cache.cas("a", b"2", token, 60), cache.cas("a", b"3", token, 60)] == [True, False]
    assert cache.get("a") == b"2"


def test_cas_does_not_restore_a_deleted_key(cache: Memcache) -> None:
    cache.add("a", b"1", 60)
    _, token = cache.gets("a")
    cache.delete("a", "b")

    assert cache.cas("a", b"2", token, 60) is False
    assert cache.get("a") is None


def test_counting_starts_at_one(cache: Memcache) -> None:
    assert [cache.incr("n", 60) for _ in range(3)] == [1, 2, 3]


def test_concurrent_increments_are_all_counted(cache: Memcache) -> None:
    with ThreadPoolExecutor(8) as callers:
        counts = list(callers.map(lambda _: cache.incr("n", 60, 5), range(40)))

    assert sorted(count or 0 for count in counts) == list(range(5, 205, 5))


def test_projects_have_separate_keys(cache: Memcache, settings: "Settings") -> None:
    other = Memcache(settings.memcache_host, "another-project:")
    cache.add("a", b"1", 60)

    assert other.get("a") is None
    other.close()


@pytest.mark.parametrize("address", ["", "127.0.0.1:1"])
def test_without_a_server_every_key_is_missing(address: str) -> None:
    cache = Memcache(address, "")

    assert (cache.get("a"), cache.gets("a")) == (None, (None, None))
    assert (cache.add("a", b"1", 1), cache.cas("a", b"1", None, 1)) == (False, False)
    assert cache.incr("n", 1) is None
    assert cache.is_alive() is False
    cache.delete("a")
    cache.close()


def test_calls_pause_after_a_timeout(silent_server: str) -> None:
    cache = Memcache(silent_server, "")
    cache.get("a")
    connections_before = len(cache._client.client_pool.used) if cache._client else -1

    answers = [cache.get("a") for _ in range(1_000)]

    assert answers == [None] * 1_000
    assert connections_before == 0
    assert cache._paused_until > 0
    cache.close()


def test_a_failed_deletion_is_repeated_first(cache: Memcache, settings: "Settings") -> None:
    cache.add("a", b"old", 60)
    troubled = memcache.connect(settings)
    troubled._paused_until = float("inf")
    troubled.delete("a")
    assert cache.get("a") == b"old"

    troubled._paused_until = 0.0
    troubled.get("something else")

    assert cache.get("a") is None
    troubled.close()
