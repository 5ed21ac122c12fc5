"""Browser sessions: one row for each, so that a user can sign out any browser from any other."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from timeline import first_page_cache, ids
from timeline.errors import NotFound, Unauthenticated
from timeline.interfaces import Backends, Entity, Key, Scan, Transaction
from timeline.retention import delete_before

KIND = "Session"
KEPT = timedelta(days=30)
MAX_SESSIONS = 50
"""Another sign-in closes the oldest session."""
BATCH = 400
"""Legacy Datastore allows 500 mutations in one commit."""
ENDED = "Your session has ended. Sign in again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`device` is the browser's name and operating system; no IP address is stored."""

    id: str
    device: str
    opened: datetime


def open_session(backends: Backends, handle: str, device: str) -> str:
    """Return the ID of a new session. Raises Unauthenticated if the account was deleted in the meantime."""
    now = backends.clock.now()
    key = key_of(handle, ids.new_key(now))
    row = Entity(key, {"device": device, "opened": now, "expires": now + KEPT}, frozenset({"expires"}))
    invalidate(backends, handle)
    backends.entities.transact(lambda transaction: _open_within(transaction, row))
    _close(backends, handle, [each.key for each in _rows(backends, handle)[MAX_SESSIONS:]])
    return key[3]


def list_sessions(backends: Backends, handle: str) -> list[Session]:
    """Return the open sessions, the latest first."""
    now = backends.clock.now()
    rows = [row for row in _rows(backends, handle) if is_valid(row, now)]
    return [Session(id=row.key[3], device=row.values["device"], opened=row.values["opened"]) for row in rows]


def close_session(backends: Backends, handle: str, session_id: str) -> None:
    """End a session; safe to repeat. Raises NotFound for a malformed ID."""
    _close(backends, handle, [key_of(handle, session_id)])


def revoke_session(backends: Backends, handle: str, session_id: str) -> None:
    """End an open session. Raises NotFound if it is not open, or belongs to another user."""
    key = key_of(handle, session_id)
    if not is_valid(backends.entities.get(key)[0], backends.clock.now()):
        raise NotFound
    _close(backends, handle, [key])


def close_all(backends: Backends, handle: str) -> int:
    """End all sessions of a user on all instances at once, and return their number."""
    closed = 0
    while keys := [row.key for row in _rows(backends, handle)]:
        _close(backends, handle, keys)
        closed += len(keys)
    return closed


def is_open(backends: Backends, handle: str, session_id: str) -> bool:
    """Check a session in the cache, which is enough to show a name; changes of data read the row."""
    key = _cache_key(handle)
    return session_id in first_page_cache.read_through(
        backends, key, lambda: _open_sessions(backends, handle), first_page_cache.OBJECT
    )


def is_valid(row: Entity | None, now: datetime) -> bool:
    return row is not None and bool(row.values["expires"] > now)


def invalidate(backends: Backends, handle: str) -> None:
    """Call this before and after the commit that deletes the account."""
    backends.cache.delete(_cache_key(handle))


def delete_expired(backends: Backends) -> int:
    """Delete a bounded number of expired sessions and return their number."""
    return delete_before(backends, KIND, "expires", backends.clock.now(), limit=BATCH)


def key_of(handle: str, session_id: str) -> Key:
    """Raises NotFound for a malformed ID."""
    if ids.IS_KEY.fullmatch(session_id) is None:
        raise NotFound
    return ("User", handle, KIND, session_id)


def _open_within(transaction: Transaction, row: Entity) -> None:
    (owner,) = transaction.get(row.key[:2])
    if owner is None or "erased" in owner.values:
        raise Unauthenticated(ENDED)
    transaction.put(row)


def _close(backends: Backends, handle: str, keys: list[Key]) -> None:
    invalidate(backends, handle)
    backends.entities.delete(*keys)
    invalidate(backends, handle)


def _rows(backends: Backends, handle: str) -> list[Entity]:
    return list(backends.entities.scan(Scan(kind=KIND, parent=("User", handle), limit=BATCH)))


def _open_sessions(backends: Backends, handle: str) -> dict[str, bool]:
    """By id; an object, because those of the cache are."""
    (owner,) = backends.entities.get(("User", handle))
    if owner is None or "erased" in owner.values:
        return {}
    return {session.id: True for session in list_sessions(backends, handle)}


def _cache_key(handle: str) -> str:
    return f"sessions:1:{handle}"
