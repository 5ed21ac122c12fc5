"""Create a photo from the bytes of a request."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

from timeline import captions, first_page_cache, idempotency, ids, outbox
from timeline.accounts.users import user_key, user_of
from timeline.concurrency import started, together
from timeline.errors import ImageTooLarge
from timeline.interfaces import Backends, Entity, Key, Transaction
from timeline.photos import dedupe_index
from timeline.photos.age_index import index_key
from timeline.photos.decoding_queues import choose_queue, queue_by_size, subtract
from timeline.photos.duplicates import CreatedPhoto, DuplicateCheck, Rows, SameClientKey, same_bytes
from timeline.photos.model import Photo, entity_of, key_of, original_name
from timeline.photos.writes import Effects, renditions_entry, write
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
    """A photo to commit. `store` writes its original to Cloud Storage, `request` has a client key.

    `digest` runs while the original is stored: hashing 4 MB takes as long as half of the other work.
    """

    photo: Photo
    store: Callable[[], None]
    digest: Callable[[], str]
    trace: str
    dedupe: bool
    checks: tuple[DuplicateCheck, ...] = ()
    request: idempotency.InFlight | None = None


def create_photo(backends: Backends, user: str, new: NewPhoto) -> CreatedPhoto:
    """Store the picture and commit the photo together with the task that makes its renditions.

    Raises the image and caption errors before anything is written, IdempotencyMismatch,
    IdempotencyInFlight, Busy.
    """
    caption = captions.clean(new.caption)
    image = _read(new.image)
    photo = draft_photo(backends, user, caption, header.inspect_header(image))
    content_hash = sha256(image) if new.idempotency_key is not None or new.dedupe else None
    if content_hash is not None:
        photo = replace(photo, digest=content_hash.hexdigest())
    draft = Draft(
        photo=photo,
        store=lambda: backends.blobs.add(original_name(photo.id), image, photo.content_type),
        digest=lambda: photo.digest or sha256(image).hexdigest(),
        trace=new.trace,
        dedupe=new.dedupe,
    )
    if new.idempotency_key is None or content_hash is None:
        return commit(backends, draft)
    record = idempotency.record_of(user, new.idempotency_key, content_hash, caption)
    check = SameClientKey(record)
    with idempotency.in_flight(backends, check.record) as request:
        earlier = replay(backends, check, request.earlier, new.trace)
        return earlier or commit(backends, replace(draft, checks=(check,), request=request))


def draft_photo(backends: Backends, user: str, caption: str, picture: header.ImageHeader) -> Photo:
    now = backends.clock.now()
    photo_id = ids.id_of(ids.new_key(now), user)
    return Photo(
        id=photo_id,
        index_key=index_key(photo_id, backends.settings.timeline_index_ranges),
        user=user,
        caption=caption,
        created=now,
        status="processing",
        width=picture.width,
        height=picture.height,
        content_type=picture.content_type,
    )


def replay(backends: Backends, check: SameClientKey, row: Entity | None, trace: str) -> CreatedPhoto | None:
    """Return the answer of an earlier request with this key, so that the bytes are not stored again."""
    earlier = check.replay(row)
    return after_commit(backends, earlier, trace) if earlier else None


def after_commit(backends: Backends, created: CreatedPhoto, trace: str) -> CreatedPhoto:
    """Repeat what follows a commit: the process of the earlier request may have died right after its own."""
    if created.is_existing:
        first_page_cache.invalidate(backends, created.photo.user)
        return created
    entry = renditions_entry(created.photo, trace, queue_by_size(created.photo))
    together(
        lambda: first_page_cache.invalidate(backends, created.photo.user),
        lambda: outbox.deliver(backends, entry),
    )
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
    created = _store_and_commit(backends, draft)
    if created.is_replayed or created.is_existing:
        backends.blobs.delete([original_name(photo.id)])
        subtract(backends, photo)
        return after_commit(backends, created, draft.trace)
    return created


def _store_and_commit(backends: Backends, draft: Draft) -> CreatedPhoto:
    """Store the bytes and choose the queue beside the reads of the transaction, and commit after them."""
    photo = draft.photo

    def new_entry(queue: str) -> outbox.OutboxEntry:
        return renditions_entry(photo, draft.trace, queue)

    def work(transaction: Transaction) -> CreatedPhoto:
        earlier = _earlier_within(transaction, draft)
        stored.result()
        return earlier or _create_within(transaction, hashed, new_entry(queue.result()))

    def task(created: CreatedPhoto) -> outbox.OutboxEntry | None:
        is_new = not (created.is_replayed or created.is_existing)
        return new_entry(queue.result()) if is_new else None

    with started(draft.store) as stored, started(lambda: choose_queue(backends, photo)) as queue:
        hashed = replace(draft, photo=replace(photo, digest=draft.digest()))
        marker = (draft.request.name,) if draft.request else ()
        created = write(backends, photo.id, work, Effects(is_news=True, task=task, keys=marker))
    if draft.request:
        draft.request.is_marked = False
    return created


def _read(image: BinaryIO | bytes) -> bytes:
    if isinstance(image, BytesIO):
        content = image.getvalue()  # without a copy
    else:
        content = image if isinstance(image, bytes) else image.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ImageTooLarge
    return content


def _find_existing(backends: Backends, draft: Draft) -> CreatedPhoto | None:
    """Look before storing the bytes: usually one of the candidates is still there."""
    return backends.entities.transact(lambda transaction: _earlier_within(transaction, draft))


def _create_within(transaction: Transaction, draft: Draft, entry: outbox.OutboxEntry) -> CreatedPhoto:
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
