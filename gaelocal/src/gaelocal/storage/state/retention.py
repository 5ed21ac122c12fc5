"""Holds and retention: the objects that may not be deleted or replaced."""

from gaelocal.storage.state.errors import Forbidden
from gaelocal.storage.state.records import Bucket, StoredObject, moment, seconds_of

_HELD = "cannot be deleted, overwritten or archived until hold is removed."


def expiration(found: StoredObject, bucket: Bucket) -> float | None:
    """Return until when the object is retained, or None; an event-based hold suspends the bucket's policy."""
    times = []
    if bucket.retention_seconds and not found.fields.get("eventBasedHold"):
        released = found.fields.get("heldUntil")
        times.append((seconds_of(released) if released else found.created) + bucket.retention_seconds)
    if found.fields.get("retention"):
        times.append(seconds_of(found.fields["retention"]["retainUntilTime"]))
    return max(times, default=None)


def demand_deletable(found: StoredObject, bucket: Bucket, now: float) -> None:
    """Raise Forbidden if a hold or a retention protects the object."""
    path = f"{found.bucket}/{found.name}"
    if found.fields.get("temporaryHold"):
        raise Forbidden(f"Object '{path}' is under active Temporary hold and {_HELD}")
    if found.fields.get("eventBasedHold"):
        raise Forbidden(f"Object '{path}' is under active Event-Based hold and {_HELD}")
    until = expiration(found, bucket)
    if until is not None and until > now:
        raise Forbidden(
            f"Object '{path}' is subject to bucket's retention policy or object retention and cannot be "
            f"deleted or overwritten until {moment(until)}",
            reason="retentionPolicyNotMet",
        )
