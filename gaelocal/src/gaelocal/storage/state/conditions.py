"""Preconditions of requests: generations, metagenerations and ETags."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from gaelocal.storage.state.errors import Invalid, NotModified, PreconditionFailed
from gaelocal.storage.state.records import Bucket, StoredObject

NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """A generation of 0 means: no live object (cloud.google.com/storage/docs/request-preconditions)."""

    generation_match: int | None = None
    generation_not_match: int | None = None
    metageneration_match: int | None = None
    metageneration_not_match: int | None = None
    etag_match: str | None = None
    etag_not_match: str | None = None

    @classmethod
    def of(cls, query: Mapping[str, str], source: bool = False) -> "Conditions":
        """Parse the parameters `ifGenerationMatch` etc., or `ifSourceGenerationMatch` etc."""
        prefix = "ifSource" if source else "if"
        return cls(
            generation_match=_number(query, f"{prefix}GenerationMatch"),
            generation_not_match=_number(query, f"{prefix}GenerationNotMatch"),
            metageneration_match=_number(query, f"{prefix}MetagenerationMatch"),
            metageneration_not_match=_number(query, f"{prefix}MetagenerationNotMatch"),
            etag_match=None if source else query.get("If-Match"),
            etag_not_match=None if source else query.get("If-None-Match"),
        )

    def demand(self, found: StoredObject | Bucket | None) -> None:
        """Raise PreconditionFailed unless a change may be made."""
        if not (self._matches(found) and self._differs(found)):
            raise PreconditionFailed

    def demand_read(self, found: StoredObject | Bucket) -> None:
        """Raise PreconditionFailed or NotModified unless a read may be made."""
        if not self._matches(found):
            raise PreconditionFailed
        if not self._differs(found):
            raise NotModified

    def is_empty(self) -> bool:
        return all(getattr(self, field.name) is None for field in fields(self))

    def _matches(self, found: StoredObject | Bucket | None) -> bool:
        wanted = (self.generation_match, self.metageneration_match)
        numbers_agree = all(want in (None, have) for want, have in zip(wanted, _numbers(found), strict=True))
        return numbers_agree and (self.etag_match is None or _has_etag(found, self.etag_match))

    def _differs(self, found: StoredObject | Bucket | None) -> bool:
        unwanted = (self.generation_not_match, self.metageneration_not_match)
        differ = all(
            want is None or want != have for want, have in zip(unwanted, _numbers(found), strict=True)
        )
        return differ and (self.etag_not_match is None or not _has_etag(found, self.etag_not_match))


def _numbers(found: StoredObject | Bucket | None) -> tuple[int, int]:
    if found is None:
        return 0, 0
    return (found.generation if isinstance(found, StoredObject) else 0), found.metageneration


def _has_etag(found: StoredObject | Bucket | None, wanted: str) -> bool:
    if found is None:
        return False
    return wanted.strip() == "*" or found.etag in [tag.strip().strip('"') for tag in wanted.split(",")]


def _number(query: Mapping[str, str], name: str) -> int | None:
    if name not in query:
        return None
    text = str(query[name])
    if not NUMBER.fullmatch(text):
        raise Invalid(f"Invalid value for {name}: {text[:100]!r}")
    return int(text)
