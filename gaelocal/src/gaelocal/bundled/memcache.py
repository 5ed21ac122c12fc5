"""The service `memcache`: a cache of its own, apart from the memcached server that other clients use."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from gaelocal.appengine.instances import Caller
from gaelocal.bundled.errors import ApplicationError
from gaelocal.bundled.methods import Method
from gaelocal.memcache.errors import NotANumber, TooLarge
from gaelocal.memcache.state.cache import Cache
from gaelocal.protobuf import bundled_memcache_pb2 as pb

MOST_BYTES = 64 * 1024 * 1024
INVALID_VALUE = pb.MemcacheServiceError.INVALID_VALUE


class Memcache:
    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._cache = Cache(MOST_BYTES, clock)
        self._locks: dict[bytes, float] = {}

    def methods(self) -> Mapping[str, Method]:
        return {
            "Get": Method(pb.MemcacheGetRequest, self._get),
            "Set": Method(pb.MemcacheSetRequest, self._set),
            "Delete": Method(pb.MemcacheDeleteRequest, self._delete),
            "Increment": Method(pb.MemcacheIncrementRequest, self._increment),
            "BatchIncrement": Method(pb.MemcacheBatchIncrementRequest, self._batch_increment),
            "FlushAll": Method(pb.MemcacheFlushRequest, self._flush),
            "Stats": Method(pb.MemcacheStatsRequest, self._stats),
        }

    def _get(self, request: Any, _caller: Caller) -> Any:
        response = pb.MemcacheGetResponse()
        for key in dict.fromkeys(request.key):
            name = _name(request.name_space, key)
            item = self._cache.peek(name) if request.for_peek else self._cache.get(name)
            if item is None:
                continue
            found = response.item.add(key=key, value=item.value, flags=item.flags)
            if request.for_cas:
                found.cas_id = item.unique
            if request.for_peek:
                found.timestamps.last_access_time_sec = int(item.accessed)
                found.timestamps.expiration_time_sec = int(item.expires)
                found.timestamps.delete_lock_time_sec = 0
                found.is_delete_locked = False
        return response

    def _set(self, request: Any, _caller: Caller) -> Any:
        statuses = [self._store(_name(request.name_space, item.key), item) for item in request.item]
        return pb.MemcacheSetResponse(set_status=statuses)

    def _store(self, name: bytes, item: Any) -> Any:
        values = (name, item.value, item.flags, item.expiration_time)
        try:
            if item.set_policy == pb.MemcacheSetRequest.CAS:
                return self._swap(values, item.cas_id)
            if item.set_policy == pb.MemcacheSetRequest.SET:
                self._locks.pop(name, None)
                self._cache.put(*values)
                return pb.MemcacheSetResponse.STORED
            is_add = item.set_policy == pb.MemcacheSetRequest.ADD
            store = self._cache.add if is_add else self._cache.replace
            is_stored = not self._is_locked(name) and store(*values)
        except TooLarge:
            return pb.MemcacheSetResponse.ERROR
        return pb.MemcacheSetResponse.STORED if is_stored else pb.MemcacheSetResponse.NOT_STORED

    def _swap(self, values: tuple[bytes, bytes, int, int], unique: int) -> Any:
        outcomes = {
            None: pb.MemcacheSetResponse.NOT_STORED,
            True: pb.MemcacheSetResponse.STORED,
            False: pb.MemcacheSetResponse.EXISTS,
        }
        return outcomes[self._cache.swap(*values, unique)]

    def _delete(self, request: Any, _caller: Caller) -> Any:
        """Delete items; a `delete_time` refuses to add the key again for so many seconds."""
        response = pb.MemcacheDeleteResponse()
        for item in request.item:
            name = _name(request.name_space, item.key)
            is_found = self._cache.delete(name)
            if is_found and item.delete_time:
                self._locks[name] = self._cache.moment(item.delete_time)
            response.delete_status.append(
                pb.MemcacheDeleteResponse.DELETED if is_found else pb.MemcacheDeleteResponse.NOT_FOUND
            )
        return response

    def _increment(self, request: Any, _caller: Caller) -> Any:
        try:
            number = self._count(request, request.name_space)
        except NotANumber:
            raise ApplicationError(INVALID_VALUE, "the value is not an unsigned integer") from None
        return pb.MemcacheIncrementResponse(new_value=number) if number is not None else _unchanged()

    def _batch_increment(self, request: Any, _caller: Caller) -> Any:
        response = pb.MemcacheBatchIncrementResponse()
        for item in request.item:
            try:
                number = self._count(item, request.name_space)
            except NotANumber:
                number = None
            if number is None:
                response.item.append(_unchanged())
            else:
                ok = pb.MemcacheIncrementResponse.OK
                response.item.add(new_value=number, increment_status=ok)
        return response

    def _count(self, request: Any, namespace: str) -> int | None:
        name = _name(namespace, request.key)
        if request.HasField("initial_value") and not self._is_locked(name):
            self._cache.add(name, str(request.initial_value).encode(), request.initial_flags, 0)
        is_down = request.direction == pb.MemcacheIncrementRequest.DECREMENT
        return self._cache.count(name, -request.delta if is_down else request.delta)

    def _flush(self, _request: Any, _caller: Caller) -> Any:
        self._cache.flush(0)
        self._locks.clear()
        return pb.MemcacheFlushResponse()

    def _stats(self, _request: Any, _caller: Caller) -> Any:
        items = list(self._cache.items())
        oldest = min((item.accessed for _, item in items), default=self._clock())
        stats = pb.MergedNamespaceStats(
            hits=self._cache.counts["get_hits"],
            misses=self._cache.counts["get_misses"],
            byte_hits=0,
            items=len(items),
            bytes=self._cache.bytes,
            oldest_item_age=max(int(self._clock() - oldest), 0),
        )
        return pb.MemcacheStatsResponse(stats=stats)

    def _is_locked(self, name: bytes) -> bool:
        if self._clock() < self._locks.get(name, 0.0):
            return True
        self._locks.pop(name, None)
        return False


def _name(namespace: str, key: bytes) -> bytes:
    return namespace.encode() + b"\0" + key


def _unchanged() -> Any:
    return pb.MemcacheIncrementResponse(increment_status=pb.MemcacheIncrementResponse.NOT_CHANGED)
