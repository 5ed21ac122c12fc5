"""The models of the API. Unknown fields are ignored, because the API may add fields."""

from dataclasses import dataclass, fields
from typing import Any, Literal, Self

Json = dict[str, Any]
Status = Literal["processing", "ready", "failed"]


class Model:
    """Reads the known fields of a JSON object."""

    @classmethod
    def of(cls, values: Json) -> Self:
        names = [field.name for field in fields(cls)]  # type: ignore[arg-type]  # every model is a dataclass
        return cls(**{name: values[name] for name in names if name in values})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition(Model):
    """A smaller copy of a photo. The content of its URL never changes."""

    name: str
    width: int
    height: int
    type: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo(Model):
    """`renditions` is empty until the status is `ready`; URLs may be relative to that of the API."""

    id: str
    user: str
    caption: str
    created: str
    status: Status
    width: int
    height: int
    placeholder: str | None
    image_url: str
    renditions: tuple[Rendition, ...] = ()
    failure_code: str | None = None

    @classmethod
    def of(cls, values: Json) -> Self:
        renditions = tuple(Rendition.of(each) for each in values.get("renditions", ()))
        return super(Photo, cls).of({**values, "renditions": renditions})

    @property
    def is_processing(self) -> bool:
        return self.status == "processing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`next_cursor` is None on the last page only."""

    photos: tuple[Photo, ...]
    next_cursor: str | None

    @classmethod
    def of(cls, values: Json) -> Self:
        photos = tuple(Photo.of(each) for each in values["results"])
        return cls(photos=photos, next_cursor=values["next_cursor"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload(Model):
    """An upload to Cloud Storage. `upload_url` accepts the bytes in chunks, without a token."""

    id: str
    state: str
    content_type: str
    size: int
    upload_url: str
    photo_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The changes in your stream; `next` is the token for the next sync."""

    changed: tuple[Photo, ...]
    deleted: tuple[str, ...]
    next: str
    has_more: bool

    @classmethod
    def of(cls, values: Json) -> Self:
        return cls(
            changed=tuple(Photo.of(each) for each in values["changed"]),
            deleted=tuple(values["deleted"]),
            next=values["next"],
            has_more=values["has_more"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Model):
    """Your account."""

    user: str
    display_name: str
    email: str
    summary: str
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Model):
    """The public profile of a user."""

    user: str
    display_name: str
    created: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Export(Model):
    """An export: `done` of `total` photos are packed. `url` is set once it is ready, for ten minutes."""

    id: str
    state: str
    done: int
    total: int
    size: int
    url: str | None
    expires: str = ""
