"""The memcached client: a missing or failing server behaves like an empty cache."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from pymemcache.client.base import PooledClient
from pymemcache.exceptions import MemcacheClientError, MemcacheError, MemcacheUnknownError

from timeline.gcp.memcache_client import pooled_client
from timeline.settings import Settings

T = TypeVar("T")

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 16.0
"""Seconds without calls after a failure; doubled after each further failure."""
MAX_PENDING = 1_000
MAX_COUNT = 1_000_000_000
"""Far above every limit; a larger counter was not written by this application."""
MALFORMED = (MemcacheUnknownError, ValueError)
"""A reply outside memcached's protocol, or text in place of a number."""

log = logging.getLogger(__name__)


def connect(settings: Settings) -> "Memcache":
    return Memcache(settings.memcache_host, f"{settings.google_cloud_project}:")


class Memcache:
    """Implements interfaces.Cache. Deletions that did not reach the server are sent before any other call."""

    def __init__(self, address: str, prefix: str) -> None:
        self._client = pooled_client(address, prefix) if address else None
        self._pending: set[str] = set()
        self._paused_until = 0.0
        self._pause = FIRST_PAUSE
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        return self._call(lambda client: _bytes_or_none(client.get(key)), None, key)

    def gets(self, key: str) -> tuple[bytes | None, object]:
        return self._call(lambda client: client.gets(key), (None, None), key)

    def add(self, key: str, value: bytes, seconds: int) -> bool:
        return self._call(
            lambda client: bool(client.add(key, value, expire=seconds, noreply=False)), False, key
        )

    def cas(self, key: str, value: bytes, token: object, seconds: int) -> bool:
        stored = self._call(
            lambda client: client.cas(key, value, token, expire=seconds, noreply=False), None, key
        )
        return stored is True

    def delete(self, *keys: str) -> None:
        if self._client is not None:
            self._add_pending(keys)
            self._call(lambda _: None, None)

    def incr(self, key: str, seconds: int, by: int = 1) -> int | None:
        return self._call(lambda client: _count(client, key, seconds, by), None, key)

    def decr(self, key: str, by: int) -> None:
        self._call(lambda client: client.decr(key, by), None, key)

    def is_alive(self) -> bool:
        return self._call(lambda client: bool(client.version()), False)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def _call(self, ask: Callable[[PooledClient], T], otherwise: T, *keys: str) -> T:
        """Make one call. After a failure, calls are paused and the caller gets `otherwise`.

        After a malformed reply the keys are deleted before any other call.
        """
        if self._client is None or time.monotonic() < self._paused_until:
            return otherwise
        try:
            self._delete_pending(self._client)
            answer = ask(self._client)
        except (MemcacheError, OSError, ValueError) as error:
            if isinstance(error, MALFORMED):
                self._add_pending(keys)
            self._pause_calls(error)
            return otherwise
        self._pause = FIRST_PAUSE
        return answer

    def _pause_calls(self, error: Exception) -> None:
        self._paused_until = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        log.warning("memcache does not respond: %s", error)

    def _add_pending(self, keys: tuple[str, ...]) -> None:
        """Remember failed deletions. With too many of them, flush the cache rather than keep stale pages."""
        with self._lock:
            self._pending.update(keys if len(self._pending) < MAX_PENDING else {FLUSH})

    def _delete_pending(self, client: PooledClient) -> None:
        with self._lock:
            pending = set(self._pending)
        if not pending:
            return
        if FLUSH in pending:
            client.flush_all(noreply=False)
        for key in pending - {FLUSH}:
            client.delete(key, noreply=False)
        with self._lock:
            self._pending -= pending


FLUSH = ""
"""Stands for all keys; a real key is never empty."""


def _bytes_or_none(value: object) -> bytes | None:
    return value if isinstance(value, bytes) else None


def _count(client: PooledClient, key: str, seconds: int, by: int) -> int | None:
    """Use one call, except for a new key: of concurrent callers one adds it, and the others increment it."""
    count = _incremented(client, key, by)
    if count is None and client.add(key, str(by), expire=seconds, noreply=False):
        return by
    return _incremented(client, key, by) if count is None else count


def _incremented(client: PooledClient, key: str, by: int) -> int | None:
    """Return None for a new counter. A value that is not a valid count is deleted."""
    try:
        count = client.incr(key, by)
    except MemcacheClientError:
        client.delete(key)
        return None
    if count is not None and not by <= count <= MAX_COUNT:
        client.delete(key)
        return None
    return None if count is None else int(count)
