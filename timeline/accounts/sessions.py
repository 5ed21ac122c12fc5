"""Where somebody is signed in with a browser: a row for each, so that it can be ended from anywhere."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from timeline import first_page_cache, ids
from timeline.errors import NotFound, Unauthenticated
from timeline.interfaces import Backends, Entity, Key, Scan, Transaction
from timeline.retention import delete_before

KIND = "Session"
KEPT = timedelta(days=30)
MOST = 50
"""Who signs in more often than this loses the oldest: nobody reads a longer list."""
AT_ONCE = 400
"""Google allowed 500 mutations in one commit."""
ENDED = "You were signed out here; sign in again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`device` is what the browser said it is, in a few words; no address is kept."""

    id: str
    device: str
    opened: datetime


def open_session(backends: Backends, handle: str, device: str) -> str:
    """Give the id of a new session. Raises Unauthenticated where the account was erased meanwhile."""
    now = backends.clock.now()
    key = key_of(handle, ids.new_key(now))
    row = Entity(key, {"device": device, "opened": now, "expires": now + KEPT}, frozenset({"expires"}))
    invalidate(backends, handle)
    backends.entities.transact(lambda transaction: _open_within(transaction, row))
    _close(backends, handle, [each.key for each in _rows(backends, handle)[MOST:]])
    return key[3]


def list_sessions(backends: Backends, handle: str) -> list[Session]:
    """The latest first."""
    now = backends.clock.now()
    rows = [row for row in _rows(backends, handle) if is_valid(row, now)]
    return [Session(id=row.key[3], device=row.values["device"], opened=row.values["opened"]) for row in rows]


def close_session(backends: Backends, handle: str, session_id: str) -> None:
    """Sign out there; again does no harm. Raises NotFound for what cannot be an id."""
    _close(backends, handle, [key_of(handle, session_id)])


def revoke_session(backends: Backends, handle: str, session_id: str) -> None:
    """Sign out there. Raises NotFound where nobody is signed in: another's session looks like none."""
    key = key_of(handle, session_id)
    if not is_valid(backends.entities.get(key)[0], backends.clock.now()):
        raise NotFound
    _close(backends, handle, [key])


def close_all(backends: Backends, handle: str) -> int:
    """Sign out everywhere, at once on all instances; tell how often."""
    closed = 0
    while keys := [row.key for row in _rows(backends, handle)]:
        _close(backends, handle, keys)
        closed += len(keys)
    return closed


def is_open(backends: Backends, handle: str, session_id: str) -> bool:
    """Good enough to show a name: from the cache, which every change forgets. Changes ask the rows."""
    key = _cache_key(handle)
    return session_id in first_page_cache.read_through(
        backends, key, lambda: _open_sessions(backends, handle), first_page_cache.OBJECT
    )


def is_valid(row: Entity | None, now: datetime) -> bool:
    return row is not None and bool(row.values["expires"] > now)


def invalidate(backends: Backends, handle: str) -> None:
    """Call it around the commit that erases the account."""
    backends.cache.delete(_cache_key(handle))


def delete_expired(backends: Backends) -> int:
    """Forget a bounded number of expired sessions; tell how many."""
    return delete_before(backends, KIND, "expires", backends.clock.now(), limit=AT_ONCE)


def key_of(handle: str, session_id: str) -> Key:
    """Raises NotFound where no such id can exist."""
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
    return list(backends.entities.scan(Scan(kind=KIND, parent=("User", handle), limit=AT_ONCE)))


def _open_sessions(backends: Backends, handle: str) -> dict[str, bool]:
    """By id; an object, because those of the cache are."""
    (owner,) = backends.entities.get(("User", handle))
    if owner is None or "erased" in owner.values:
        return {}
    return {session.id: True for session in list_sessions(backends, handle)}


def _cache_key(handle: str) -> str:
    return f"sessions:1:{handle}"
