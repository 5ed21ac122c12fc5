"""What has had its time, or was promised and not done, and is swept by cron."""

from dataclasses import dataclass

from timeline import changes, idempotency, orphans, outbox, receipts, sessions, uploads
from timeline.exports import archives
from timeline.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one sweep did."""

    promised_again: int
    blobs_erased: int
    keys_forgotten: int
    exports_expired: int
    receipts_forgotten: int
    sessions_forgotten: int
    uploads_reaped: int
    changes_forgotten: int


def sweep(backends: Stores) -> Swept:
    """All of it bounded: the next sweep goes on."""
    return Swept(
        promised_again=outbox.promise_again(backends),
        blobs_erased=orphans.erase(backends),
        keys_forgotten=idempotency.forget_old(backends),
        exports_expired=archives.expire(backends),
        receipts_forgotten=receipts.forget_old(backends),
        sessions_forgotten=sessions.forget_old(backends),
        uploads_reaped=uploads.reap(backends),
        changes_forgotten=changes.forget_old(backends),
    )
