"""memcached as a cache that may be missing: without a server every key is missing."""

from collections.abc import Callable
from typing import Any, TypeVar

from pymemcache.client.base import PooledClient
from pymemcache.exceptions import MemcacheError

T = TypeVar("T")
SECONDS = 0.3
"""A server that does not respond delays a request by this much."""


class Cache:
    """`address` is host:port, or empty for no server."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        options: dict[str, Any] = {"connect_timeout": SECONDS, "timeout": SECONDS, "max_pool_size": 32}
        self._client = PooledClient((host, int(port)), **options) if host else None

    def get(self, key: str) -> bytes | None:
        found: bytes | None = self._call(lambda client: client.get(key), None)
        return found

    def add(self, key: str, value: bytes, seconds: int) -> bool:
        """Return whether the key was missing and is now set."""
        return self._call(lambda client: client.add(key, value, seconds, noreply=False), False)

    def append(self, key: str, value: bytes) -> bool:
        """Return whether the key was there and got the value at its end."""
        return self._call(lambda client: client.append(key, value, noreply=False), False)

    def delete(self, key: str) -> None:
        self._call(lambda client: client.delete(key, noreply=False), False)

    def _call(self, call: Callable[[Any], T], missing: T) -> T:
        if self._client is None:
            return missing
        try:
            return call(self._client)
        except (OSError, MemcacheError):
            return missing
