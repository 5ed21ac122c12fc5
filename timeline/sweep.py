"""What has had its time, or was promised and not done, and is swept by cron."""

from dataclasses import dataclass

from timeline import change_log, idempotency, orphans, outbox
from timeline.account_deletion import receipts
from timeline.accounts import sessions
from timeline.exports import archives
from timeline.interfaces import Backends
from timeline.photos import uploads


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


def sweep(backends: Backends) -> Swept:
    """All of it bounded: the next sweep goes on."""
    return Swept(
        promised_again=outbox.redeliver_overdue(backends),
        blobs_erased=orphans.erase(backends),
        keys_forgotten=idempotency.delete_expired(backends),
        exports_expired=archives.expire(backends),
        receipts_forgotten=receipts.delete_expired(backends),
        sessions_forgotten=sessions.delete_expired(backends),
        uploads_reaped=uploads.delete_expired(backends),
        changes_forgotten=change_log.delete_expired(backends),
    )
