"""Receipts: what was deleted with an account, readable by anyone who has the receipt's ID."""

import json
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from timeline.errors import NotFound
from timeline.interfaces import Backends, Entity, Key, Transaction
from timeline.retention import delete_before

KIND = "Receipt"
KEPT = timedelta(days=30)
"""Long enough to read it again later. A receipt contains no personal data."""
RANDOM_BYTES = 24
IS_ID = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """The number of deleted items of one kind; `size` is in bytes, 0 for rows."""

    what: str
    count: int
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`removed` is empty until everything is counted, and `finished` None until everything is erased."""

    id: str
    requested: datetime
    expires: datetime
    finished: datetime | None = None
    removed: tuple[Removed, ...] = ()
    erased: int = 0

    @property
    def total(self) -> int:
        return sum(each.count for each in self.removed)


def new_receipt(now: datetime) -> Receipt:
    """Return a receipt with an ID that cannot be guessed: the ID is all that is needed to read it."""
    return Receipt(id=secrets.token_urlsafe(RANDOM_BYTES), requested=now, expires=now + KEPT)


def get_receipt(backends: Backends, receipt_id: str) -> Receipt:
    """Raises NotFound, also for an expired receipt."""
    receipt = _receipt_of(backends.entities.get(_key_of(receipt_id))[0])
    if receipt.expires < backends.clock.now():
        raise NotFound
    return receipt


def store_counts(backends: Backends, receipt_id: str, removed: Sequence[Removed]) -> None:
    """Store the counts before anything is erased; later counts are lower, and are ignored."""

    def counted(receipt: Receipt) -> Receipt:
        return receipt if receipt.removed else replace(receipt, removed=tuple(removed))

    _change(backends, receipt_id, counted)


def add_progress(backends: Backends, receipt_id: str, more: int) -> None:
    """Add to the number of erased items, which is an estimate after a repeated run."""
    _change(backends, receipt_id, lambda old: replace(old, erased=min(old.total, old.erased + more)))


def finish(backends: Backends, receipt_id: str) -> None:
    now = backends.clock.now()
    _change(backends, receipt_id, lambda old: replace(old, finished=old.finished or now, erased=old.total))


def delete_expired(backends: Backends) -> int:
    """Delete a bounded number of expired receipts and return their number."""
    return delete_before(backends, KIND, "expires", backends.clock.now())


def entity_of(receipt: Receipt) -> Entity:
    values = {
        "asked": receipt.requested,
        "expires": receipt.expires,
        "finished": receipt.finished,
        "removed": json.dumps([asdict(each) for each in receipt.removed]),
        "erased": receipt.erased,
    }
    return Entity(_key_of(receipt.id), values, frozenset({"expires"}))


def _change(backends: Backends, receipt_id: str, change: Callable[[Receipt], Receipt]) -> None:
    """Do nothing for an expired receipt: the deletion goes on without it."""

    def work(transaction: Transaction) -> None:
        (row,) = transaction.get(_key_of(receipt_id))
        if row is None:
            return
        old = _receipt_of(row)
        new = change(old)
        if new != old:
            transaction.put(entity_of(new))

    backends.entities.transact(work)


def _key_of(receipt_id: str) -> Key:
    if IS_ID.fullmatch(receipt_id) is None:
        raise NotFound
    return (KIND, receipt_id)


def _receipt_of(row: Entity | None) -> Receipt:
    if row is None:
        raise NotFound
    removed = tuple(Removed(**each) for each in json.loads(row.values["removed"]))
    values = {name: row.values[name] for name in ("expires", "finished", "erased")}
    return Receipt(id=row.key[1], requested=row.values["asked"], removed=removed, **values)
