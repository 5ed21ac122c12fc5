"""Photos, and the verbs on them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import BinaryIO

from timeline import captions, heads, idempotency, ids, outbox
from timeline.accounts import user_key, user_of
from timeline.deletions import delete_photo, erase_pictures, restore_photo
from timeline.errors import ImageTooLarge, NotFound
from timeline.photo_changes import (
    check_owner,
    photo_within,
    promised_renditions,
    put_if_changed,
    renditions_promised_anew,
    write,
)
from timeline.photo_records import (
    KIND,
    Photo,
    Rendition,
    Status,
    entity_of,
    from_json,
    key_of,
    original_name,
    photo_of,
    rendition_name,
    to_json,
)
from timeline.pictures import header
from timeline.stores import Stores, Transaction

MAX_BYTES = 20 * 1024 * 1024
"""Leaves room for the form around it below App Engine's 32 MB for a request."""

__all__ = [
    "KIND",
    "Photo",
    "Rendition",
    "Status",
    "delete_photo",
    "entity_of",
    "erase_pictures",
    "from_json",
    "key_of",
    "original_name",
    "photo_of",
    "rendition_name",
    "restore_photo",
    "to_json",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A picture as it came in. `image` is read from its start to its end."""

    image: BinaryIO | bytes
    caption: str = ""
    idempotency_key: str | None = None
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    photo: Photo
    is_replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPicture:
    """The bytes of an original or of a rendition."""

    content: bytes
    content_type: str
    is_private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What the rendition task made of an original."""

    renditions: tuple[Rendition, ...]
    placeholder: str | None
    width: int
    height: int


def add_photo(backends: Stores, user: str, upload: Upload) -> Posted:
    """Keep the picture and promise its renditions; acknowledged means committed.

    Raises the image and caption refusals before anything is written, IdempotencyMismatch,
    IdempotencyInFlight, Busy.
    """
    caption = captions.clean(upload.caption)
    image = _read(upload.image)
    photo = _new_photo(backends, user, caption, header.inspect_header(image))
    if upload.idempotency_key is None:
        return _keep(backends, _Draft(photo, image, upload.trace))
    attempt = idempotency.once(user, upload.idempotency_key, image, caption)
    with idempotency.in_flight(backends, attempt):
        draft = _Draft(photo, image, upload.trace, attempt)
        return _replay(backends, attempt, upload.trace) or _keep(backends, draft)


def get_photo(backends: Stores, photo_id: str) -> Photo:
    """One read of the photo and its owner: an erased owner hides it. Raises NotFound."""
    photo, owner = backends.entities.get(key_of(photo_id), key_of(photo_id)[:2])
    user_of(owner)
    return photo_of(photo)


def change_caption(
    backends: Stores, photo_id: str, caption: str, by: str, if_match: Collection[str] | None = None
) -> Photo:
    """Owner only. `if_match` names the revisions that may be changed; else PreconditionFailed."""
    cleaned = captions.clean(caption)

    def work(transaction: Transaction) -> Photo:
        photo = photo_within(transaction, photo_id)
        check_owner(photo, by, if_match)
        return put_if_changed(transaction, photo, replace(photo, caption=cleaned))

    return write(backends, photo_id, work)


def open_picture(backends: Stores, photo_id: str, file_name: str | None = None) -> OpenPicture:
    """A rendition by its file name; without a name the original, which is private to its owner.

    Raises NotFound for an unknown photo, a name that is not a rendition of it, and bytes already erased.
    """
    photo = get_photo(backends, photo_id)
    if file_name is None:
        content = backends.blobs.read(original_name(photo_id))
        return OpenPicture(content=content, content_type=photo.content_type, is_private=True)
    for rendition in photo.renditions:
        if rendition.file_name == file_name:
            content = backends.blobs.read(rendition_name(photo_id, rendition))
            return OpenPicture(content=content, content_type=rendition.type, is_private=False)
    raise NotFound


def mark_ready(backends: Stores, photo_id: str, made: Made, outbox_id: str) -> Photo:
    """The renditions are stored: show them, keep the promise. Raises NotFound: deleted meanwhile."""
    shown = {name: getattr(made, name) for name in ("renditions", "placeholder", "width", "height")}

    def work(transaction: Transaction) -> Photo:
        photo = photo_within(transaction, photo_id)
        transaction.delete(outbox.key_of(outbox_id))
        return put_if_changed(transaction, photo, replace(photo, **shown, status="ready", failure=None))

    return write(backends, photo_id, work)


def mark_failed(backends: Stores, photo_id: str, reason: str, outbox_id: str) -> Photo:
    """No renditions will come: say so, and keep the promise as a dead letter. Raises NotFound."""
    now = backends.clock.now()

    def work(transaction: Transaction) -> Photo:
        photo = photo_within(transaction, photo_id)
        outbox.bury_within(transaction, outbox_id, reason, now)
        failed = photo if photo.is_ready else replace(photo, status="failed", failure=reason)
        return put_if_changed(transaction, photo, failed)

    return write(backends, photo_id, work)


def try_again(backends: Stores, photo_id: str, by: str, trace: str = "") -> Photo:
    """Owner only: promise the renditions of a failed photo anew. Any other photo stays as it is."""
    promised = renditions_promised_anew(photo_id, trace, backends.clock.now())

    def work(transaction: Transaction) -> Photo:
        photo = photo_within(transaction, photo_id)
        check_owner(photo, by)
        if photo.status != "failed":
            return photo
        transaction.put(outbox.entity_of(promised))
        return put_if_changed(transaction, photo, replace(photo, status="processing", failure=None))

    photo = write(backends, photo_id, work)
    if photo.status == "processing":
        outbox.deliver(backends, promised)
    return photo


@dataclass(frozen=True, slots=True)
class _Draft:
    photo: Photo
    image: bytes
    trace: str
    attempt: idempotency.Once | None = None


def _read(image: BinaryIO | bytes) -> bytes:
    content = image if isinstance(image, bytes) else image.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ImageTooLarge
    return content


def _new_photo(backends: Stores, user: str, caption: str, picture: header.Picture) -> Photo:
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


def _replay(backends: Stores, attempt: idempotency.Once, trace: str) -> Posted | None:
    """Spares a twin the upload, and does what follows a commit: the first may have died right after its."""
    (row,) = backends.entities.get(attempt.key)
    answer = idempotency.answer_of(row, attempt)
    if answer is None:
        return None
    photo = from_json(answer)
    heads.forget(backends, photo.user)
    outbox.deliver(backends, promised_renditions(photo, trace))
    return Posted(photo, is_replayed=True)


def _keep(backends: Stores, draft: _Draft) -> Posted:
    photo = draft.photo
    backends.blobs.add(original_name(photo.id), draft.image, photo.content_type)
    promised = promised_renditions(photo, draft.trace)
    posted = write(backends, photo.id, lambda transaction: _post_within(transaction, draft, promised))
    if posted.is_replayed:
        backends.blobs.delete([original_name(photo.id)])
    else:
        outbox.deliver(backends, promised)
    return posted


def _post_within(transaction: Transaction, draft: _Draft, promised: outbox.Promise) -> Posted:
    """A commit whose answer got lost runs again: finding our own photo means that it had worked."""
    photo, attempt = draft.photo, draft.attempt
    wanted = [user_key(photo.user), key_of(photo.id), *([attempt.key] if attempt else [])]
    owner, ours, *earlier = transaction.get(*wanted)
    user_of(owner)
    if ours is not None:
        return Posted(photo, is_replayed=False)
    if attempt is not None:
        answer = idempotency.answer_of(earlier[0], attempt)
        if answer is not None:
            return Posted(from_json(answer), is_replayed=True)
        transaction.put(idempotency.entity_of(attempt, to_json(photo), photo.created))
    transaction.put(entity_of(photo), outbox.entity_of(promised))
    return Posted(photo, is_replayed=False)
