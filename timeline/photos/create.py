"""Posting a photo: from bytes that came with the request, or from an upload that Cloud Storage holds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import BinaryIO

from timeline import captions, first_page_cache, idempotency, ids, outbox
from timeline.accounts.users import user_key, user_of
from timeline.errors import ImageTooLarge, NotFound, UploadUnfinished
from timeline.interfaces import Backends, Entity, Key, Transaction
from timeline.photos import dedupe_index, uploads
from timeline.photos.model import Photo, entity_of, from_json, key_of, original_name, photo_of, to_json
from timeline.photos.uploads import PendingUpload
from timeline.photos.writes import promised_renditions, write
from timeline.pictures import header

MAX_BYTES = 20 * 1024 * 1024
"""Leaves room for the form around it below App Engine's 32 MB for a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPhoto:
    """A picture as it came in. `image` is read from its start to its end.

    With `dedupe` the photo that this person already posted of the very same bytes is given instead.
    """

    image: BinaryIO | bytes
    caption: str = ""
    idempotency_key: str | None = None
    trace: str = ""
    dedupe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedUpload:
    """The same for a picture that Cloud Storage holds already."""

    upload_id: str
    caption: str = ""
    idempotency_key: str | None = None
    trace: str = ""
    dedupe: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """`is_existing`: the photo was there before, of the same bytes."""

    photo: Photo
    is_replayed: bool
    is_existing: bool = False


def create_photo(backends: Backends, user: str, upload: NewPhoto) -> Posted:
    """Keep the picture and promise its renditions; acknowledged means committed.

    Raises the image and caption refusals before anything is written, IdempotencyMismatch,
    IdempotencyInFlight, Busy.
    """
    caption = captions.clean(upload.caption)
    image = _read(upload.image)
    picture, hashed = header.inspect_header(image), sha256(image)
    photo = replace(_new_photo(backends, user, caption, picture), digest=hashed.hexdigest())
    draft = _Draft(
        photo=photo,
        store=lambda: backends.blobs.add(original_name(photo.id), image, photo.content_type),
        trace=upload.trace,
        dedupe=upload.dedupe,
    )
    if upload.idempotency_key is None:
        return _keep(backends, draft)
    attempt = idempotency.record_of(user, upload.idempotency_key, hashed, caption)
    with idempotency.in_flight(backends, attempt):
        return _replay(backends, attempt, upload.trace) or _keep(backends, replace(draft, attempt=attempt))


def post_upload(backends: Backends, user: str, finished: FinishedUpload) -> Posted:
    """The same for an upload of one's own; only as much of it is read as it takes to know the picture.

    An upload becomes one photo: asked for again, it gives the same answer. Raises NotFound, UploadUnfinished,
    and what `add_photo` raises.
    """
    finished = replace(finished, caption=captions.clean(finished.caption))
    if finished.idempotency_key is None:
        return _post_stored(backends, user, finished, None)
    hashed = sha256(f"upload:{finished.upload_id}".encode())
    attempt = idempotency.record_of(user, finished.idempotency_key, hashed, finished.caption)
    with idempotency.in_flight(backends, attempt):
        replayed = _replay(backends, attempt, finished.trace)
        return replayed or _post_stored(backends, user, finished, attempt)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """`store` puts the original where it belongs; `twins` are photos known to be of the same bytes."""

    photo: Photo
    store: Callable[[], None]
    trace: str
    dedupe: bool
    attempt: idempotency.IdempotencyRecord | None = None
    upload: PendingUpload | None = None
    twins: tuple[Key, ...] = ()


def _read(image: BinaryIO | bytes) -> bytes:
    content = image if isinstance(image, bytes) else image.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ImageTooLarge
    return content


def _new_photo(backends: Backends, user: str, caption: str, picture: header.Picture) -> Photo:
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


def _replay(backends: Backends, attempt: idempotency.IdempotencyRecord, trace: str) -> Posted | None:
    """Spares a twin the upload, and does what follows a commit: the first may have died right after its."""
    (row,) = backends.entities.get(attempt.key)
    earlier = _answered(row, attempt)
    return _delivered(backends, earlier, trace) if earlier else None


def _delivered(backends: Backends, earlier: Posted, trace: str) -> Posted:
    first_page_cache.invalidate(backends, earlier.photo.user)
    if not earlier.is_existing:
        outbox.deliver(backends, promised_renditions(earlier.photo, trace))
    return earlier


def _answered(row: Entity | None, attempt: idempotency.IdempotencyRecord) -> Posted | None:
    answer = idempotency.answer_of(row, attempt)
    if row is None or answer is None:
        return None
    return Posted(from_json(answer), is_replayed=True, is_existing=row.values.get("existing", False))


def _post_stored(
    backends: Backends, user: str, finished: FinishedUpload, attempt: idempotency.IdempotencyRecord | None
) -> Posted:
    upload = uploads.get_upload(backends, user, finished.upload_id)
    if upload.answer is not None:
        return _delivered(backends, _became(upload), finished.trace)
    try:
        posted = _keep(backends, _draft_of(backends, upload, finished, attempt))
    except (NotFound, UploadUnfinished):
        # A twin may have posted it, and erased what nobody needs any more, while this one was reading.
        upload = uploads.get_upload(backends, user, finished.upload_id)
        if upload.answer is None:
            raise
        return _became(upload)
    backends.blobs.delete([upload.blob_name])
    return posted


def _became(upload: PendingUpload) -> Posted:
    return Posted(from_json(upload.answer or {}), is_replayed=True, is_existing=upload.is_existing)


def _draft_of(
    backends: Backends,
    upload: PendingUpload,
    finished: FinishedUpload,
    attempt: idempotency.IdempotencyRecord | None,
) -> _Draft:
    """The digest of an upload takes reading all of it: here only for who asks, else by the rendition task."""
    content = uploads.content_of(backends, upload)
    picture = header.inspect_header(content)
    digest = content.sha256() if finished.dedupe else ""
    photo = replace(_new_photo(backends, upload.user, finished.caption, picture), digest=digest)
    return _Draft(
        photo=photo,
        store=lambda: backends.blobs.join(original_name(photo.id), [upload.blob_name], photo.content_type),
        trace=finished.trace,
        dedupe=finished.dedupe,
        attempt=attempt,
        upload=upload,
    )


def _keep(backends: Backends, draft: _Draft) -> Posted:
    photo = draft.photo
    if draft.dedupe:
        draft = replace(draft, twins=dedupe_index.photos_with(backends, photo.user, photo.digest))
    if draft.twins:
        earlier = backends.entities.transact(lambda transaction: _earlier_within(transaction, draft))
        if earlier is not None:
            return earlier
    draft.store()
    promised = promised_renditions(photo, draft.trace)
    posted = write(backends, photo.id, lambda transaction: _post_within(transaction, draft, promised))
    if posted.is_replayed or posted.is_existing:
        backends.blobs.delete([original_name(photo.id)])
    else:
        outbox.deliver(backends, promised)
    return posted


def _post_within(transaction: Transaction, draft: _Draft, promised: outbox.OutboxEntry) -> Posted:
    earlier = _earlier_within(transaction, draft)
    if earlier is not None:
        return earlier
    photo = draft.photo
    transaction.put(entity_of(photo), outbox.entity_of(promised))
    if photo.digest:
        transaction.put(dedupe_index.row_of(photo))
    if draft.dedupe:
        transaction.put(dedupe_index.claim_of(photo))
    return _remembered(transaction, draft, Posted(photo, is_replayed=False))


def _earlier_within(transaction: Transaction, draft: _Draft) -> Posted | None:
    """A commit whose answer got lost runs again: finding our own photo means that it had worked."""
    photo, attempt, upload = draft.photo, draft.attempt, draft.upload
    rows = _rows(transaction, draft)
    user_of(rows[user_key(photo.user)])
    if rows[key_of(photo.id)] is not None:
        return Posted(photo, is_replayed=False)
    if attempt is not None and (earlier := _answered(rows[attempt.key], attempt)):
        return earlier
    if upload is not None:
        upload = uploads.upload_of(rows[uploads.key_of(upload.id)])
        if upload.answer is not None:
            return _became(upload)
    twin = _twin_within(transaction, draft, rows)
    if twin is None:
        return None
    return _remembered(transaction, draft, Posted(twin, is_replayed=False, is_existing=True))


def _rows(transaction: Transaction, draft: _Draft) -> dict[Key, Entity | None]:
    photo = draft.photo
    wanted = [user_key(photo.user), key_of(photo.id), *draft.twins]
    if draft.attempt:
        wanted.append(draft.attempt.key)
    if draft.upload:
        wanted.append(uploads.key_of(draft.upload.id))
    if draft.dedupe:
        wanted.append(dedupe_index.claim_key(photo))
    return dict(zip(wanted, transaction.get(*wanted), strict=True))


def _twin_within(transaction: Transaction, draft: _Draft, rows: dict[Key, Entity | None]) -> Photo | None:
    if not draft.dedupe:
        return None
    claimed = rows[dedupe_index.claim_key(draft.photo)]
    latest = transaction.get(dedupe_index.claimed_by(claimed)) if claimed else []
    known = [row for row in (*(rows[key] for key in draft.twins), *latest) if row is not None]
    return photo_of(known[0]) if known else None


def _remembered(transaction: Transaction, draft: _Draft, posted: Posted) -> Posted:
    """What is answered now is answered again: to the same key, and for the same upload."""
    answer, now = to_json(posted.photo), draft.photo.created
    if draft.attempt is not None:
        transaction.put(idempotency.entity_of(draft.attempt, answer, now, is_existing=posted.is_existing))
    if draft.upload is not None:
        became = replace(draft.upload, answer=answer, is_existing=posted.is_existing)
        transaction.put(uploads.entity_of(became))
    return posted
