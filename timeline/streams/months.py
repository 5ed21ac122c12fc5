"""The months in which photos were posted, each with a cursor that starts a stream there."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from timeline import first_page_cache, ids
from timeline.accounts import users
from timeline.errors import InvalidRequest
from timeline.interfaces import Backends, Key, Scan
from timeline.photos.age_index import scan_by_age
from timeline.photos.model import KIND as PHOTO
from timeline.photos.model import id_of
from timeline.streams.cursors import sign_cursor
from timeline.streams.pages import EVERYONE, query_of

MAX_MONTHS = 240
"""Twenty years; each month costs one query for a single key."""
LAST_HANDLE = "z" * 32
"""Sorts after every other handle, so that a boundary separates photos of all users."""
IS_MONTH = re.compile(r"(?:19[7-9]|2[01][0-9])[0-9]-(?:0[1-9]|1[0-2])")
"""From the epoch of photo IDs on."""
DECEMBER = 12

Seek = Callable[[str | None], Key | None]
"""Returns the key of the first photo after an ID."""


@dataclass(frozen=True, slots=True)
class Month:
    """`name` is like 2026-11. The cursor starts with the newest photo of the month."""

    name: str
    cursor: str


def months_of_everyone(backends: Backends, timezone: str) -> tuple[Month, ...]:
    """Return the months, newest first; they may be a minute old. Raises InvalidRequest for unknown zones."""
    zone = _zone(timezone)

    def seek(after: str | None) -> Key | None:
        rows = scan_by_age(backends, 1, above=after, keys_only=True)
        return rows[0].key if rows else None

    names = _cached(backends, f"everyone:{timezone}", lambda: _names(seek, zone, LAST_HANDLE))
    return tuple(Month(name, cursor_of_everyone(backends, name, timezone)) for name in names)


def months_of(backends: Backends, user: str, timezone: str) -> tuple[Month, ...]:
    """Do the same for the stream of one user. Raises NotFound for an unknown user."""
    zone, parent = _zone(timezone), users.user_key(user)
    users.get_user(backends, user)

    def seek(after: str | None) -> Key | None:
        below = None if after is None else (*parent, PHOTO, ids.split_id(after)[0])
        rows = backends.entities.scan(Scan(kind=PHOTO, parent=parent, after=below, limit=1, keys_only=True))
        return rows[0].key if rows else None

    names = _cached(backends, f"user:{user}:{timezone}", lambda: _names(seek, zone, user))
    return tuple(Month(name, cursor_of_user(backends, user, name, timezone)) for name in names)


def cursor_of_everyone(backends: Backends, month: str, timezone: str) -> str:
    """Return the cursor that starts the timeline with the newest photo of a month. Raises InvalidRequest."""
    return sign_cursor(backends.settings.secret_key, EVERYONE, _end(month, timezone, LAST_HANDLE))


def cursor_of_user(backends: Backends, user: str, month: str, timezone: str) -> str:
    """Do the same for the stream of one user. Raises InvalidRequest."""
    return sign_cursor(backends.settings.secret_key, query_of(user), _end(month, timezone, user))


def _cached(backends: Backends, key: str, read: Callable[[], list[str]]) -> list[str]:
    found = first_page_cache.read_through(
        backends, f"months:1:{key}", lambda: {"names": read()}, first_page_cache.OBJECT
    )
    return list(found["names"])


def _names(seek: Seek, zone: ZoneInfo, handle: str) -> list[str]:
    """Find the newest photo, skip to the photos before its month, and so on."""
    names: list[str] = []
    after = None
    while len(names) < MAX_MONTHS and (found := seek(after)) is not None:
        start = _start_of_month(ids.created(found[3]).astimezone(zone))
        names.append(f"{start:%Y-%m}")
        after = max(ids.boundary(start, handle), id_of(found))
    return names


def _start_of_month(moment: datetime) -> datetime:
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)


def _end(month: str, timezone: str, handle: str) -> str:
    """Return the ID before the newest photo of the month."""
    if not IS_MONTH.fullmatch(month):
        raise InvalidRequest("month must be like 2026-11.")
    year, number = map(int, month.split("-"))
    is_december = number == DECEMBER
    following = datetime(year + is_december, 1 if is_december else number + 1, 1, tzinfo=_zone(timezone))
    return ids.boundary(following, handle)


def _zone(name: str) -> ZoneInfo:
    if name not in users.timezones():
        raise InvalidRequest("timezone must be the name of a time zone, like Europe/Vienna.")
    return ZoneInfo(name)
