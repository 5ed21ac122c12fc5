"""The transitions of a photo from processing to ready or failed, and back when its owner retries."""

from dataclasses import dataclass, replace

from timeline import outbox
from timeline.errors import TimelineError
from timeline.interfaces import Backends, Transaction
from timeline.photos import dedupe_index
from timeline.photos.model import Photo, Rendition
from timeline.photos.writes import (
    Effects,
    check_owner,
    photo_within,
    put_if_changed,
    repeated_renditions_entry,
    webp_entry,
    write,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenditionSet:
    """The result of the rendition task; `digest` is the SHA-256 of the original."""

    renditions: tuple[Rendition, ...]
    placeholder: str | None
    width: int
    height: int
    digest: str = ""


def mark_ready(
    backends: Backends, photo_id: str, made: RenditionSet, outbox_id: str, trace: str = ""
) -> Photo:
    """Publish the stored renditions and enqueue the WebP task. Raises NotFound for a deleted photo.

    If they are published already, by another run or by a commit whose reply was lost, the WebP task is
    created unless it exists.
    """
    entry = webp_entry(photo_id, trace, backends.clock.now())
    rendered = {name: getattr(made, name) for name in ("renditions", "placeholder", "width", "height")}
    rendered |= {"failure": None, "failure_code": None}

    def work(transaction: Transaction) -> tuple[Photo, bool]:
        photo = photo_within(transaction, photo_id)
        transaction.delete(outbox.key_of(outbox_id))
        if photo.is_ready:
            return photo, False
        transaction.put(outbox.entity_of(entry))
        ready = replace(photo, **rendered, status="ready", digest=photo.digest or made.digest)
        if ready.digest != photo.digest:
            transaction.put(dedupe_index.row_of(ready))
        return put_if_changed(transaction, photo, ready), True

    effects: Effects[tuple[Photo, bool]] = Effects(
        is_news=True, task=lambda result: entry if result[1] else None
    )
    photo, is_new = write(backends, photo_id, work, effects)
    if not is_new:
        outbox.deliver_if_waiting(backends, entry.id)
    return photo


def mark_failed(backends: Backends, photo_id: str, reason: TimelineError, outbox_id: str) -> Photo:
    """Mark the photo as failed and move its task to the dead letters. Raises NotFound for a deleted photo."""
    now = backends.clock.now()

    def work(transaction: Transaction) -> Photo:
        photo = photo_within(transaction, photo_id)
        outbox.move_to_dead_letters_within(transaction, outbox_id, str(reason), now)
        if photo.is_ready:
            return photo
        failed = replace(photo, status="failed", failure=str(reason), failure_code=reason.code)
        return put_if_changed(transaction, photo, failed)

    return write(backends, photo_id, work, Effects(is_news=True))


def retry(backends: Backends, photo_id: str, by: str, trace: str = "") -> Photo:
    """Enqueue the renditions of the owner's failed photo again; any other photo stays as it is.

    After a commit whose reply was lost, the photo is processed already, and its task is created if missing.
    """
    entry = repeated_renditions_entry(photo_id, trace, backends.clock.now())

    def work(transaction: Transaction) -> tuple[Photo, bool]:
        photo = photo_within(transaction, photo_id)
        check_owner(photo, by)
        if photo.status != "failed":
            return photo, False
        transaction.put(outbox.entity_of(entry))
        again = replace(photo, status="processing", failure=None, failure_code=None)
        return put_if_changed(transaction, photo, again), True

    effects: Effects[tuple[Photo, bool]] = Effects(
        is_news=True, task=lambda result: entry if result[1] else None
    )
    photo, was_failed = write(backends, photo_id, work, effects)
    if not was_failed:
        outbox.deliver_if_waiting(backends, entry.id)
    return photo
