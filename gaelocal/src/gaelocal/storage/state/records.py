"""The rows: buckets, objects and uploads that are under way."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """`fields` holds what the owner may write (labels, cors, lifecycle …), as the JSON API spells it."""

    name: str
    metageneration: int
    created: float
    updated: float
    fields: Fields = field(default_factory=dict)

    @property
    def etag(self) -> str:
        return f"m{self.metageneration}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Bytes that lie in a file; md5 is None for a composed object, as in Cloud Storage."""

    id: str
    size: int
    md5: str | None
    crc32c: str
    parts: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """`fields` holds what the owner may write (contentType, metadata …), as the JSON API spells it."""

    bucket: str
    name: str
    generation: int
    metageneration: int
    created: float
    updated: float
    content: Content
    fields: Fields = field(default_factory=dict)

    @property
    def etag(self) -> str:
        return f"g{self.generation}m{self.metageneration}"

    @property
    def content_type(self) -> str:
        return str(self.fields.get("contentType") or "application/octet-stream")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A resumable upload; `generation` is set once it has become an object."""

    id: str
    bucket: str
    name: str
    created: float
    total: int | None
    fields: Fields
    conditions: dict[str, str]
    generation: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing, and the name after which the next one begins."""

    objects: list[StoredObject]
    prefixes: list[str]
    next_after: str | None


def moment(seconds: float) -> str:
    """Write a time as the JSON API does: 2026-11-20T09:31:00.123Z."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
