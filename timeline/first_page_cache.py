"""The cached first page of each stream: filled with add and cas, forgotten around every write."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from timeline.interfaces import Backends

T = TypeVar("T")

SECONDS_TO_LIVE = 60
"""The longest a page may outlive a deletion that never reached the cache."""
LEASE_SECONDS = 10
"""A reader that takes longer than this to fill has lost its right to."""
LEASE = b"lease:"
EVERYONE = "head:1:everyone"


def key_of_user(user: str) -> str:
    return f"head:1:user:{user}"


def invalidate(backends: Backends, user: str) -> None:
    """Call it before and after the commit of whatever changes this user's stream."""
    backends.cache.delete(EVERYONE, key_of_user(user))


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """How a page is kept in the cache, and how it comes back."""

    write: Callable[[T], bytes]
    read: Callable[[bytes], T]


RAW: Codec[bytes] = Codec(write=bytes, read=bytes)


def read_through(backends: Backends, key: str, read: Callable[[], T], form: Codec[T]) -> T:
    """Give the cached page, or read it and cache it, unless a writer forgot the page in the meantime."""
    found = backends.cache.get(key)
    if found is not None:
        return read() if found.startswith(LEASE) else form.read(found)
    lease = LEASE + secrets.token_bytes(8)
    if not backends.cache.add(key, lease, LEASE_SECONDS):
        return read()
    held, token = backends.cache.gets(key)
    page = read()
    if held == lease:
        backends.cache.cas(key, form.write(page), token, SECONDS_TO_LIVE)
    return page
