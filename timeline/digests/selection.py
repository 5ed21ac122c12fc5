"""Select the photos for one summary: those posted in its period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from timeline import ids
from timeline.accounts.users import User
from timeline.interfaces import Backends, Entity, Key, Scan
from timeline.photos.model import KIND as PHOTO
from timeline.photos.model import Photo, photo_of

MAX_PHOTOS = 100
"""Bounds the cost of one email; with more photos it says "100+"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Photos, newest first, and the `names` of their authors; `has_more` if there were too many."""

    reader: User
    since: datetime
    until: datetime
    photos: Sequence[Photo] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    has_more: bool = False

    @property
    def own(self) -> Sequence[Photo]:
        return [photo for photo in self.photos if photo.user == self.reader.handle]

    @property
    def from_others(self) -> Sequence[Photo]:
        return [photo for photo in self.photos if photo.user != self.reader.handle]


def select(backends: Backends, reader: User, since: datetime, until: datetime) -> Selection:
    """Return the ready photos of all users from `since` (exclusive) to `until` (inclusive), in two reads."""
    scan = Scan(
        kind=PHOTO,
        by="id",
        above=_id_bound(until),
        below=_id_bound(since),
        limit=MAX_PHOTOS,
        keys_only=True,
    )
    keys = [row.key for row in backends.entities.scan(scan)]
    owners, found = _present(backends, keys)
    return Selection(
        reader=reader,
        since=since,
        until=until,
        photos=[photo for photo in map(photo_of, found) if photo.is_ready],
        names={owner.key[1]: owner.values["display_name"] for owner in owners},
        has_more=len(keys) == MAX_PHOTOS,
    )


def _id_bound(moment: datetime) -> str:
    """Return a prefix that sorts before all IDs of this moment and after all later ones."""
    return ids.new_key(moment)[: ids.TIME_CHARACTERS]


def _present(backends: Backends, keys: list[Key]) -> tuple[list[Entity], list[Entity]]:
    """Look up every row: a global query may list deleted photos, and photos of deleted accounts."""
    if not keys:
        return [], []
    owner_keys = sorted({key[:2] for key in keys})
    rows = [row for row in backends.entities.get(*owner_keys, *keys) if row is not None]
    owners = [row for row in rows if len(row.key) == 2 and "erased" not in row.values]  # noqa: PLR2004 - a root
    present = {owner.key for owner in owners}
    return owners, [row for row in rows if len(row.key) > 2 and row.key[:2] in present]  # noqa: PLR2004 - below one
