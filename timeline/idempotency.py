"""Idempotency records: a request repeated with the same client key gets the first response again."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from timeline.concurrency import started
from timeline.errors import IdempotencyInFlight, IdempotencyMismatch, InvalidIdempotencyKey
from timeline.interfaces import Backends, Entity, Key
from timeline.retention import delete_before

KIND = "Idempotency"
KEPT = timedelta(hours=24)
"""A client that retries later than this asks its user again anyway."""
IN_FLIGHT_SECONDS = 10
BUSY = b"1"
IS_KEY = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyRecord:
    """A client's key, and the fingerprint of the request it came with."""

    key: Key
    fingerprint: str


def record_of(user: str, client_key: str, content: "hashlib._Hash", parameters: str) -> IdempotencyRecord:
    """`content` is the SHA-256 of the sent bytes; `parameters` are the other inputs of the request."""
    if IS_KEY.fullmatch(client_key) is None:
        raise InvalidIdempotencyKey
    digest = content.copy()
    digest.update(hashlib.sha256(parameters.encode()).digest())
    return IdempotencyRecord(key=("User", user, KIND, _name_of(client_key)), fingerprint=digest.hexdigest())


def _name_of(client_key: str) -> str:
    """Hash the key, which may contain private information.

    Rows of releases that stored plain keys are not looked up: they expire after a day.
    """
    return f"sha256:{hashlib.sha256(client_key.encode()).hexdigest()}"


def entity_of(
    record: IdempotencyRecord, answer: dict[str, Any], now: datetime, *, is_existing: bool = False
) -> Entity:
    values = {
        "fingerprint": record.fingerprint,
        "answer": json.dumps(answer),
        "created": now,
        "existing": is_existing,
    }
    return Entity(record.key, values, frozenset({"created"}))


def answer_of(row: Entity | None, record: IdempotencyRecord) -> dict[str, Any] | None:
    """Return the first response. Raises IdempotencyMismatch if that request had different content."""
    if row is None:
        return None
    if row.values["fingerprint"] != record.fingerprint:
        raise IdempotencyMismatch
    answer: dict[str, Any] = json.loads(row.values["answer"])
    return answer


@dataclass(slots=True)
class InFlight:
    """The marker of a request in the cache, and the record of an earlier one with the same key."""

    name: str
    earlier: Entity | None
    is_marked: bool = True


@contextmanager
def in_flight(backends: Backends, record: IdempotencyRecord) -> Iterator[InFlight]:
    """Refuse a concurrent request with the same key early; the transaction would also detect it.

    If an earlier request is complete, its record answers this one, whatever other requests are in flight.

    Who deletes the marker together with other keys sets `is_marked` to False.
    """
    name = "busy:" + hashlib.sha256("/".join(record.key).encode()).hexdigest()
    request = _marked(backends, name, record)
    found = None if request.is_marked or request.earlier else backends.cache.get(name)
    if found == BUSY:
        raise IdempotencyInFlight
    try:
        yield request
    finally:
        is_junk = found is not None
        if request.is_marked or is_junk:
            backends.cache.delete(name)


def _marked(backends: Backends, name: str, record: IdempotencyRecord) -> InFlight:
    """Set the marker and read the record; a failed read must not leave a marker that refuses the next try."""
    with started(lambda: backends.cache.add(name, BUSY, IN_FLIGHT_SECONDS)) as marking:
        try:
            (earlier,) = backends.entities.get(record.key)
        except BaseException:
            if marking.result():
                backends.cache.delete(name)
            raise
        return InFlight(name, earlier, is_marked=marking.result())


def delete_expired(backends: Backends) -> int:
    """Delete a bounded number of expired records and return their number."""
    return delete_before(backends, KIND, "created", backends.clock.now() - KEPT)
