"""Tombstones: deleted photos that their owner can still restore."""

from datetime import datetime, timedelta

from timeline.interfaces import Backends, Entity, Key

KIND = "Tombstone"
GRACE = timedelta(seconds=60)
"""Long enough to notice a mistake and select Undo, and short enough to call the photo deleted."""


def key_of(photo: Key) -> Key:
    return (*photo[:2], KIND, photo[3])


def entity_of(photo: Entity, outbox_id: str, now: datetime) -> Entity:
    """Copy the photo's values without an index, and add when it was deleted and which task erases it."""
    values = {**photo.values, "deleted": now, "erasure": outbox_id}
    return Entity(key_of(photo.key), values)


def can_return(row: Entity, now: datetime) -> bool:
    deleted: datetime = row.values["deleted"]
    return now < deleted + GRACE


def is_gone(backends: Backends, photo: Key) -> bool:
    """Tell whether neither photo nor tombstone exists; a transaction, so that no restore comes in between."""
    return not any(
        backends.entities.transact(lambda transaction: list(transaction.get(photo, key_of(photo))))
    )
