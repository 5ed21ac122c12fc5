"""Pages of photos, newest first: the timeline of all users, and the stream of one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from timeline import first_page_cache, ids
from timeline.accounts import users
from timeline.concurrency import together
from timeline.errors import InvalidCursor, NotFound
from timeline.interfaces import Backends, Entity, Key, Scan
from timeline.photos.age_index import scan_by_age
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
    """`next_cursor` is None only at the end of the stream; `names` are the display names by handle.

    Pages compare by identity: the cache returns the same object again, so its encoded form can be cached too.
    """

    photos: tuple[Photo, ...]
    next_cursor: str | None
    names: Mapping[str, str] = field(default_factory=dict)


def everyone(backends: Backends, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page:
    """Raises InvalidCursor. A new photo may appear late; a deleted one never appears.

    On legacy Datastore it depends on the index, and while there are many new photos on the cached page.
    """
    after = open_cursor(backends.settings.secret_key, EVERYONE, cursor)
    if after is not None or limit != DEFAULT_LIMIT:
        return _read_everyone(backends, limit, after)
    return first_page_cache.read_through(
        backends,
        first_page_cache.EVERYONE,
        lambda: _read_everyone(backends, limit, None),
        CODEC,
        first_page_cache.STAMP,
    )


def stream_of(backends: Backends, user: str, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page:
    """Strongly consistent. Raises NotFound for an unknown user, and InvalidCursor."""
    after = open_cursor(backends.settings.secret_key, query_of(user), cursor)
    if after is not None or limit != DEFAULT_LIMIT:
        return _read_user(backends, user, limit, after)
    cache_key = first_page_cache.key_of_user(users.user_key(user)[1])
    return first_page_cache.read_through(
        backends, cache_key, lambda: _read_user(backends, user, limit, None), CODEC
    )


def query_of(user: str) -> str:
    return f"user:{user}"


def _read_user(backends: Backends, user: str, limit: int, after: str | None) -> Page:
    parent = users.user_key(user)
    last = None if after is None else _key_below(parent, after)
    scan = Scan(kind=PHOTO, parent=parent, after=last, limit=limit + 1)
    rows, owner = together(lambda: backends.entities.scan(scan), lambda: users.get_user(backends, user))
    found = [photo_of(row) for row in rows]
    names = {user: owner.display_name}
    return _page(backends, query_of(user), found[:limit], names, has_more=len(found) > limit)


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
    names: dict[str, str] = {}
    for _ in range(ROUNDS):
        count = limit + 1 - len(found)
        rows = scan_by_age(backends, count, above=after, keys_only=True)
        found += _visible(backends, rows, names)
        if len(found) > limit:
            return _page(backends, EVERYONE, found[:limit], names, has_more=True)
        if len(rows) < count:
            return Page(tuple(found), None, names)
        after = ids.id_of(rows[-1].key[3], rows[-1].key[1])
    return Page(tuple(found), sign_cursor(backends.settings.secret_key, EVERYONE, str(after)), names)


def _visible(backends: Backends, rows: Sequence[Entity], names: dict[str, str]) -> list[Photo]:
    """Return the photos whose owners exist, and add the owners to `names`."""
    if not rows:
        return []
    owners = sorted({row.key[:2] for row in rows})
    answers = backends.entities.get(*owners, *(row.key for row in rows))
    names.update(_names_of(answers[: len(owners)]))
    present = (row for row in answers[len(owners) :] if row is not None and row.key[1] in names)
    return [photo_of(row) for row in present]


def _names_of(owners: Iterable[Entity | None]) -> Iterator[tuple[str, str]]:
    """Yield handle and display name of each user whose account is not deleted."""
    for owner in owners:
        with suppress(NotFound):
            user = users.user_of(owner)
            yield user.handle, user.display_name


def _page(
    backends: Backends, query: str, found: list[Photo], names: Mapping[str, str], *, has_more: bool
) -> Page:
    cursor = sign_cursor(backends.settings.secret_key, query, found[-1].id) if has_more else None
    return Page(tuple(found), cursor, names)


def _to_bytes(page: Page, seal: Seal) -> bytes:
    photos = [to_json(photo) for photo in page.photos]
    return seal.write({"photos": photos, "next_cursor": page.next_cursor, "names": dict(page.names)})


_decoded: dict[Seal, tuple[bytes, Page]] = {}
"""The last pages by key. Comparing the bytes takes a tenth of the time that hashing them takes."""


def _from_bytes(stored: bytes, seal: Seal) -> Page:
    """Raises Unreadable."""
    known = _decoded.get(seal)
    if known is not None and known[0] == stored:
        return known[1]
    page = _decode(stored, seal)
    if len(_decoded) >= CACHED_PAGES:
        _decoded.clear()
    _decoded[seal] = (stored, page)
    return page


def _decode(stored: bytes, seal: Seal) -> Page:
    """Raises Unreadable, also for a page of a release whose photos have other fields."""
    read = seal.read(stored)
    try:
        photos = tuple(from_json(photo) for photo in read["photos"])
        return Page(photos, read["next_cursor"], read["names"])
    except (LookupError, TypeError, ValueError) as error:
        raise Unreadable from error


CODEC = first_page_cache.Codec(write=_to_bytes, read=_from_bytes)
