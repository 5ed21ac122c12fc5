"""The memcached client: a missing or failing server behaves like an empty cache."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from pymemcache.exceptions import MemcacheError, MemcacheUnknownError

from timeline.gcp.memcache_client import StrictPool, check_deleted, check_stored, pooled_client
from timeline.interfaces import Increment
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
        self._pending: dict[str, object] = {}  # each with a new object for its latest deletion
        self._paused_until = 0.0
        self._pause = FIRST_PAUSE
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        return self._call(lambda client: _bytes_or_none(client.get(key)), None, key)

    def gets(self, key: str) -> tuple[bytes | None, object]:
        return self._call(lambda client: client.gets(key), (None, None), key)

    def add_and_gets(
        self, key: str, value: bytes, seconds: int, other: str = ""
    ) -> tuple[bytes | None, object, bytes | None]:
        missing: tuple[bytes | None, object, bytes | None] = (None, None, None)
        return self._call(lambda client: client.add_and_gets(key, value, seconds, other), missing, key)

    def add(self, key: str, value: bytes, seconds: int) -> bool:
        return self._call(
            lambda client: bool(client.add(key, value, expire=seconds, noreply=False)), False, key
        )

    def cas(self, key: str, value: bytes, token: object, seconds: int) -> bool:
        stored = self._call(
            lambda client: client.cas(key, value, token, expire=seconds, noreply=False), None, key
        )
        return stored is True

    def fill(self, key: str, value: bytes, token: object, seconds: int) -> None:
        self._call(lambda client: client.cas(key, value, token, expire=seconds, noreply=True), None)

    def delete(self, *keys: str) -> None:
        if self._client is not None:
            self._add_pending(keys)
            self._call(lambda _: None, None)

    def delete_and_set(self, keys: Sequence[str], key: str, value: bytes, seconds: int) -> bool:
        def ask(client: StrictPool) -> bool:
            lines = client.send_together([*client.deletions(keys), client.store("set", key, value, seconds)])
            check_deleted(lines[:-1])
            check_stored(lines[-1])
            return True

        return self._call(ask, False, key)

    def cas_and_gets(self, key: str, value: bytes, token: object, seconds: int) -> object:
        return self._call(lambda client: client.cas_and_gets(key, value, token, seconds), None, key)

    def incr(self, *increments: Increment) -> Sequence[int | None]:
        keys = [each.key for each in increments]
        return self._call(lambda client: _counts(client, increments), [None] * len(keys), *keys)

    def decr(self, key: str, by: int) -> None:
        self._call(lambda client: client.decr(key, by), None, key)

    def is_alive(self) -> bool:
        return self._call(lambda client: bool(client.version()), False)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def _call(self, ask: Callable[[StrictPool], T], otherwise: T, *keys: str) -> T:
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
            added = keys if len(self._pending) < MAX_PENDING else (FLUSH,)
            self._pending.update((key, object()) for key in added)

    def _delete_pending(self, client: StrictPool) -> None:
        """Keep keys whose deletion was requested again meanwhile: the server may have got it too early."""
        if not self._pending:
            return
        with self._lock:
            pending = dict(self._pending)
        if FLUSH in pending:
            client.flush_all(noreply=False)
        if keys := sorted(pending.keys() - {FLUSH}):
            client.delete_all(keys)
        with self._lock:
            for key, request in pending.items():
                if self._pending.get(key) is request:
                    del self._pending[key]


FLUSH = ""
"""Stands for all keys; a real key is never empty."""


def _bytes_or_none(value: object) -> bytes | None:
    return value if isinstance(value, bytes) else None


def _counts(client: StrictPool, increments: Sequence[Increment]) -> list[int | None]:
    """Use one round trip, except for counters that are unexpectedly missing or hold no valid count."""
    counts = _incremented(client, increments)
    again = [each for each, count in zip(increments, counts, strict=True) if count <= 0]
    if again:
        if invalid := [each.key for each, count in zip(increments, counts, strict=True) if count == INVALID]:
            client.delete_all(invalid)
        recreated = iter(_incremented(client, [replace(each, is_new=True) for each in again]))
        counts = [next(recreated) if count <= 0 else count for count in counts]
    return [count if count > 0 else None for count in counts]


def _incremented(client: StrictPool, increments: Sequence[Increment]) -> list[int]:
    """Of concurrent callers one adds a new counter, and all of them increment it."""
    commands: list[bytes] = []
    positions: list[int] = []
    for each in increments:
        commands += _commands_of(client, each)
        positions.append(len(commands) - 1)
    lines = client.send_together(commands)
    return [_count_of(lines[position], each.by) for position, each in zip(positions, increments, strict=True)]


def _commands_of(client: StrictPool, increment: Increment) -> list[bytes]:
    new = [client.store("add", increment.key, b"0", increment.seconds)] if increment.is_new else []
    return [*new, b"incr %b %d\r\n" % (client.check_key(increment.key), increment.by)]


MISSING, INVALID = 0, -1
"""Results of an increment in place of a count."""


def _count_of(line: bytes, by: int) -> int:
    """Raises MemcacheUnknownError for a line that is no reply to `incr`."""
    if line == b"NOT_FOUND":
        return MISSING
    if line.startswith(b"CLIENT_ERROR"):
        return INVALID
    if not line.isdigit():
        raise MemcacheUnknownError(line[:32])
    count = int(line) if len(line) <= len(str(MAX_COUNT)) else INVALID
    return count if by <= count <= MAX_COUNT else INVALID
