"""Pages of photos, newest first: the timeline of all users, and the stream of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from timeline import first_page_cache, ids
from timeline.accounts import users
from timeline.errors import InvalidCursor, NotFound
from timeline.interfaces import Backends, Entity, Key, Scan
from timeline.photos.model import KIND as PHOTO
from timeline.photos.model import Photo, from_json, key_of, photo_of, to_json
from timeline.seals import Seal, Unreadable
from timeline.streams.cursors import open_cursor, sign_cursor

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
"""Bounds the cost of one request."""
EVERYONE = "everyone"
CACHED_PAGES = 64
"""Decoded cached pages that a process keeps, about 40 kB each."""
ROUNDS = 5
"""Number of queries that may replace hidden photos; after that the page stays short."""


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """`next_cursor` is None only at the end of the stream.

    Pages compare by identity: the cache returns the same object again, so its encoded form can be cached too.
    """

    photos: tuple[Photo, ...]
    next_cursor: str | None


def everyone(backends: Backends, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page:
    """Raises InvalidCursor. On legacy Datastore a new photo may appear late; a deleted one never appears."""
    after = open_cursor(backends.settings.secret_key, EVERYONE, cursor)
    if after is not None or limit != DEFAULT_LIMIT:
        return _read_everyone(backends, limit, after)
    return first_page_cache.read_through(
        backends, first_page_cache.EVERYONE, lambda: _read_everyone(backends, limit, None), CODEC
    )


def stream_of(backends: Backends, user: str, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page:
    """Strongly consistent. Raises NotFound for an unknown user, and InvalidCursor."""
    after = open_cursor(backends.settings.secret_key, _query_of(user), cursor)
    if after is not None or limit != DEFAULT_LIMIT:
        return _read_user(backends, user, limit, after)
    cache_key = first_page_cache.key_of_user(users.user_key(user)[1])
    return first_page_cache.read_through(
        backends, cache_key, lambda: _read_user(backends, user, limit, None), CODEC
    )


def _query_of(user: str) -> str:
    return f"user:{user}"


def _read_user(backends: Backends, user: str, limit: int, after: str | None) -> Page:
    parent = users.user_key(user)
    users.get_user(backends, user)
    last = None if after is None else _key_below(parent, after)
    rows = backends.entities.scan(Scan(kind=PHOTO, parent=parent, after=last, limit=limit + 1))
    found = [photo_of(row) for row in rows]
    return _page(backends, _query_of(user), found[:limit], has_more=len(found) > limit)


def _key_below(parent: Key, after: str) -> Key:
    key = key_of(after)
    if key[:2] != parent:
        raise InvalidCursor
    return key


def _read_everyone(backends: Backends, limit: int, after: str | None) -> Page:
    """Query keys only, then read the photos and their owners by strongly consistent lookups.

    A stale index may still list deleted photos, and the rows of a deleted account exist until its task ran.
    """
    found: list[Photo] = []
    for _ in range(ROUNDS):
        count = limit + 1 - len(found)
        rows = _keys_after(backends, count, after)
        found += _visible(backends, rows)
        if len(found) > limit:
            return _page(backends, EVERYONE, found[:limit], has_more=True)
        if len(rows) < count:
            return Page(tuple(found), None)
        after = ids.id_of(rows[-1].key[3], rows[-1].key[1])
    return Page(tuple(found), sign_cursor(backends.settings.secret_key, EVERYONE, str(after)))


def _keys_after(backends: Backends, count: int, after: str | None) -> Sequence[Entity]:
    scan = Scan(kind=PHOTO, by="id", above=after, limit=count, keys_only=True)
    return backends.entities.scan(scan)


def _visible(backends: Backends, rows: Sequence[Entity]) -> list[Photo]:
    if not rows:
        return []
    owners = sorted({row.key[:2] for row in rows})
    answers = backends.entities.get(*owners, *(row.key for row in rows))
    hidden = {key for key, owner in zip(owners, answers, strict=False) if _is_deleted(owner)}
    present = [row for row in answers[len(owners) :] if row is not None and row.key[:2] not in hidden]
    return [photo_of(row) for row in present]


def _is_deleted(owner: Entity | None) -> bool:
    try:
        users.user_of(owner)
    except NotFound:
        return True
    return False


def _page(backends: Backends, query: str, found: list[Photo], *, has_more: bool) -> Page:
    cursor = sign_cursor(backends.settings.secret_key, query, found[-1].id) if has_more else None
    return Page(tuple(found), cursor)


def _to_bytes(page: Page, seal: Seal) -> bytes:
    photos = [to_json(photo) for photo in page.photos]
    return seal.write({"photos": photos, "next_cursor": page.next_cursor})


@lru_cache(maxsize=CACHED_PAGES)
def _from_bytes(stored: bytes, seal: Seal) -> Page:
    """Raises Unreadable, also for a page of a release whose photos have other fields."""
    read = seal.read(stored)
    try:
        return Page(tuple(from_json(photo) for photo in read["photos"]), read["next_cursor"])
    except (LookupError, TypeError, ValueError) as error:
        raise Unreadable from error


CODEC = first_page_cache.Codec(write=_to_bytes, read=_from_bytes)
