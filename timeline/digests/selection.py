"""What happened between two summaries: the photos that became new for one person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from timeline import ids
from timeline.accounts.users import User
from timeline.interfaces import Backends, Entity, Key, Scan
from timeline.photos.model import KIND as PHOTO
from timeline.photos.model import Photo, photo_of

PHOTOS_LOOKED_AT = 100
"""Bounds what one mail may cost; a busier period says "100+"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Photos newest first, `names` of who posted them; `has_more` where there were too many to look at."""

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
    """Gather everyone's ready photos from `since` (exclusive) to `until` (inclusive), in two reads."""
    scan = Scan(
        kind=PHOTO,
        by="id",
        above=_edge(until),
        below=_edge(since),
        limit=PHOTOS_LOOKED_AT,
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
        has_more=len(keys) == PHOTOS_LOOKED_AT,
    )


def _edge(moment: datetime) -> str:
    """Sorts right before every id of this very moment; ids run newest first, so behind all later ones."""
    return ids.new_key(moment)[: ids.TIME_CHARACTERS]


def _present(backends: Backends, keys: list[Key]) -> tuple[list[Entity], list[Entity]]:
    """Look each up: a global query may still list what was deleted, and cannot tell whose owner is gone."""
    if not keys:
        return [], []
    wanted = sorted({key[:2] for key in keys})
    rows = [row for row in backends.entities.get(*wanted, *keys) if row is not None]
    owners = [row for row in rows if len(row.key) == 2 and "erased" not in row.values]  # noqa: PLR2004 - a root
    present = {owner.key for owner in owners}
    return owners, [row for row in rows if len(row.key) > 2 and row.key[:2] in present]  # noqa: PLR2004 - below one
