"""The cached first page of each stream: filled with add and cas, invalidated around every write."""

import secrets
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from timeline.interfaces import Backends
from timeline.seals import Seal, Unreadable

T = TypeVar("T")

SECONDS_TO_LIVE = 60
"""The longest time a page may outlive a deletion that did not reach the cache."""
LEASE_SECONDS = 5
"""A reader that takes longer than this may no longer fill the cache."""
PAUSES = (0.002, 0.004, 0.008, 0.016, 0.032, 0.064)
"""Seconds between looks at a page that another instance is reading; after that a reader reads it too."""
WAIT_SECONDS = 0.5
"""The longest wait for a thread of the same instance that is reading the page."""
LEASE = b"lease:"
LEASE_BYTES = 8
EVERYONE = "head:1:everyone"
STAMP = "head:1:stamp"
"""A random value that every new photo replaces. Everyone's cached page has that of before it was read."""
STALE_SECONDS = 1.0
"""The longest time for which everyone's page may lack a new photo while an instance is busy."""


def key_of_user(user: str) -> str:
    return f"head:1:user:{user}"


def key_of_sync(user: str) -> str:
    """The key of the ends of the user's change log."""
    return f"sync:1:{user}"


@dataclass(frozen=True, slots=True)
class Invalidation:
    """Invalidates the pages that a write changes; call `run` before and after its commit.

    `is_news`: the write adds to everyone's page or makes it lighter, and does not remove or correct anything.
    The page may then be used for a second, if it is read very often.
    """

    backends: Backends
    user: str
    is_news: bool = False

    def run(self, *more: str) -> None:
        """Delete `more` keys too."""
        cache, keys = self.backends.cache, [key_of_user(self.user), key_of_sync(self.user), *more]
        stamp = secrets.token_hex(LEASE_BYTES).encode()
        if not self.is_news or not cache.delete_and_set(keys, STAMP, stamp, 2 * SECONDS_TO_LIVE):
            cache.delete(EVERYONE, *keys)


def invalidate(backends: Backends, user: str) -> None:
    """Call this before and after every commit that changes the user's stream."""
    Invalidation(backends, user).run()


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """Encodes and decodes a cached page; `read` may raise Unreadable."""

    write: Callable[[T, Seal], bytes]
    read: Callable[[bytes, Seal], T]


OBJECT: Codec[dict[str, Any]] = Codec(
    write=lambda fields, seal: seal.write(fields), read=lambda stored, seal: seal.read(stored)
)


def read_through(
    backends: Backends, key: str, read: Callable[[], T], codec: Codec[T], stamp_key: str = ""
) -> T:
    """Return the cached page, or read it and cache it unless a writer invalidates it in the meantime.

    While one reader reads the page, the others wait for it. Its page is as current as a cached one: a write
    that was acknowledged before they came would have deleted its lease, or replaced the stamp.
    With `stamp_key`, a page with another stamp is used only for a second, while this instance is busy.
    """
    return _Page(backends, key, codec, stamp_key).get(read)


@dataclass(frozen=True, slots=True)
class _Read:
    """A page that a thread of this process is reading. `stamp` is of before."""

    stamp: bytes
    result: "Future[Any]"


_READS: dict[bytes, _Read] = {}
"""By lease."""


@dataclass(slots=True)
class _Page(Generic[T]):
    """One cached page, for one reader."""

    backends: Backends
    key: str
    codec: Codec[T]
    stamp_key: str
    lease: bytes = field(default_factory=lambda: LEASE + secrets.token_bytes(LEASE_BYTES))

    def get(self, read: Callable[[], T]) -> T:
        cache = self.backends.cache
        for pause in PAUSES:
            found, token, stamp = cache.add_and_gets(self.key, self.lease, LEASE_SECONDS, self.stamp_key)
            if found is None:
                break
            if (other := _READS.get(found)) is not None:
                return self._wait_for(other, stamp or b"", read)
            if found != self.lease and _is_lease(found):
                time.sleep(pause)
                continue
            if found != self.lease:
                with suppress(Unreadable):
                    return self._decoded(found, stamp or b"")
                token = cache.cas_and_gets(self.key, self.lease, token, LEASE_SECONDS)
            if token is not None:
                return self._fill(read, token, stamp or b"")
        return read()

    def _fill(self, read: Callable[[], T], token: object, stamp: bytes) -> T:
        """Read the page, and give it to the threads of this process that wait for it, and to the cache."""
        began, result = self._now(), Future[T]()
        _READS[self.lease] = _Read(stamp, result)
        try:
            page = read()
            result.set_result(page)
        except BaseException as error:
            result.set_exception(error)
            self.backends.cache.delete(self.key)
            raise
        finally:
            del _READS[self.lease]
        stored = self.codec.write(page, self._seal())
        if self.stamp_key:
            stored += b"\n%b %d" % (stamp, 1_000 * began)
        self.backends.cache.fill(self.key, stored, token, SECONDS_TO_LIVE)
        return page

    def _wait_for(self, other: _Read, stamp: bytes, read: Callable[[], T]) -> T:
        """Read the page here if that read began before a change, fails or takes too long."""
        if other.stamp != stamp and not self._is_busy():
            return read()
        try:
            return cast("T", other.result.result(WAIT_SECONDS))
        except Exception:  # noqa: BLE001 - the failed read is repeated, and then raises its own error
            return read()

    def _decoded(self, found: bytes, stamp: bytes) -> T:
        """Raises Unreadable, also for a page that lacks changes and must not be used any more."""
        if not self.stamp_key:
            return self.codec.read(found, self._seal())
        content, _, line = found.rpartition(b"\n")
        own, _, began = line.partition(b" ")
        _READS_OF_EVERYONE.count()
        if own != stamp and not (self._is_busy() and self._is_recent(began)):
            raise Unreadable
        return self.codec.read(content, self._seal())

    def _is_busy(self) -> bool:
        limit = self.backends.settings.busy_reads_per_second
        return limit > 0 and _READS_OF_EVERYONE.per_second() > limit

    def _is_recent(self, began: bytes) -> bool:
        return began.isdigit() and abs(self._now() - int(began) / 1_000) < STALE_SECONDS

    def _now(self) -> float:
        return self.backends.clock.now().timestamp()

    def _seal(self) -> Seal:
        return Seal(self.backends.settings.secret_key, self.key)


class _ReadsPerSecond:
    """Counts the reads of everyone's page in this process; concurrent readers may lose a few."""

    def __init__(self) -> None:
        self._began = 0.0
        self._count = self._before = 0

    def count(self) -> None:
        now = time.monotonic()
        if now - self._began >= 1:
            self._before = self._count if now - self._began < 2 else 0  # noqa: PLR2004 - the second before this one
            self._began, self._count = now, 0
        self._count += 1

    def per_second(self) -> int:
        return max(self._count, self._before)


_READS_OF_EVERYONE = _ReadsPerSecond()


def _is_lease(found: bytes) -> bool:
    return found.startswith(LEASE) and len(found) == len(LEASE) + LEASE_BYTES
