"""One client key, one photo: what was answered the first time is answered again."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from timeline.errors import IdempotencyInFlight, IdempotencyMismatch, InvalidIdempotencyKey
from timeline.interfaces import Backends, Entity, Key
from timeline.retention import delete_before

KIND = "Idempotency"
REMEMBERED = timedelta(hours=24)
"""A phone that comes back later than this has surely asked its person again."""
IN_FLIGHT_SECONDS = 10
BUSY = b"1"
IS_KEY = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyRecord:
    """A key of a client, and the fingerprint of what it was sent with."""

    key: Key
    fingerprint: str


def record_of(user: str, client_key: str, content: "hashlib._Hash", words: str) -> IdempotencyRecord:
    """`content` is the SHA-256 of what was sent, `words` what was said about it."""
    if IS_KEY.fullmatch(client_key) is None:
        raise InvalidIdempotencyKey
    digest = content.copy()
    digest.update(hashlib.sha256(words.encode()).digest())
    return IdempotencyRecord(key=("User", user, KIND, _name_of(client_key)), fingerprint=digest.hexdigest())


def _name_of(client_key: str) -> str:
    """Hashed: a client may have put into its key what is nobody's business.

    Rows of the release that kept keys in clear are not looked for: none is older than a day, and only a
    request repeated across that very deployment meets one.
    """
    return f"sha256:{hashlib.sha256(client_key.encode()).hexdigest()}"


def entity_of(
    attempt: IdempotencyRecord, answer: dict[str, Any], now: datetime, *, is_existing: bool = False
) -> Entity:
    values = {
        "fingerprint": attempt.fingerprint,
        "answer": json.dumps(answer),
        "created": now,
        "existing": is_existing,
    }
    return Entity(attempt.key, values, frozenset({"created"}))


def answer_of(row: Entity | None, attempt: IdempotencyRecord) -> dict[str, Any] | None:
    """What was answered before. Raises IdempotencyMismatch where it was for something else."""
    if row is None:
        return None
    if row.values["fingerprint"] != attempt.fingerprint:
        raise IdempotencyMismatch
    answer: dict[str, Any] = json.loads(row.values["answer"])
    return answer


@contextmanager
def in_flight(backends: Backends, attempt: IdempotencyRecord) -> Iterator[None]:
    """Turn a twin away while the first is at work. A courtesy: the transaction decides what is right."""
    name = "busy:" + hashlib.sha256("/".join(attempt.key).encode()).hexdigest()
    is_ours = backends.cache.add(name, BUSY, IN_FLIGHT_SECONDS)
    if not is_ours and backends.cache.get(name) == BUSY:
        raise IdempotencyInFlight
    try:
        yield
    finally:
        backends.cache.delete(name)


def delete_expired(backends: Backends) -> int:
    """Forget a bounded number of keys older than a day; tell how many."""
    return delete_before(backends, KIND, "created", backends.clock.now() - REMEMBERED)
