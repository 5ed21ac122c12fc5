"""What changed in one's own stream since a token: for phones that keep a copy of it.

A token is what has been seen of each lane of changes. The first sync reads the stream itself, page by page,
and remembers how far the lanes were before: what others do meanwhile comes with the sync that follows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from timeline import change_log
from timeline.accounts.users import user_key, user_of
from timeline.errors import FullSyncRequired
from timeline.interfaces import Backends, Key, Scan
from timeline.photos.model import KIND as PHOTO
from timeline.photos.model import Photo, id_of, key_of, photo_of
from timeline.streams.cursors import open_cursor, sign_cursor
from timeline.streams.pages import DEFAULT_LIMIT


@dataclass(frozen=True, slots=True)
class Synced:
    """`changed` is new or different, as it is now; `deleted` are ids. `token` is the next `since`."""

    changed: tuple[Photo, ...]
    deleted: tuple[str, ...]
    token: str
    has_more: bool


def sync(backends: Backends, user: str, since: str | None = None, limit: int = DEFAULT_LIMIT) -> Synced:
    """Raises InvalidCursor for a token not made for this user, FullSyncRequired, NotFound."""
    text = open_cursor(backends.settings.secret_key, _query_of(user), since)
    owner, *rows = backends.entities.get(user_key(user), *change_log.shard_keys(user))
    user_of(owner)
    lanes = change_log.shards_of(rows)
    if text is None:
        return _whole(backends, user, _Token(_ends(lanes), ""), lanes, limit)
    token = _Token.read(text)
    if token.photo is not None:
        return _whole(backends, user, token, lanes, limit)
    return _since(backends, user, token, lanes, limit)


@dataclass(frozen=True, slots=True)
class _Token:
    """How many changes of each lane were seen; while the stream is still being read, its last photo."""

    seen: tuple[int, ...]
    photo: str | None = None

    @classmethod
    def read(cls, text: str) -> "_Token":
        seen, is_reading, photo = text.partition(":")
        return cls(tuple(map(int, seen.split("."))), photo if is_reading else None)

    def __str__(self) -> str:
        seen = ".".join(map(str, self.seen))
        return seen if self.photo is None else f"{seen}:{self.photo}"


def _query_of(user: str) -> str:
    return f"sync:{user}"


def _ends(lanes: Sequence[change_log.Shard]) -> tuple[int, ...]:
    return tuple(lane.count for lane in lanes)


def _synced(
    backends: Backends, user: str, found: Sequence[Photo], gone: Sequence[str], token: _Token
) -> Synced:
    signed = sign_cursor(backends.settings.secret_key, _query_of(user), str(token))
    return Synced(tuple(found), tuple(gone), signed, has_more=False)


def _whole(
    backends: Backends, user: str, token: _Token, lanes: Sequence[change_log.Shard], limit: int
) -> Synced:
    after = key_of(token.photo) if token.photo else None
    scan = Scan(kind=PHOTO, parent=user_key(user), after=after, limit=limit + 1)
    found = [photo_of(row) for row in backends.entities.scan(scan)]
    has_more = len(found) > limit
    last = found[limit - 1].id if has_more else None
    synced = _synced(backends, user, found[:limit], (), replace(token, photo=last))
    return replace(synced, has_more=has_more or token.seen != _ends(lanes))


def _since(
    backends: Backends, user: str, token: _Token, lanes: Sequence[change_log.Shard], limit: int
) -> Synced:
    _check(token, lanes)
    spans = list(_spans(token, lanes, limit))
    keys = sorted(set(_changed(backends, user, lanes, spans)))
    rows = backends.entities.get(*keys) if keys else []
    found = [photo_of(row) for row in rows if row is not None]
    gone = [id_of(key) for key, row in zip(keys, rows, strict=True) if row is None]
    seen = _Token(tuple(span.stop for span in spans))
    return replace(_synced(backends, user, found, gone, seen), has_more=seen.seen != _ends(lanes))


def _check(token: _Token, lanes: Sequence[change_log.Shard]) -> None:
    """Lanes that are shorter than what was seen of them come from a backup, and know nothing of the rest."""
    if len(token.seen) != len(lanes):
        raise FullSyncRequired
    if any(seen > lane.count for seen, lane in zip(token.seen, lanes, strict=True)):
        raise FullSyncRequired


def _spans(token: _Token, lanes: Sequence[change_log.Shard], limit: int) -> Iterator[range]:
    """Which changes of each lane come now: not more than `limit` in all."""
    for seen, lane in zip(token.seen, lanes, strict=True):
        span = range(seen, min(lane.count, seen + limit))
        limit -= len(span)
        yield span


def _changed(
    backends: Backends, user: str, lanes: Sequence[change_log.Shard], spans: Sequence[range]
) -> Iterator[Key]:
    filed = _filed(backends, user, lanes, spans)
    for number, (lane, span) in enumerate(zip(lanes, spans, strict=True)):
        for place in span:
            sheet, line = divmod(place, change_log.SEGMENT_SIZE)
            is_recent = sheet == lane.count // change_log.SEGMENT_SIZE
            keys = lane.recent if is_recent else filed[change_log.segment_key(user, number, sheet)]
            yield (*user_key(user), PHOTO, keys[line])


def _filed(
    backends: Backends, user: str, lanes: Sequence[change_log.Shard], spans: Sequence[range]
) -> dict[Key, tuple[str, ...]]:
    """Raises FullSyncRequired where a sheet is forgotten."""
    wanted = sorted(
        {
            change_log.segment_key(user, number, place // change_log.SEGMENT_SIZE)
            for number, (lane, span) in enumerate(zip(lanes, spans, strict=True))
            for place in span
            if place // change_log.SEGMENT_SIZE < lane.count // change_log.SEGMENT_SIZE
        }
    )
    rows = backends.entities.get(*wanted) if wanted else []
    if None in rows:
        raise FullSyncRequired
    return {row.key: change_log.keys_in(row) for row in rows if row is not None}
