"""What the API answers. Fields it may add later are passed over."""

from dataclasses import dataclass, fields
from typing import Any, Literal, Self

Json = dict[str, Any]
Status = Literal["processing", "ready", "failed"]


class Model:
    """Reads the fields that it knows."""

    @classmethod
    def of(cls, given: Json) -> Self:
        names = [field.name for field in fields(cls)]  # type: ignore[arg-type]  # every model is a dataclass
        return cls(**{name: given[name] for name in names if name in given})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition(Model):
    """A smaller copy, at a URL whose content never changes."""

    name: str
    width: int
    height: int
    type: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo(Model):
    """`renditions` is empty until the status is `ready`; URLs may be relative to the address of the API."""

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

    @classmethod
    def of(cls, given: Json) -> Self:
        renditions = tuple(Rendition.of(each) for each in given.get("renditions", ()))
        return super(Photo, cls).of({**given, "renditions": renditions})

    @property
    def is_processing(self) -> bool:
        return self.status == "processing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`next_cursor` is None at the end of the stream, and only there."""

    photos: tuple[Photo, ...]
    next_cursor: str | None

    @classmethod
    def of(cls, given: Json) -> Self:
        photos = tuple(Photo.of(each) for each in given["results"])
        return cls(photos=photos, next_cursor=given["next_cursor"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload(Model):
    """An upload to Cloud Storage itself; `upload_url` takes the bytes, in pieces, from whoever has it."""

    id: str
    state: str
    content_type: str
    size: int
    upload_url: str
    photo_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed in one's stream; `next` is where the next call begins."""

    changed: tuple[Photo, ...]
    deleted: tuple[str, ...]
    next: str
    has_more: bool

    @classmethod
    def of(cls, given: Json) -> Self:
        return cls(
            changed=tuple(Photo.of(each) for each in given["changed"]),
            deleted=tuple(given["deleted"]),
            next=given["next"],
            has_more=given["has_more"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Model):
    """Your own."""

    user: str
    display_name: str
    email: str
    summary: str
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Model):
    """Somebody, as everyone may see them."""

    user: str
    display_name: str
    created: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Export(Model):
    """An archive: `done` of `total` photos are packed; `url` is there once it is ready, for ten minutes."""

    id: str
    state: str
    done: int
    total: int
    size: int
    url: str | None
    expires: str = ""
