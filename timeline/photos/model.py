"""A photo, and how it is kept: as a row, as JSON, and by the names of its blobs."""

import json
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

from timeline import ids
from timeline.errors import NotFound
from timeline.interfaces import Entity, Key

KIND = "Photo"
Status = Literal["processing", "ready", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """A re-encoded size of a photo; `digest` is a hash of its bytes: a file name never changes content."""

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
    """`width` and `height` are as people see it; `revision` changes with every change.

    `digest` is the SHA-256 of the original, empty while nobody has read all of it. It leads to a row about
    the photo and says nothing of it: it is neither compared nor cached.
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
    revision: str = "1"
    digest: str = field(default="", compare=False)

    @property
    def extension(self) -> str:
        """The usual ending of the name of a file like the original."""
        return "jpg" if self.content_type == "image/jpeg" else self.content_type.rpartition("/")[2]

    @property
    def is_ready(self) -> bool:
        return self.status == "ready"


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
    """For the cache and the idempotency row; read back by `from_json` of this and later releases."""
    plain = {name: getattr(photo, name) for name in _FIELDS}
    made = [_plain(rendition) for rendition in photo.renditions]
    return {**plain, "created": photo.created.isoformat(), "renditions": made}


def from_json(given: dict[str, Any]) -> Photo:
    made = tuple(Rendition(**rendition) for rendition in given["renditions"])
    return Photo(**{**given, "created": datetime.fromisoformat(given["created"]), "renditions": made})


def entity_of(photo: Photo) -> Entity:
    """`id` is the property that orders everyone's stream; the only one that costs an index."""
    values = {name: getattr(photo, name) for name in _STORED}
    values["renditions"] = json.dumps([_plain(rendition) for rendition in photo.renditions])
    return Entity(key_of(photo.id), values, frozenset({"id"}))


def photo_of(row: Entity | None) -> Photo:
    """Raises NotFound for a row that is not there."""
    if row is None:
        raise NotFound
    values = {name: row.values[name] for name in _STORED if name in row.values}
    made = tuple(Rendition(**rendition) for rendition in json.loads(row.values["renditions"]))
    return Photo(**values, user=row.key[1], renditions=made)


_STORED = (
    "id",
    "caption",
    "created",
    "status",
    "width",
    "height",
    "content_type",
    "placeholder",
    "failure",
    "revision",
    "digest",
)
_FIELDS = tuple(field.name for field in fields(Photo) if field.name != "digest")
_RENDITION_FIELDS = tuple(field.name for field in fields(Rendition))


def _plain(rendition: Rendition) -> dict[str, Any]:
    """As `asdict`, which copies every text it meets and is ten times as slow."""
    return {name: getattr(rendition, name) for name in _RENDITION_FIELDS}
