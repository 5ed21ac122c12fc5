"""The memcached client, with and without a server."""

import socket
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from timeline.gcp import memcache
from timeline.gcp.memcache import Memcache
from timeline.interfaces import Increment

if TYPE_CHECKING:
    from timeline.settings import Settings

COUNT = Increment(key="n", seconds=60)


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


def test_more_concurrent_calls_than_an_instance_has_threads_are_answered(cache: Memcache) -> None:
    with ExitStack() as calls:
        for _ in range(100):
            calls.enter_context(cache._client.client_pool.get_and_release())  # type: ignore[union-attr]

        assert cache.add("a", b"1", 60)


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
    assert [cache.incr(COUNT) for _ in range(3)] == [[1], [2], [3]]


def test_concurrent_increments_are_all_counted(cache: Memcache) -> None:
    with ThreadPoolExecutor(8) as callers:
        counts = list(callers.map(lambda _: cache.incr(Increment(key="n", seconds=60, by=5))[0], range(40)))

    assert sorted(count or 0 for count in counts) == list(range(5, 205, 5))


def test_a_counter_that_is_unexpectedly_missing_is_created(cache: Memcache) -> None:
    known = Increment(key="n", seconds=60, by=2, is_new=False)

    assert [cache.incr(known), cache.incr(known)] == [[2], [4]]


def test_several_counters_and_junk_among_them_are_counted_together(cache: Memcache) -> None:
    cache.add("junk", b"junk", 60)
    counters = [Increment(key=key, seconds=60, is_new=key == "n") for key in ("n", "junk", "m")]

    assert [cache.incr(*counters) for _ in range(2)] == [[1, 1, 1], [2, 2, 2]]


def test_add_and_gets_returns_the_value_of_whoever_came_first(cache: Memcache) -> None:
    answers = [cache.add_and_gets("a", value, 60) for value in (b"1", b"2\r\nEND")]

    assert [value for value, *_ in answers] == [b"1", b"1"]
    cache.fill("a", b"3", answers[0][1], 60)
    assert cache.gets("a")[0] == b"3"
    cache.fill("a", b"4", answers[0][1], 60)
    assert cache.gets("a")[0] == b"3"


def test_add_and_gets_returns_the_value_of_another_key_too(cache: Memcache) -> None:
    cache.add("b", b"2", 60)

    assert [cache.add_and_gets("a", b"1", 60, other)[::2] for other in ("b", "c")] == [
        (b"1", b"2"),
        (b"1", None),
    ]


def test_keys_are_deleted_and_one_is_set_in_one_call(cache: Memcache) -> None:
    cache.add("a", b"1", 60)

    answers = [cache.delete_and_set(["a", "missing"], "b", value, 60) for value in (b"1", b"2")]

    assert answers == [True, True]
    assert [cache.get(key) for key in ("a", "b")] == [None, b"2"]


def test_cas_and_gets_returns_a_token_only_to_who_replaced_the_value(cache: Memcache) -> None:
    cache.add("a", b"1", 60)
    _, token = cache.gets("a")

    first, second = (cache.cas_and_gets("a", value, token, 60) for value in (b"2", b"3"))

    assert (first is not None, second, cache.get("a")) == (True, None, b"2")
    assert cache.cas("a", b"4", first, 60)


def test_several_keys_are_deleted_in_one_call(cache: Memcache) -> None:
    for key in ("a", "b"):
        cache.add(key, b"1", 60)

    cache.delete("a", "missing", "b")

    assert [cache.get(key) for key in ("a", "b")] == [None, None]


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
    assert cache.incr(COUNT, COUNT) == [None, None]
    assert cache.add_and_gets("a", b"1", 1) == (None, None, None)
    assert (cache.delete_and_set(["a"], "b", b"1", 1), cache.cas_and_gets("a", b"1", b"1", 1)) == (
        False,
        None,
    )
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


class WritesAfterDeletion:
    """The real client; after each deletion, `write` runs before the reply is there."""

    def __init__(self, client: Any, write: Callable[[], None]) -> None:
        self._client = client
        self._write = write

    def delete_all(self, keys: Sequence[str]) -> None:
        self._client.delete_all(keys)
        self._write()


def test_a_deletion_during_that_of_the_same_key_is_sent_too(cache: Memcache, settings: "Settings") -> None:
    def write() -> None:
        """Another thread fills the cache, and a third one deletes the key."""
        reader.add("a", b"old", 60)
        cache._add_pending(("a",))

    reader = memcache.connect(settings)
    cache._add_pending(("a",))
    cache._delete_pending(WritesAfterDeletion(cache._client, write))  # type: ignore[arg-type]

    cache.delete()

    assert reader.get("a") is None
    reader.close()


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
