"""The bundled memcache: policies, cas, locks after a delete, counters, namespaces."""

from typing import Any

import pytest
from tests.bundled.conftest import Api, Clock

from gaelocal.protobuf import bundled_memcache_pb2 as pb

SET, ADD, REPLACE, CAS = (getattr(pb.MemcacheSetRequest, name) for name in ("SET", "ADD", "REPLACE", "CAS"))
STORED, NOT_STORED, EXISTS = (
    getattr(pb.MemcacheSetResponse, name) for name in ("STORED", "NOT_STORED", "EXISTS")
)


def store(api: Api, value: bytes, policy: Any = SET, key: bytes = b"k", **fields: Any) -> int:
    request = pb.MemcacheSetRequest(name_space=fields.pop("name_space", ""))
    request.item.add(key=key, value=value, set_policy=policy, **fields)
    response = api.call("memcache", "Set", request, pb.MemcacheSetResponse)
    return int(response.set_status[0])


def read(api: Api, key: bytes = b"k", **fields: Any) -> Any:
    request = pb.MemcacheGetRequest(key=[key], **fields)
    items = api.call("memcache", "Get", request, pb.MemcacheGetResponse).item
    return items[0] if items else None


def count(api: Api, delta: int = 1, **fields: Any) -> Any:
    request = pb.MemcacheIncrementRequest(key=b"n", delta=delta, **fields)
    return api.call("memcache", "Increment", request, pb.MemcacheIncrementResponse)


def test_what_is_set_can_be_read_with_its_flags(api: Api) -> None:
    store(api, b"\xff\x00", flags=3)

    item = read(api)

    assert (item.value, item.flags) == (b"\xff\x00", 3)


def test_namespaces_are_apart(api: Api) -> None:
    store(api, b"a", name_space="one")

    assert read(api) is None
    assert read(api, name_space="one").value == b"a"


@pytest.mark.parametrize(("policy", "first", "second"), [(ADD, STORED, NOT_STORED), (SET, STORED, STORED)])
def test_policies(api: Api, policy: Any, first: int, second: int) -> None:
    assert store(api, b"1", policy) == first
    assert store(api, b"2", policy) == second


def test_replace_needs_a_value(api: Api) -> None:
    assert store(api, b"1", REPLACE) == NOT_STORED


def test_cas_fails_after_another_write(api: Api) -> None:
    store(api, b"1")
    seen = read(api, for_cas=True).cas_id
    store(api, b"2")

    assert store(api, b"3", CAS, cas_id=seen) == EXISTS
    assert store(api, b"4", CAS, cas_id=read(api, for_cas=True).cas_id) == STORED
    assert store(api, b"5", CAS, key=b"gone", cas_id=seen) == NOT_STORED


def test_items_expire(api: Api, clock: Clock) -> None:
    store(api, b"1", expiration_time=60)

    clock.now += 61

    assert read(api) is None


def test_a_delete_with_a_time_refuses_to_add_until_it_is_over(api: Api, clock: Clock) -> None:
    store(api, b"1")
    request = pb.MemcacheDeleteRequest()
    request.item.add(key=b"k", delete_time=10)
    response = api.call("memcache", "Delete", request, pb.MemcacheDeleteResponse)

    assert list(response.delete_status) == [pb.MemcacheDeleteResponse.DELETED]
    assert store(api, b"2", ADD) == NOT_STORED
    clock.now += 11
    assert store(api, b"2", ADD) == STORED


def test_counters_start_where_they_are_told_and_end_at_zero(api: Api) -> None:
    assert not count(api).HasField("new_value")
    assert count(api, initial_value=5).new_value == 6
    assert count(api, 10, direction=pb.MemcacheIncrementRequest.DECREMENT).new_value == 0


def test_counting_a_word_is_an_error(api: Api) -> None:
    store(api, b"word", key=b"n")

    response = api.send("memcache", "Increment", pb.MemcacheIncrementRequest(key=b"n"))

    assert response.application_error.code == pb.MemcacheServiceError.INVALID_VALUE


def test_a_flush_forgets_everything_and_statistics_count(api: Api) -> None:
    store(api, b"1")
    read(api)
    api.call("memcache", "FlushAll", pb.MemcacheFlushRequest(), pb.MemcacheFlushResponse)

    stats = api.call("memcache", "Stats", pb.MemcacheStatsRequest(), pb.MemcacheStatsResponse).stats

    assert (stats.hits, stats.items) == (1, 0)


def test_a_value_over_one_megabyte_is_an_error(api: Api) -> None:
    assert store(api, b"x" * (1 << 20)) == pb.MemcacheSetResponse.ERROR
