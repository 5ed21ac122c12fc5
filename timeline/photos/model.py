"""The photo model, its conversion to and from entities and JSON, and the names of its blobs."""

import json
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, get_type_hints

from timeline import ids
from timeline.errors import NotFound
from timeline.interfaces import Entity, Key
from timeline.pictures.sizes import WEBP

KIND = "Photo"
Status = Literal["processing", "ready", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """A re-encoded size of a photo. `digest` hashes its bytes, so a file name never changes content."""

    name: str
    width: int
    height: int
    type: str
    digest: str

    @property
    def file_name(self) -> str:
        extension = "jpg" if self.type == "image/jpeg" else self.type.rpartition("/")[2]
        return f"{self.name}-{self.digest}.{extension}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """`width` and `height` are those of the upright picture; `revision` changes with every edit.

    `digest` is the SHA-256 of the original, empty until the whole original has been read. It is only a
    lookup key for the dedupe index, so it is neither compared nor cached. `index_key` orders the photo among
    those of all users (timeline.photos.age_index); without one, its ID does.
    """

    id: str
    user: str
    caption: str
    created: datetime
    status: Status
    width: int
    height: int
    content_type: str
    placeholder: str | None = None
    renditions: tuple[Rendition, ...] = ()
    failure: str | None = None
    failure_code: str | None = None
    revision: str = "1"
    digest: str = field(default="", compare=False)
    index_key: str = field(default="", compare=False)

    @property
    def extension(self) -> str:
        """The usual ending of the name of a file like the original."""
        return "jpg" if self.content_type == "image/jpeg" else self.content_type.rpartition("/")[2]

    @property
    def download_name(self) -> str:
        """The name under which the original is saved; a handle has only letters, digits and hyphens."""
        return f"{self.user}-{self.created:%Y-%m-%d-%H%M%S}.{self.extension}"

    @property
    def is_ready(self) -> bool:
        return self.status == "ready"

    @property
    def has_webp(self) -> bool:
        return any(rendition.type == WEBP for rendition in self.renditions)


def key_of(photo_id: str) -> Key:
    """Raises NotFound where no such id can exist."""
    key, user = ids.split_id(photo_id)
    return ("User", user, KIND, key)


def id_of(key: Key) -> str:
    return ids.id_of(key[3], key[1])


def original_name(photo_id: str) -> str:
    key, user = ids.split_id(photo_id)
    return f"originals/{user}/{key}"


def rendition_name(photo_id: str, rendition: Rendition) -> str:
    key, user = ids.split_id(photo_id)
    return f"renditions/{user}/{key}/{rendition.file_name}"


def to_json(photo: Photo) -> dict[str, Any]:
    """Encode for the cache and the idempotency record; this and later releases read it with `from_json`."""
    values = {name: getattr(photo, name) for name in _CACHED}
    moments = {name: values[name] and values[name].isoformat() for name in _MOMENTS}
    return {**values, **moments, "renditions": [_plain(rendition) for rendition in photo.renditions]}


def from_json(values: dict[str, Any]) -> Photo:
    moments = {name: datetime.fromisoformat(values[name]) for name in _MOMENTS if values.get(name)}
    renditions = tuple(Rendition(**rendition) for rendition in values["renditions"])
    return Photo(**{**values, **moments, "renditions": renditions})


def entity_of(photo: Photo) -> Entity:
    """One property is indexed: it orders the timeline of all users."""
    values = {name: getattr(photo, name) for name in _STORED}
    values["renditions"] = json.dumps([_plain(rendition) for rendition in photo.renditions])
    return Entity(key_of(photo.id), values, frozenset({"index_key" if photo.index_key else "id"}))


def photo_of(row: Entity | None) -> Photo:
    """Raises NotFound for a missing row."""
    if row is None:
        raise NotFound
    values = {name: row.values[name] for name in _STORED if name in row.values}
    made = tuple(Rendition(**rendition) for rendition in json.loads(row.values["renditions"]))
    return Photo(**values, user=row.key[1], renditions=made)


_NAMES = tuple(field.name for field in fields(Photo))
_STORED = tuple(name for name in _NAMES if name not in {"user", "renditions"})
"""`user` is part of the key, and `renditions` are stored as JSON."""
_CACHED = tuple(field.name for field in fields(Photo) if field.compare)
_MOMENTS = tuple(name for name, hint in get_type_hints(Photo).items() if hint in {datetime, datetime | None})
_RENDITION_FIELDS = tuple(field.name for field in fields(Rendition))


def _plain(rendition: Rendition) -> dict[str, Any]:
    """Do what `asdict` does, without its deep copies, which take ten times as long."""
    return {name: getattr(rendition, name) for name in _RENDITION_FIELDS}
