"""The transitions of a photo from processing to ready or failed, and back when its owner retries."""

from dataclasses import dataclass, replace

from timeline import outbox
from timeline.interfaces import Backends, Transaction
from timeline.photos import dedupe_index
from timeline.photos.model import Photo, Rendition
from timeline.photos.writes import (
    check_owner,
    photo_within,
    promised_webp,
    put_if_changed,
    renditions_promised_anew,
    write,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What the rendition task made of an original, and the SHA-256 of that original."""

    renditions: tuple[Rendition, ...]
    placeholder: str | None
    width: int
    height: int
    digest: str = ""


def mark_ready(backends: Backends, photo_id: str, made: Made, outbox_id: str, trace: str = "") -> Photo:
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
            transaction.put(dedupe_index.row_of(ready))
        return put_if_changed(transaction, photo, ready), True

    photo, is_news = write(backends, photo_id, work)
    if is_news:
        outbox.deliver(backends, promised)
    return photo


def mark_failed(backends: Backends, photo_id: str, reason: str, outbox_id: str) -> Photo:
    """No renditions will come: say so, and keep the promise as a dead letter. Raises NotFound."""
    now = backends.clock.now()

    def work(transaction: Transaction) -> Photo:
        photo = photo_within(transaction, photo_id)
        outbox.move_to_dead_letters_within(transaction, outbox_id, reason, now)
        failed = photo if photo.is_ready else replace(photo, status="failed", failure=reason)
        return put_if_changed(transaction, photo, failed)

    return write(backends, photo_id, work)


def try_again(backends: Backends, photo_id: str, by: str, trace: str = "") -> Photo:
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
