"""Create a photo from the bytes of a request."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import BinaryIO

from timeline import captions, first_page_cache, idempotency, ids, outbox
from timeline.accounts.users import user_key, user_of
from timeline.errors import ImageTooLarge
from timeline.interfaces import Backends, Key, Transaction
from timeline.photos import dedupe_index
from timeline.photos.decoding_queues import choose_queue, queue_by_size, subtract
from timeline.photos.duplicates import CreatedPhoto, DuplicateCheck, Rows, SameClientKey, same_bytes
from timeline.photos.model import Photo, entity_of, key_of, original_name
from timeline.photos.writes import renditions_entry, write
from timeline.pictures import header

MAX_BYTES = 20 * 1024 * 1024
"""Leaves room for the rest of the form below App Engine's 32 MB for a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPhoto:
    """`image` is read from start to end. With `dedupe`, a photo with equal bytes is returned instead."""

    image: BinaryIO | bytes
    caption: str = ""
    idempotency_key: str | None = None
    trace: str = ""
    dedupe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A photo to commit. `store` writes its original to Cloud Storage."""

    photo: Photo
    store: Callable[[], None]
    trace: str
    dedupe: bool
    checks: tuple[DuplicateCheck, ...] = ()


def create_photo(backends: Backends, user: str, new: NewPhoto) -> CreatedPhoto:
    """Store the picture and commit the photo together with the task that makes its renditions.

    Raises the image and caption errors before anything is written, IdempotencyMismatch,
    IdempotencyInFlight, Busy.
    """
    caption = captions.clean(new.caption)
    image = _read(new.image)
    picture, content_hash = header.inspect_header(image), sha256(image)
    photo = replace(draft_photo(backends, user, caption, picture), digest=content_hash.hexdigest())
    draft = Draft(
        photo=photo,
        store=lambda: backends.blobs.add(original_name(photo.id), image, photo.content_type),
        trace=new.trace,
        dedupe=new.dedupe,
    )
    if new.idempotency_key is None:
        return commit(backends, draft)
    check = SameClientKey(idempotency.record_of(user, new.idempotency_key, content_hash, caption))
    with idempotency.in_flight(backends, check.record):
        return replay(backends, check, new.trace) or commit(backends, replace(draft, checks=(check,)))


def draft_photo(backends: Backends, user: str, caption: str, picture: header.ImageHeader) -> Photo:
    now = backends.clock.now()
    return Photo(
        id=ids.id_of(ids.new_key(now), user),
        user=user,
        caption=caption,
        created=now,
        status="processing",
        width=picture.width,
        height=picture.height,
        content_type=picture.content_type,
    )


def replay(backends: Backends, check: SameClientKey, trace: str) -> CreatedPhoto | None:
    """Return the answer of an earlier request with this key, so that the bytes are not stored again."""
    (row,) = backends.entities.get(check.record.key)
    earlier = check.replay(row)
    return after_commit(backends, earlier, trace) if earlier else None


def after_commit(backends: Backends, created: CreatedPhoto, trace: str) -> CreatedPhoto:
    """Repeat what follows a commit: the process of the earlier request may have died right after its own."""
    first_page_cache.invalidate(backends, created.photo.user)
    if not created.is_existing:
        outbox.deliver(backends, renditions_entry(created.photo, trace, queue_by_size(created.photo)))
    return created


def commit(backends: Backends, draft: Draft) -> CreatedPhoto:
    """Commit the photo, unless one of the checks finds that it repeats an earlier one."""
    photo = draft.photo
    if draft.dedupe:
        equal = same_bytes(backends, photo)
        draft = replace(draft, checks=(*draft.checks, equal))
        earlier = _find_existing(backends, draft) if equal.candidates else None
        if earlier is not None:
            return earlier
    draft.store()
    entry = renditions_entry(photo, draft.trace, choose_queue(backends, photo))
    created = write(backends, photo.id, lambda transaction: _commit_within(transaction, draft, entry))
    if created.is_replayed or created.is_existing:
        backends.blobs.delete([original_name(photo.id)])
        subtract(backends, photo)
    else:
        outbox.deliver(backends, entry)
    return created


def _read(image: BinaryIO | bytes) -> bytes:
    content = image if isinstance(image, bytes) else image.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ImageTooLarge
    return content


def _find_existing(backends: Backends, draft: Draft) -> CreatedPhoto | None:
    """Look before storing the bytes: usually one of the candidates is still there."""
    return backends.entities.transact(lambda transaction: _earlier_within(transaction, draft))


def _commit_within(transaction: Transaction, draft: Draft, entry: outbox.OutboxEntry) -> CreatedPhoto:
    earlier = _earlier_within(transaction, draft)
    if earlier is not None:
        return earlier
    photo = draft.photo
    transaction.put(entity_of(photo), outbox.entity_of(entry))
    if photo.digest:
        transaction.put(dedupe_index.row_of(photo))
    return _remember(transaction, draft, CreatedPhoto(photo, is_replayed=False))


def _earlier_within(transaction: Transaction, draft: Draft) -> CreatedPhoto | None:
    """Find the photo that this request repeats.

    A commit whose reply was lost runs again: the photo of this very request means that it had succeeded.
    """
    photo, rows = draft.photo, _rows(transaction, draft)
    user_of(rows[user_key(photo.user)])
    if rows[key_of(photo.id)] is not None:
        return CreatedPhoto(photo, is_replayed=False)
    found = next(filter(None, (check.find(transaction, rows) for check in draft.checks)), None)
    if found is None or found.is_replayed:
        return found
    return _remember(transaction, draft, found)


def _rows(transaction: Transaction, draft: Draft) -> Rows:
    keys: list[Key] = [user_key(draft.photo.user), key_of(draft.photo.id)]
    keys += [key for check in draft.checks for key in check.keys_read()]
    return dict(zip(keys, transaction.get(*keys), strict=True))


def _remember(transaction: Transaction, draft: Draft, created: CreatedPhoto) -> CreatedPhoto:
    for check in draft.checks:
        check.remember(transaction, created, draft.photo)
    return created
