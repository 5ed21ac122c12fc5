"""What has had its time, and is swept: exports, receipts, sessions."""

from dataclasses import dataclass

from timeline import exports, receipts, sessions
from timeline.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """What one sweep forgot."""

    exports_expired: int
    receipts_forgotten: int
    sessions_forgotten: int


def sweep(backends: Stores) -> Expired:
    """All of it bounded: the next sweep goes on."""
    return Expired(
        exports_expired=exports.expire(backends),
        receipts_forgotten=receipts.forget_old(backends),
        sessions_forgotten=sessions.forget_old(backends),
    )
