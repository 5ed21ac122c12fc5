"""IDs that sort newest first and contain the key of their row, so that a photo is read without a query."""

import re
import secrets
from datetime import UTC, datetime, timedelta

from timeline.errors import NotFound

ALPHABET = "0123456789abcdefghijklmnopqrstuv"
"""Base 32 in ASCII order: strings of equal length sort like the numbers they represent."""
TIME_CHARACTERS = 11
RANDOM_CHARACTERS = 5
LATEST = 32**TIME_CHARACTERS - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HANDLE = r"[a-z0-9][a-z0-9-]{0,31}"
IS_KEY = re.compile(rf"[0-9a-v]{{{TIME_CHARACTERS + RANDOM_CHARACTERS}}}")
IS_HANDLE = re.compile(HANDLE)
IS_ID = re.compile(rf"({IS_KEY.pattern})-({HANDLE})")


def new_key(now: datetime) -> str:
    """Return a key that sorts before all older ones; random characters make it unique in a microsecond."""
    microseconds = (now - EPOCH) // timedelta(microseconds=1)
    return _encode(LATEST - microseconds, TIME_CHARACTERS) + random_characters(RANDOM_CHARACTERS)


def id_of(key: str, handle: str) -> str:
    return f"{key}-{handle}"


def split_id(identifier: str) -> tuple[str, str]:
    """Return key and handle. Raises NotFound for a malformed ID."""
    match = IS_ID.fullmatch(identifier)
    if match is None:
        raise NotFound
    return match[1], match[2]


def is_handle(text: str) -> bool:
    return IS_HANDLE.fullmatch(text) is not None


def random_characters(length: int) -> str:
    """Return so many unpredictable characters of the alphabet."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _encode(number: int, length: int) -> str:
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(5 * (length - 1), -1, -5))
