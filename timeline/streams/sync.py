"""Delta sync: the changes in a user's stream since a token, for clients that keep a copy of it.

A token holds the number of change log entries that the client has seen of each shard. The first sync reads
the stream itself, page by page; its token holds the counts from before, so that concurrent changes are part
of the next sync.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from timeline import change_log, first_page_cache
from timeline.accounts.users import user_key, user_of
from timeline.errors import FullSyncRequired
from timeline.interfaces import Backends, Key, Scan
from timeline.photos.model import KIND as PHOTO
from timeline.photos.model import Photo, id_of, key_of, photo_of
from timeline.streams.cursors import open_cursor, sign_cursor
from timeline.streams.pages import DEFAULT_LIMIT


@dataclass(frozen=True, slots=True)
class Synced:
    """`changed` holds new and edited photos, `deleted` holds IDs, and `token` is the next `since`."""

    changed: tuple[Photo, ...]
    deleted: tuple[str, ...]
    token: str
    has_more: bool


def changes_since(
    backends: Backends, user: str, since: str | None = None, limit: int = DEFAULT_LIMIT
) -> Synced:
    """Raises InvalidCursor for a token not made for this user, FullSyncRequired, NotFound."""
    text = open_cursor(backends.settings.secret_key, _query_of(user), since)
    log = _Log(backends, user)
    if text is None:
        shards = log.read()
        return _full(backends, user, _Token(_ends(shards), ""), shards, limit)
    token = _Token.read(text)
    if token.photo is not None:
        return _full(backends, user, token, log.read(), limit)
    if log.cached_ends() == token.seen:
        return _synced(backends, user, (), (), token)
    return _since(backends, user, token, log.shards or log.read(), limit)


@dataclass(slots=True)
class _Log:
    """A user's change log. The cache has its ends, so that a client without changes costs no read."""

    backends: Backends
    user: str
    shards: Sequence[change_log.Shard] = ()

    def read(self) -> Sequence[change_log.Shard]:
        """Raises NotFound for an unknown user."""
        keys = (user_key(self.user), *change_log.shard_keys(self.user))
        owner, *rows = self.backends.entities.get(*keys)
        user_of(owner)
        self.shards = change_log.shards_of(rows)
        return self.shards

    def cached_ends(self) -> tuple[int, ...]:
        """Every write deletes them. If a deletion is late, the client gets the change with a later sync."""
        key = first_page_cache.key_of_sync(user_key(self.user)[1])
        cached = first_page_cache.read_through(
            self.backends, key, lambda: {"ends": list(_ends(self.read()))}, first_page_cache.OBJECT
        )
        return tuple(cached["ends"])


@dataclass(frozen=True, slots=True)
class _Token:
    """The number of entries seen per shard and, during a full read of the stream, its last photo."""

    seen: tuple[int, ...]
    photo: str | None = None

    @classmethod
    def read(cls, text: str) -> "_Token":
        seen, separator, photo = text.partition(":")
        return cls(tuple(map(int, seen.split("."))), photo if separator else None)

    def __str__(self) -> str:
        seen = ".".join(map(str, self.seen))
        return seen if self.photo is None else f"{seen}:{self.photo}"


def _query_of(user: str) -> str:
    return f"sync:{user}"


def _ends(shards: Sequence[change_log.Shard]) -> tuple[int, ...]:
    return tuple(shard.count for shard in shards)


def _synced(
    backends: Backends, user: str, found: Sequence[Photo], deleted: Sequence[str], token: _Token
) -> Synced:
    signed = sign_cursor(backends.settings.secret_key, _query_of(user), str(token))
    return Synced(tuple(found), tuple(deleted), signed, has_more=False)


def _full(
    backends: Backends, user: str, token: _Token, shards: Sequence[change_log.Shard], limit: int
) -> Synced:
    after = key_of(token.photo) if token.photo else None
    scan = Scan(kind=PHOTO, parent=user_key(user), after=after, limit=limit + 1)
    found = [photo_of(row) for row in backends.entities.scan(scan)]
    has_more = len(found) > limit
    last = found[limit - 1].id if has_more else None
    synced = _synced(backends, user, found[:limit], (), replace(token, photo=last))
    return replace(synced, has_more=has_more or token.seen != _ends(shards))


def _since(
    backends: Backends, user: str, token: _Token, shards: Sequence[change_log.Shard], limit: int
) -> Synced:
    _check(token, shards)
    spans = list(_spans(token, shards, limit))
    keys = sorted(set(_changed_keys(backends, user, shards, spans)))
    rows = backends.entities.get(*keys) if keys else []
    found = [photo_of(row) for row in rows if row is not None]
    deleted = [id_of(key) for key, row in zip(keys, rows, strict=True) if row is None]
    seen = _Token(tuple(span.stop for span in spans))
    return replace(_synced(backends, user, found, deleted, seen), has_more=seen.seen != _ends(shards))


def _check(token: _Token, shards: Sequence[change_log.Shard]) -> None:
    """A shard with fewer entries than the token has seen comes from a backup that lacks the rest."""
    if len(token.seen) != len(shards):
        raise FullSyncRequired
    if any(seen > shard.count for seen, shard in zip(token.seen, shards, strict=True)):
        raise FullSyncRequired


def _spans(token: _Token, shards: Sequence[change_log.Shard], limit: int) -> Iterator[range]:
    """Yield the range of entries to return from each shard, at most `limit` in all."""
    for seen, shard in zip(token.seen, shards, strict=True):
        span = range(seen, min(shard.count, seen + limit))
        limit -= len(span)
        yield span


def _changed_keys(
    backends: Backends, user: str, shards: Sequence[change_log.Shard], spans: Sequence[range]
) -> Iterator[Key]:
    segments = _closed_segments(backends, user, shards, spans)
    for number, (shard, span) in enumerate(zip(shards, spans, strict=True)):
        for place in span:
            segment, index = divmod(place, change_log.SEGMENT_SIZE)
            is_recent = segment == shard.count // change_log.SEGMENT_SIZE
            keys = shard.recent if is_recent else segments[change_log.segment_key(user, number, segment)]
            yield (*user_key(user), PHOTO, keys[index])


def _closed_segments(
    backends: Backends, user: str, shards: Sequence[change_log.Shard], spans: Sequence[range]
) -> dict[Key, tuple[str, ...]]:
    """Raises FullSyncRequired when a segment was deleted."""
    keys = sorted(
        {
            change_log.segment_key(user, number, place // change_log.SEGMENT_SIZE)
            for number, (shard, span) in enumerate(zip(shards, spans, strict=True))
            for place in span
            if place // change_log.SEGMENT_SIZE < shard.count // change_log.SEGMENT_SIZE
        }
    )
    rows = backends.entities.get(*keys) if keys else []
    if None in rows:
        raise FullSyncRequired
    return {row.key: change_log.keys_in(row) for row in rows if row is not None}
