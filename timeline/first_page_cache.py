"""The cached first page of each stream: filled with add and cas, invalidated around every write."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from timeline.interfaces import Backends
from timeline.seals import Seal, Unreadable

T = TypeVar("T")

SECONDS_TO_LIVE = 60
"""The longest time a page may outlive a deletion that did not reach the cache."""
LEASE_SECONDS = 10
"""A reader that takes longer than this may no longer fill the cache."""
LEASE = b"lease:"
LEASE_BYTES = 8
EVERYONE = "head:1:everyone"


def key_of_user(user: str) -> str:
    return f"head:1:user:{user}"


def invalidate(backends: Backends, user: str) -> None:
    """Call this before and after every commit that changes the user's stream."""
    backends.cache.delete(EVERYONE, key_of_user(user))


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """Encodes and decodes a cached page; `read` may raise Unreadable."""

    write: Callable[[T, Seal], bytes]
    read: Callable[[bytes, Seal], T]


OBJECT: Codec[dict[str, Any]] = Codec(
    write=lambda fields, seal: seal.write(fields), read=lambda stored, seal: seal.read(stored)
)


def read_through(backends: Backends, key: str, read: Callable[[], T], codec: Codec[T]) -> T:
    """Return the cached page, or read it and cache it unless a writer invalidates it in the meantime.

    A cached page that cannot be read counts as missing, and is deleted.
    """
    seal = Seal(backends.settings.secret_key, key)
    found = backends.cache.get(key)
    if found is not None:
        if _is_lease(found):
            return read()
        try:
            return codec.read(found, seal)
        except Unreadable:
            backends.cache.delete(key)
    return _fill(backends, key, read, lambda page: codec.write(page, seal))


def _fill(backends: Backends, key: str, read: Callable[[], T], write: Callable[[T], bytes]) -> T:
    lease = LEASE + secrets.token_bytes(LEASE_BYTES)
    if not backends.cache.add(key, lease, LEASE_SECONDS):
        return read()
    held, token = backends.cache.gets(key)
    page = read()
    if held == lease:
        backends.cache.cas(key, write(page), token, SECONDS_TO_LIVE)
    return page


def _is_lease(found: bytes) -> bool:
    return found.startswith(LEASE) and len(found) == len(LEASE) + LEASE_BYTES
