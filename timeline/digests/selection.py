"""Select the photos for summaries: those posted in their period, and some of a year before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from timeline import ids
from timeline.accounts import users
from timeline.accounts.users import User
from timeline.digests.periods import a_year_before
from timeline.interfaces import Backends, Entity, Key, Scan
from timeline.photos.age_index import scan_by_age
from timeline.photos.model import KIND as PHOTO
from timeline.photos.model import Photo, photo_of

MAX_PHOTOS = 400
"""Bounds the cost of one summary; with more photos it says "400+"."""
MAX_FROM_A_YEAR_AGO = 50
"""Together with MAX_PHOTOS and their authors, one lookup reads at most 900 of the 1,000 possible keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Photos, newest first, and the `names` of their authors; `has_more` if there are more by others.

    `a_year_ago` are photos of the same period one year before, those of the reader first.
    """

    reader: User
    since: datetime
    until: datetime
    photos: Sequence[Photo] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    has_more: bool = False
    a_year_ago: Sequence[Photo] = ()

    @property
    def own(self) -> Sequence[Photo]:
        return [photo for photo in self.photos if photo.user == self.reader.handle]

    @property
    def from_others(self) -> Sequence[Photo]:
        return [photo for photo in self.photos if photo.user != self.reader.handle]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The newest ready photos of a period, from which the summaries of several readers are made.

    `complete_since` is the ID after which photos may be missing, or None if none are missing.
    """

    until: datetime
    photos: Sequence[Photo] = ()
    a_year_ago: Sequence[Photo] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    complete_since: str | None = None


def select(backends: Backends, reader: User, since: datetime, until: datetime) -> Selection:
    """Return the ready photos of all users from `since` (exclusive) to `until` (inclusive)."""
    return select_for(backends, find_candidates(backends, since, until), reader, since)


def find_candidates(backends: Backends, since: datetime, until: datetime) -> Candidates:
    """Read the photos of a period and of a year before, in three calls; one if there are none."""
    keys = _keys_between(backends, since, until, MAX_PHOTOS + 1)
    if not keys:
        return Candidates(until=until)
    older = _keys_between(backends, a_year_before(since), a_year_before(until), MAX_FROM_A_YEAR_AGO)
    shown = keys[:MAX_PHOTOS]
    owners, rows = _present(backends, [*shown, *older])
    photos = [photo for photo in map(photo_of, rows) if photo.is_ready]
    start = _id_bound(since)
    return Candidates(
        until=until,
        photos=[photo for photo in photos if photo.id < start],
        a_year_ago=[photo for photo in photos if photo.id >= start],
        names={owner.key[1]: owner.values["display_name"] for owner in owners},
        complete_since=shown[-1][3] if len(keys) > MAX_PHOTOS else None,
    )


def select_for(backends: Backends, candidates: Candidates, reader: User, since: datetime) -> Selection:
    """Return the photos for one reader, without a call unless there are too many candidates."""
    start, until = _id_bound(since), candidates.until
    photos = [photo for photo in candidates.photos if photo.id < start]
    has_more = candidates.complete_since is not None and candidates.complete_since < start
    if has_more:
        others = [photo for photo in photos if photo.user != reader.handle]
        photos = _newest_first([*others, *_own_photos(backends, reader.handle, since, until)])
    year_start = _id_bound(a_year_before(since))
    a_year_ago = [photo for photo in candidates.a_year_ago if photo.id < year_start]
    return Selection(
        reader=reader,
        since=since,
        until=until,
        photos=photos,
        names=candidates.names,
        has_more=has_more,
        a_year_ago=sorted(a_year_ago, key=lambda photo: photo.user != reader.handle),
    )


def _keys_between(backends: Backends, since: datetime, until: datetime, limit: int) -> list[Key]:
    rows = scan_by_age(backends, limit, above=_id_bound(until), below=_id_bound(since), keys_only=True)
    return [row.key for row in rows]


def _own_photos(backends: Backends, handle: str, since: datetime, until: datetime) -> Iterable[Photo]:
    """Scan the reader's own photos: those of a busy period may have displaced them."""
    owner = users.user_key(handle)
    after = (*owner, PHOTO, _id_bound(until))
    rows = backends.entities.scan(Scan(kind=PHOTO, parent=owner, after=after, limit=MAX_PHOTOS))
    start = _id_bound(since)
    return (photo for photo in map(photo_of, rows) if photo.is_ready and photo.id < start)


def _newest_first(photos: Iterable[Photo]) -> list[Photo]:
    return sorted(photos, key=lambda photo: photo.id)


def _id_bound(moment: datetime) -> str:
    """Return a prefix that sorts before all IDs of this moment and after all later ones."""
    return ids.new_key(moment)[: ids.TIME_CHARACTERS]


def _present(backends: Backends, keys: list[Key]) -> tuple[list[Entity], list[Entity]]:
    """Look up every row: a global query may list deleted photos, and photos of deleted accounts."""
    owner_keys = sorted({key[:2] for key in keys})
    rows = [row for row in backends.entities.get(*owner_keys, *keys) if row is not None]
    owners = [row for row in rows if len(row.key) == 2 and "erased" not in row.values]  # noqa: PLR2004 - a root
    present = {owner.key for owner in owners}
    return owners, [row for row in rows if len(row.key) > 2 and row.key[:2] in present]  # noqa: PLR2004 - below one
