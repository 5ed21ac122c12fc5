"""A deleted photo, kept for a moment so that its owner may take the deletion back."""

from datetime import datetime, timedelta

from timeline.interfaces import Backends, Entity, Key

KIND = "Tombstone"
GRACE = timedelta(seconds=60)
"""Long enough to see a mistake and reach for Undo; short enough for "deleted" to stay an honest word."""


def key_of(photo: Key) -> Key:
    return (*photo[:2], KIND, photo[3])


def entity_of(photo: Entity, promise_id: str, now: datetime) -> Entity:
    """The photo's own values, no property of them indexed, and which erasure was promised when."""
    values = {**photo.values, "deleted": now, "erasure": promise_id}
    return Entity(key_of(photo.key), values)


def can_return(row: Entity, now: datetime) -> bool:
    deleted: datetime = row.values["deleted"]
    return now < deleted + GRACE


def is_gone(backends: Backends, photo: Key) -> bool:
    """Neither there nor able to come back; a transaction, so that no undo slips between the two looks."""
    return not any(
        backends.entities.transact(lambda transaction: list(transaction.get(photo, key_of(photo))))
    )
