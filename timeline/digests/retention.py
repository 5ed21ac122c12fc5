"""What becomes of summaries whose task is gone: listed, given up, and forgotten in the end."""

from dataclasses import dataclass
from datetime import timedelta

from timeline.digests import send_records
from timeline.digests.periods import period_named
from timeline.digests.send_records import State
from timeline.digests.sending import KIND, give_up
from timeline.interfaces import Backends, Entity, Scan
from timeline.retention import delete_before

KEPT = timedelta(days=35)
"""Longer than a named task is remembered, than a late mail may be, and than people ask where theirs is."""
LOOKED_AT = 200
LISTED = 1000
NOBODY_CAME_BACK = "The last attempt ended without a word."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """What one sweep did."""

    emails_given_up: int
    summaries_deleted: int


def in_state(backends: Backends, state: State, limit: int = LISTED) -> list[tuple[str, str]]:
    """List user and period of the mails in a state: `uncertain` and `failed` are what may be missing."""
    rows = backends.entities.scan(Scan(kind=KIND, by="state", equal=state, limit=limit, keys_only=True))
    return [(row.key[1], row.key[3]) for row in rows]


def sweep(backends: Backends) -> Tidied:
    """Give up what no task will finish, and delete rows that nobody asks for any more; both bounded."""
    return Tidied(emails_given_up=_give_up_abandoned(backends), summaries_deleted=_forget_old(backends))


def _give_up_abandoned(backends: Backends) -> int:
    """A mail left while sending is uncertain, one left unsent has failed."""
    now = backends.clock.now()
    abandoned = [row for row in _unsettled(backends) if send_records.is_abandoned(row, now)]
    for row in abandoned:
        give_up(backends, row.key[1], period_named(row.key[3]), NOBODY_CAME_BACK)
    return len(abandoned)


def _unsettled(backends: Backends) -> list[Entity]:
    scans = [Scan(kind=KIND, by="state", equal=state, limit=LOOKED_AT) for state in send_records.PATIENCE]
    return [row for scan in scans for row in backends.entities.scan(scan)]


def _forget_old(backends: Backends) -> int:
    return delete_before(backends, KIND, "until", backends.clock.now() - KEPT)
