"""The three ways in which a request can repeat an earlier one, each checked inside the commit of the photo.

A client may repeat its `Idempotency-Key`, finish an upload that already became a photo, or (with `dedupe`)
send bytes that one of the user's photos already has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from timeline import idempotency
from timeline.idempotency import IdempotencyRecord
from timeline.interfaces import Backends, Entity, Key, Transaction
from timeline.photos import dedupe_index, uploads
from timeline.photos.model import Photo, from_json, photo_of, to_json
from timeline.photos.uploads import PendingUpload

Rows = Mapping[Key, Entity | None]


@dataclass(frozen=True, slots=True)
class CreatedPhoto:
    """`is_replayed`: an earlier request gave this answer. `is_existing`: the photo had equal bytes."""

    photo: Photo
    is_replayed: bool
    is_existing: bool = False


class DuplicateCheck(Protocol):
    """One kind of repetition. The transaction reads the `keys_read` of all checks in one call."""

    def keys_read(self) -> Sequence[Key]: ...

    def find(self, transaction: Transaction, rows: Rows) -> CreatedPhoto | None: ...

    def remember(self, transaction: Transaction, created: CreatedPhoto, candidate: Photo) -> None:
        """Write what lets a later `find` return `created`; `candidate` is the photo of this request."""


@dataclass(frozen=True, slots=True)
class SameClientKey:
    """The client sent an `Idempotency-Key` before. Raises IdempotencyMismatch for different content."""

    record: IdempotencyRecord

    def keys_read(self) -> Sequence[Key]:
        return (self.record.key,)

    def find(self, transaction: Transaction, rows: Rows) -> CreatedPhoto | None:  # noqa: ARG002 - one signature
        return self.replay(rows[self.record.key])

    def replay(self, row: Entity | None) -> CreatedPhoto | None:
        answer = idempotency.answer_of(row, self.record)
        if row is None or answer is None:
            return None
        return CreatedPhoto(
            from_json(answer), is_replayed=True, is_existing=row.values.get("existing", False)
        )

    def remember(self, transaction: Transaction, created: CreatedPhoto, candidate: Photo) -> None:
        answer, now = to_json(created.photo), candidate.created
        row = idempotency.entity_of(self.record, answer, now, is_existing=created.is_existing)
        transaction.put(row)


@dataclass(frozen=True, slots=True)
class SameUpload:
    """The upload already became a photo."""

    upload: PendingUpload

    def keys_read(self) -> Sequence[Key]:
        return (uploads.key_of(self.upload.id),)

    def find(self, transaction: Transaction, rows: Rows) -> CreatedPhoto | None:  # noqa: ARG002 - one signature
        return created_from(uploads.upload_of(rows[uploads.key_of(self.upload.id)]))

    def remember(self, transaction: Transaction, created: CreatedPhoto, candidate: Photo) -> None:  # noqa: ARG002 - one signature
        answer: dict[str, Any] = to_json(created.photo)
        posted = replace(self.upload, answer=answer, is_existing=created.is_existing)
        transaction.put(uploads.entity_of(posted))


@dataclass(frozen=True, slots=True)
class SameBytes:
    """A photo of this user has the same bytes. `candidates` were found by a query before the transaction."""

    photo: Photo
    candidates: tuple[Key, ...]

    def keys_read(self) -> Sequence[Key]:
        return (*self.candidates, dedupe_index.claim_key(self.photo))

    def find(self, transaction: Transaction, rows: Rows) -> CreatedPhoto | None:
        claim = rows[dedupe_index.claim_key(self.photo)]
        latest = transaction.get(dedupe_index.claimed_by(claim)) if claim else []
        found = [row for row in (*(rows[key] for key in self.candidates), *latest) if row is not None]
        return CreatedPhoto(photo_of(found[0]), is_replayed=False, is_existing=True) if found else None

    def remember(self, transaction: Transaction, created: CreatedPhoto, candidate: Photo) -> None:
        if not created.is_existing:
            transaction.put(dedupe_index.claim_of(candidate))


def same_bytes(backends: Backends, photo: Photo) -> SameBytes:
    return SameBytes(photo, dedupe_index.photos_with(backends, photo.user, photo.digest))


def created_from(upload: PendingUpload) -> CreatedPhoto | None:
    """Return the photo that the upload became; None for one that is still pending."""
    if upload.answer is None:
        return None
    return CreatedPhoto(from_json(upload.answer), is_replayed=True, is_existing=upload.is_existing)
