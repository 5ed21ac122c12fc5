"""IDs that sort newest first and contain the key of their row, so that a photo is read without a query."""

import re
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from timeline.errors import NotFound

ALPHABET = "0123456789abcdefghijklmnopqrstuv"
"""Base 32 in ASCII order: strings of equal length sort like the numbers they represent."""
LAST = ALPHABET[-1]
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


def derived_key(key: str, purpose: str) -> str:
    """Return the key of a row that belongs to this one: always the same, so that it can be found."""
    digest = int.from_bytes(sha256(f"{purpose} {key}".encode()).digest())
    return key[:TIME_CHARACTERS] + _encode(digest, RANDOM_CHARACTERS)


def id_of(key: str, handle: str) -> str:
    return f"{key}-{handle}"


def boundary(moment: datetime, handle: str) -> str:
    """Return an ID that sorts after all photos created at or after this moment and before all older ones."""
    microseconds = (moment - EPOCH) // timedelta(microseconds=1)
    return id_of(_encode(LATEST - microseconds, TIME_CHARACTERS) + LAST * RANDOM_CHARACTERS, handle)


def created(key: str) -> datetime:
    """Return the time in a key."""
    return EPOCH + timedelta(microseconds=LATEST - int(key[:TIME_CHARACTERS], 32))


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
