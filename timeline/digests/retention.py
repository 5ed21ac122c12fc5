"""List and give up summaries whose tasks have ended, and delete old send records."""

from dataclasses import dataclass
from datetime import timedelta

from timeline.digests import send_records
from timeline.digests.periods import period_named
from timeline.digests.send_records import State
from timeline.digests.sending import KIND, give_up
from timeline.interfaces import Backends, Entity, Scan
from timeline.retention import delete_before

KEPT = timedelta(days=35)
"""Longer than Cloud Tasks remembers a task name, and longer than an email may be late."""
BATCH = 200
MAX_LISTED = 1000
ABANDONED = "The last attempt ended without a result."


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """The number of emails and rows that one sweep handled."""

    emails_given_up: int
    summaries_deleted: int


def in_state(backends: Backends, state: State, limit: int = MAX_LISTED) -> list[tuple[str, str]]:
    """List the user and period of the emails in a state; `uncertain` and `failed` ones may be missing."""
    rows = backends.entities.scan(Scan(kind=KIND, by="state", equal=state, limit=limit, keys_only=True))
    return [(row.key[1], row.key[3]) for row in rows]


def sweep(backends: Backends) -> SweepResult:
    """Give up emails that no task will finish, and delete old rows; both have a limit."""
    return SweepResult(emails_given_up=_give_up_abandoned(backends), summaries_deleted=_delete_old(backends))


def _give_up_abandoned(backends: Backends) -> int:
    """An email left in `sending` becomes uncertain, one left in `unsent` has failed."""
    now = backends.clock.now()
    abandoned = [row for row in _unfinished(backends) if send_records.is_abandoned(row, now)]
    for row in abandoned:
        give_up(backends, row.key[1], period_named(row.key[3]), ABANDONED)
    return len(abandoned)


def _unfinished(backends: Backends) -> list[Entity]:
    scans = [Scan(kind=KIND, by="state", equal=state, limit=BATCH) for state in send_records.ABANDONED_AFTER]
    return [row for scan in scans for row in backends.entities.scan(scan)]


def _delete_old(backends: Backends) -> int:
    return delete_before(backends, KIND, "until", backends.clock.now() - KEPT)
