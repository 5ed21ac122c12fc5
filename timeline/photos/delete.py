"""Delete a photo, restore it within the grace period, and erase its files afterwards."""

from collections.abc import Collection, Sequence
from datetime import datetime

from timeline import ids, outbox
from timeline.accounts.users import user_key, user_of
from timeline.errors import NotFound
from timeline.interfaces import Backends, Key, Transaction
from timeline.photos import dedupe_index, tombstones
from timeline.photos.model import Photo, entity_of, key_of, photo_of
from timeline.photos.writes import Effects, check_owner, missing_renditions_entry, write

ERASE_QUEUE = "erase"
ERASE_PATH = "/tasks/erase/"
MAX_FILES = 100
"""The original and its renditions, with room for those of a repeated task."""
TOO_LATE = "It is too late to restore this photo."


def delete_photo(
    backends: Backends, photo_id: str, by: str, trace: str = "", if_match: Collection[str] | None = None
) -> None:
    """Remove the owner's photo from every stream at once; a task erases its files after the grace period."""
    entry = _erase_entry(backends, photo_id, trace)

    def work(transaction: Transaction) -> None:
        row, committed = transaction.get(key_of(photo_id), outbox.key_of(entry.id))
        if committed is None:
            photo = photo_of(row)
            check_owner(photo, by, if_match)
            transaction.delete(key_of(photo_id))
            if photo.digest:
                transaction.delete(dedupe_index.row_key(photo))
            tombstone = tombstones.entity_of(entity_of(photo), entry.id, entry.created)
            transaction.put(tombstone, outbox.entity_of(entry))

    write(backends, photo_id, work, Effects(task=lambda _: entry))


def restore_photo(backends: Backends, photo_id: str, by: str, trace: str = "") -> Photo:
    """Restore the owner's photo unchanged. Raises NotFound after the grace period.

    If it lacks renditions, it gets a new task: the first one may have run while it was deleted.
    """
    now = backends.clock.now()
    entry_id = ids.id_of(ids.new_key(now), key_of(photo_id)[1])

    def entry_for(photo: Photo) -> outbox.OutboxEntry | None:
        return missing_renditions_entry(photo, trace, entry_id, now)

    def work(transaction: Transaction) -> tuple[Photo, bool]:
        photo, was_deleted = _restore_within(transaction, photo_id, by, now)
        if was_deleted and (entry := entry_for(photo)):
            transaction.put(outbox.entity_of(entry))
        return photo, was_deleted

    effects: Effects[tuple[Photo, bool]] = Effects(
        task=lambda result: entry_for(result[0]) if result[1] else None
    )
    photo, was_deleted = write(backends, photo_id, work, effects)
    if not was_deleted:  # or a commit whose reply was lost
        outbox.deliver_if_waiting(backends, entry_id)
    return photo


def erase_files(backends: Backends, prefixes: Sequence[str], outbox_id: str) -> None:
    """Erase the files and the tombstone of a deleted photo, unless it was restored; safe to repeat."""
    for prefix in prefixes:
        if _claim_erasure(backends, _photo_key(prefix), outbox_id):
            backends.blobs.delete([blob.name for blob in backends.blobs.list(prefix, MAX_FILES)])
    outbox.finish(backends, outbox_id)


def _erase_entry(backends: Backends, photo_id: str, trace: str) -> outbox.OutboxEntry:
    key, user = ids.split_id(photo_id)
    body = {"prefixes": [f"originals/{user}/{key}", f"renditions/{user}/{key}/"]}
    work = outbox.Work(queue=ERASE_QUEUE, path=ERASE_PATH, body=body, trace=trace)
    return outbox.new_entry(user, work, backends.clock.now(), delay=tombstones.GRACE)


def _restore_within(transaction: Transaction, photo_id: str, by: str, now: datetime) -> tuple[Photo, bool]:
    """Return the photo, and whether it was deleted."""
    key = key_of(photo_id)
    owner, existing, row = transaction.get(user_key(key[1]), key, tombstones.key_of(key))
    user_of(owner)
    photo = photo_of(existing or row)
    check_owner(photo, by)
    if existing is not None or row is None:
        return photo, False
    if not tombstones.can_return(row, now):
        raise NotFound(TOO_LATE)
    transaction.put(entity_of(photo))
    if photo.digest:
        transaction.put(dedupe_index.row_of(photo))
    transaction.delete(row.key, outbox.key_of(row.values["erasure"]))
    return photo, True


def _photo_key(prefix: str) -> Key:
    """Return the photo that owns originals/HANDLE/KEY or renditions/HANDLE/KEY/. Raises NotFound."""
    _, user, key, *_ = prefix.split("/")
    return key_of(ids.id_of(key, user))


def _claim_erasure(backends: Backends, photo: Key, outbox_id: str) -> bool:
    return backends.entities.transact(
        lambda transaction: _claim_erasure_within(transaction, photo, outbox_id)
    )


def _claim_erasure_within(transaction: Transaction, photo: Key, outbox_id: str) -> bool:
    """Delete the tombstone, so that the photo cannot be restored; leave that of a later deletion alone."""
    existing, row = transaction.get(photo, tombstones.key_of(photo))
    if existing is not None or (row is not None and row.values["erasure"] != outbox_id):
        return False
    if row is not None:
        transaction.delete(row.key)
    return True
