"""Handles: the short ASCII names of users, derived from the claims of their identity provider."""

import re
from collections.abc import Iterator

from anyascii import anyascii

from timeline import ids

MAX_HANDLE = 32
FALLBACK = "user"
"""For people without a username or email address, such as those who sign in by phone number."""
SUFFIX_CHARACTERS = 6
"""Some 10^9 of them: even among 10,000 people of one name, a new suffix is taken once in 100,000 times."""
RANDOM_SUFFIXES = 5
"""Another one is needed only if the previous suffix is already in use."""
NOT_IN_HANDLES = re.compile(r"[^a-z0-9]+")


def handle_from(*names: str) -> str:
    """Return a handle made from the first of these names that has a letter or digit in any script."""
    return next(filter(None, map(_slug, names)), FALLBACK)


def candidates(handle: str) -> Iterator[str]:
    """Yield the handles to try in turn: the handle, the same with `-2`, then some with a random suffix.

    Counting on would make each person of a common name try all the handles of those who came before.
    """
    yield handle
    yield _with_suffix(handle, "2")
    for _ in range(RANDOM_SUFFIXES):
        yield _with_suffix(handle, ids.random_characters(SUFFIX_CHARACTERS))


def _slug(name: str) -> str:
    ascii_name = anyascii(name).lower()
    return NOT_IN_HANDLES.sub("-", ascii_name).strip("-")[:MAX_HANDLE].rstrip("-")


def _with_suffix(handle: str, suffix: str) -> str:
    return f"{handle[: MAX_HANDLE - len(suffix) - 1].rstrip('-')}-{suffix}"
