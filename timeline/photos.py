"""Photos, and the verbs on them."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from timeline import captions, originals, outbox
from timeline.accounts import user_of
from timeline.deletions import delete_photo, erase_pictures, restore_photo
from timeline.errors import NotFound
from timeline.photo_changes import (
    check_owner,
    photo_within,
    promised_webp,
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
    id_of,
    key_of,
    original_name,
    photo_of,
    rendition_name,
    to_json,
)
from timeline.posting import MAX_BYTES, FinishedUpload, Posted, Upload, add_photo, post_upload
from timeline.stores import Stores, Transaction

__all__ = [
    "KIND",
    "MAX_BYTES",
    "FinishedUpload",
    "Photo",
    "Posted",
    "Rendition",
    "Status",
    "Upload",
    "add_photo",
    "delete_photo",
    "entity_of",
    "erase_pictures",
    "from_json",
    "id_of",
    "key_of",
    "original_name",
    "photo_of",
    "post_upload",
    "rendition_name",
    "restore_photo",
    "to_json",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPicture:
    """The bytes of an original or of a rendition."""

    content: bytes
    content_type: str
    is_private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What the rendition task made of an original, and the SHA-256 of that original."""

    renditions: tuple[Rendition, ...]
    placeholder: str | None
    width: int
    height: int
    digest: str = ""


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


def mark_ready(backends: Stores, photo_id: str, made: Made, outbox_id: str, trace: str = "") -> Photo:
    """The renditions are stored: show them, keep the promise, make that of WebP. Raises NotFound: deleted."""
    promised = promised_webp(photo_id, trace, backends.clock.now())
    shown = {name: getattr(made, name) for name in ("renditions", "placeholder", "width", "height")}

    def work(transaction: Transaction) -> tuple[Photo, bool]:
        photo = photo_within(transaction, photo_id)
        transaction.delete(outbox.key_of(outbox_id))
        if photo.is_ready:
            return photo, False
        transaction.put(outbox.entity_of(promised))
        ready = replace(photo, **shown, status="ready", failure=None, digest=photo.digest or made.digest)
        if ready.digest != photo.digest:
            transaction.put(originals.row_of(ready))
        return put_if_changed(transaction, photo, ready), True

    photo, is_news = write(backends, photo_id, work)
    if is_news:
        outbox.deliver(backends, promised)
    return photo


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
