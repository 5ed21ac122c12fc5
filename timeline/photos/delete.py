"""Deleting a photo, taking that back for a moment, and erasing what is left after it."""

from collections.abc import Collection, Sequence

from timeline import ids, outbox
from timeline.accounts.users import user_key, user_of
from timeline.errors import NotFound
from timeline.interfaces import Backends, Key, Transaction
from timeline.photos import dedupe_index, tombstones
from timeline.photos.model import Photo, entity_of, key_of, photo_of
from timeline.photos.writes import check_owner, renditions_promised_anew, write

ERASE_QUEUE = "erase"
ERASE_PATH = "/tasks/erase/"
BLOBS_OF_A_PHOTO = 100
"""The original and a few renditions, with room for those of a repeated task."""
TOO_LATE = "It is too late to undo this: the photo is being erased."


def delete_photo(
    backends: Backends, photo_id: str, by: str, trace: str = "", if_match: Collection[str] | None = None
) -> None:
    """Owner only. Gone from every stream at once; after a grace a task erases the bytes. Again: NotFound."""
    promised = _erasure(backends, photo_id, trace)

    def work(transaction: Transaction) -> None:
        row, ours = transaction.get(key_of(photo_id), outbox.key_of(promised.id))
        if ours is None:
            photo = photo_of(row)
            check_owner(photo, by, if_match)
            transaction.delete(key_of(photo_id))
            if photo.digest:
                transaction.delete(dedupe_index.row_key(photo))
            tombstone = tombstones.entity_of(entity_of(photo), promised.id, promised.created)
            transaction.put(tombstone, outbox.entity_of(promised))

    write(backends, photo_id, work)
    outbox.deliver(backends, promised)


def restore_photo(backends: Backends, photo_id: str, by: str, trace: str = "") -> Photo:
    """Owner only, within the grace: the photo is back as it was. Raises NotFound when too late."""
    promised = renditions_promised_anew(photo_id, trace, backends.clock.now())
    photo = write(
        backends, photo_id, lambda transaction: _restore_within(transaction, photo_id, by, promised)
    )
    if photo.status == "processing":
        outbox.deliver(backends, promised)
    return photo


def erase_pictures(backends: Backends, prefixes: Sequence[str], outbox_id: str) -> None:
    """Erase bytes and tombstone of a deleted photo, unless it was restored; safe to repeat, also late."""
    for prefix in prefixes:
        if _is_ours_to_erase(backends, _photo_key(prefix), outbox_id):
            backends.blobs.delete([blob.name for blob in backends.blobs.list(prefix, BLOBS_OF_A_PHOTO)])
    outbox.finish(backends, outbox_id)


def _erasure(backends: Backends, photo_id: str, trace: str) -> outbox.OutboxEntry:
    key, user = ids.split_id(photo_id)
    body = {"prefixes": [f"originals/{user}/{key}", f"renditions/{user}/{key}/"]}
    work = outbox.Work(queue=ERASE_QUEUE, path=ERASE_PATH, body=body, trace=trace)
    return outbox.new_entry(user, work, backends.clock.now(), delay=tombstones.GRACE)


def _restore_within(transaction: Transaction, photo_id: str, by: str, promised: outbox.OutboxEntry) -> Photo:
    """Without renditions it gets a new promise of them: the task may have come while it was away."""
    key = key_of(photo_id)
    owner, there, row = transaction.get(user_key(key[1]), key, tombstones.key_of(key))
    user_of(owner)
    photo = photo_of(there or row)
    check_owner(photo, by)
    if there is not None or row is None:
        return photo
    if not tombstones.can_return(row, promised.created):
        raise NotFound(TOO_LATE)
    transaction.put(entity_of(photo))
    if photo.digest:
        transaction.put(dedupe_index.row_of(photo))
    transaction.delete(row.key, outbox.key_of(row.values["erasure"]))
    if photo.status == "processing":
        transaction.put(outbox.entity_of(promised))
    return photo


def _photo_key(prefix: str) -> Key:
    """originals/HANDLE/KEY and renditions/HANDLE/KEY/ belong to the photo KEY of HANDLE. Raises NotFound."""
    _, user, key, *_ = prefix.split("/")
    return key_of(ids.id_of(key, user))


def _is_ours_to_erase(backends: Backends, photo: Key, outbox_id: str) -> bool:
    return backends.entities.transact(lambda transaction: _bury_within(transaction, photo, outbox_id))


def _bury_within(transaction: Transaction, photo: Key, outbox_id: str) -> bool:
    """From the commit on nobody can restore it. Another deletion's tombstone is left to that one's task."""
    there, row = transaction.get(photo, tombstones.key_of(photo))
    if there is not None or (row is not None and row.values["erasure"] != outbox_id):
        return False
    if row is not None:
        transaction.delete(row.key)
    return True
