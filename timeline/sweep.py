"""Periodic cleanup, run by cron: expired rows, undelivered outbox entries, orphaned blobs."""

from dataclasses import dataclass

from timeline import change_log, idempotency, orphans, outbox
from timeline.account_deletion import receipts
from timeline.accounts import sessions
from timeline.exports import archives
from timeline.interfaces import Backends
from timeline.photos import uploads
from timeline.rerendering import job as rerendering


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """The number of rows or blobs that one sweep handled."""

    redelivered: int
    blobs_erased: int
    idempotency_records_deleted: int
    exports_expired: int
    receipts_deleted: int
    sessions_deleted: int
    uploads_deleted: int
    changes_deleted: int
    jobs_continued: int


def sweep(backends: Backends) -> SweepResult:
    """Run every cleanup once; each has a limit, and the next sweep handles the rest."""
    return SweepResult(
        redelivered=outbox.redeliver_overdue(backends),
        blobs_erased=orphans.erase(backends),
        idempotency_records_deleted=idempotency.delete_expired(backends),
        exports_expired=archives.expire(backends),
        receipts_deleted=receipts.delete_expired(backends),
        sessions_deleted=sessions.delete_expired(backends),
        uploads_deleted=uploads.delete_expired(backends),
        changes_deleted=change_log.delete_expired(backends),
        jobs_continued=rerendering.continue_stalled(backends),
    )
