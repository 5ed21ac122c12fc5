"""The cached first page of each stream: filled with add and cas, forgotten around every write."""

import secrets
from collections.abc import Callable

from timeline.stores import Stores

SECONDS_TO_LIVE = 60
"""The longest a page may outlive a deletion that never reached the cache."""
LEASE_SECONDS = 10
"""A reader that takes longer than this to fill has lost its right to."""
LEASE = b"lease:"
EVERYONE = "head:1:everyone"


def head_of(user: str) -> str:
    return f"head:1:user:{user}"


def forget(backends: Stores, user: str) -> None:
    """Call it before and after the commit of whatever changes this user's stream."""
    backends.cache.delete(EVERYONE, head_of(user))


def read_through(backends: Stores, key: str, read: Callable[[], bytes]) -> bytes:
    """Give the cached page, or read it and cache it, unless a writer forgot the page in the meantime."""
    found = backends.cache.get(key)
    if found is not None:
        return read() if found.startswith(LEASE) else found
    lease = LEASE + secrets.token_bytes(8)
    if not backends.cache.add(key, lease, LEASE_SECONDS):
        return read()
    return _fill(backends, key, lease, read)


def _fill(backends: Stores, key: str, lease: bytes, read: Callable[[], bytes]) -> bytes:
    held, token = backends.cache.gets(key)
    page = read()
    if held == lease:
        backends.cache.cas(key, page, token, SECONDS_TO_LIVE)
    return page
