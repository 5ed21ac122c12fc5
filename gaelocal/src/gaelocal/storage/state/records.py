"""The rows: buckets, objects, their blobs, and uploads that are not complete."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """`fields` holds the settings (labels, cors, lifecycle …) in the spelling of the JSON API."""

    name: str
    metageneration: int
    created: float
    updated: float
    fields: Fields = field(default_factory=dict)

    @property
    def etag(self) -> str:
        return f"m{self.metageneration}"

    def setting(self, *path: str) -> Any:
        """Return a nested setting, or None."""
        found: Any = self.fields
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        return found

    @property
    def is_uniform(self) -> bool:
        """Return whether uniform bucket-level access disables its ACLs."""
        return bool(self.setting("iamConfiguration", "uniformBucketLevelAccess", "enabled"))

    @property
    def is_versioned(self) -> bool:
        return bool(self.setting("versioning", "enabled"))

    @property
    def soft_delete_seconds(self) -> int:
        return int(self.setting("softDeletePolicy", "retentionDurationSeconds") or 0)

    @property
    def retention_seconds(self) -> int:
        return int(self.setting("retentionPolicy", "retentionPeriod") or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Bytes in a file; md5 is None for a composed object, as in Cloud Storage."""

    id: str
    size: int
    md5: str | None
    crc32c: str
    parts: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """One version of an object.

    `fields` holds what the owner may write (contentType, metadata …) in the spelling of the JSON API.
    `deleted` is set on versions that are not live, `kept_until` on those that are soft-deleted.
    """

    bucket: str
    name: str
    generation: int
    metageneration: int
    created: float
    updated: float
    blob: Blob
    fields: Fields = field(default_factory=dict)
    deleted: float | None = None
    kept_until: float | None = None

    @property
    def etag(self) -> str:
        return f"g{self.generation}m{self.metageneration}"

    @property
    def content_type(self) -> str:
        return str(self.fields.get("contentType") or "application/octet-stream")

    @property
    def is_live(self) -> bool:
        return self.deleted is None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipartUpload:
    """An upload of the XML API that consists of numbered parts."""

    id: str
    bucket: str
    name: str
    created: float
    fields: Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    number: int
    blob: Blob
    uploaded: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A managed folder, or a folder of a bucket with a hierarchical namespace; the name ends with a slash."""

    bucket: str
    kind: str
    name: str
    metageneration: int
    created: float
    updated: float
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing, and the (name, generation) after which the next one begins."""

    objects: list[StoredObject]
    prefixes: list[str]
    next_after: tuple[str, int] | None


def moment(seconds: float) -> str:
    """Format a time as the JSON API does: 2026-11-20T09:31:00.123Z."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds_of(text: str) -> float:
    """Parse a time of the JSON API (RFC 3339).

    Raises:
        ValueError: it is not one.
    """
    parsed = datetime.fromisoformat(text)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
