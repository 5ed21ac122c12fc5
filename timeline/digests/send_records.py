"""Send records: a run claims each email before sending and stores the result, so none is sent twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from timeline import outbox
from timeline.interfaces import Backends, Entity, Key, Transaction

State = Literal["sending", "sent", "unsent", "uncertain", "failed"]
"""`unsent` is retried; `uncertain` may have been delivered and is never retried; `failed` was not sent."""

FINISHED: frozenset[State] = frozenset({"sent", "uncertain", "failed"})
INDEXED = frozenset({"state", "until"})
ABANDONED_AFTER: dict[State, timedelta] = {"sending": timedelta(hours=1), "unsent": timedelta(days=1)}
"""Longer than one attempt may run, and longer than all attempts of a task take (queue.yaml)."""

MAIL_QUEUE, MAIL_PATH = "email", "/tasks/email/"
INTERRUPTED = "Another run was interrupted while sending, or was sending at the same time."


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRecord:
    """The claim of one run, identified by `token`, to send one email about `since` to `until`."""

    key: Key
    token: str
    taken: datetime
    since: datetime
    until: datetime

    @property
    def user(self) -> str:
        return self.key[1]

    def row(self, state: State, reason: str = "") -> Entity:
        moments = {"taken": self.taken, "since": self.since, "until": self.until}
        return Entity(self.key, {"state": state, "reason": reason, "token": self.token, **moments}, INDEXED)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedEmail:
    """An email that will not be retried, with the task it belongs to."""

    key: Key
    queue: str
    path: str
    body: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The state of an email after an attempt to send it; with `missed` a dead letter is kept."""

    record: SendRecord
    state: State
    reason: str = ""
    missed: MissedEmail | None = None


def claim(backends: Backends, record: SendRecord, results: Sequence[Result], *, is_new: bool) -> State | None:
    """Claim an email and store earlier results. Return None if this run must send it, else its state.

    A new email takes one call if all earlier ones were sent, and three in a transaction otherwise. Only the
    transaction refuses an account that was deleted meanwhile; call `delete_of_erased` afterwards.
    """
    if is_new and all(result.state == "sent" for result in results):
        sent = [result.record.row("sent") for result in results]
        if backends.entities.add(record.row("sending"), *sent):
            return None
    keys = _keys_of([*(result.record for result in results), record])

    def work(transaction: Transaction) -> State | None:
        rows = transaction.get(*keys)
        _settle(transaction, results, rows)
        return _claim(transaction, record, *rows[-2:])

    return backends.entities.transact(work)


def settle(backends: Backends, results: Sequence[Result]) -> None:
    keys = _keys_of([result.record for result in results])
    if keys:
        backends.entities.transact(lambda transaction: _settle(transaction, results, transaction.get(*keys)))


def delete_of_erased(backends: Backends, records: Sequence[SendRecord]) -> None:
    """Delete the rows of accounts that were deleted since their emails were prepared."""
    owners = backends.entities.get(*(record.key[:2] for record in records)) if records else []
    pairs = zip(records, owners, strict=True)
    if erased := [record.key for record, owner in pairs if _is_erased(owner)]:
        backends.entities.delete(*erased)


def missed_email(key: Key) -> MissedEmail:
    """Return the email of a send record's key, with the task that would have sent it alone."""
    return MissedEmail(key=key, queue=MAIL_QUEUE, path=MAIL_PATH, body={"user": key[1], "period": key[3]})


def covered_until(last: Entity | None) -> datetime | None:
    """Return where the next email starts: at the end of this one, or at its start if it was not sent."""
    if last is None:
        return None
    moment: datetime | None = last.values.get("since" if state_of(last) == "failed" else "until")
    return moment


def is_abandoned(row: Entity, now: datetime) -> bool:
    """Tell whether no task will finish the email: the last attempt crashed, or Cloud Tasks gave it up."""
    limit = ABANDONED_AFTER.get(state_of(row))
    return limit is not None and now - row.values.get("taken", row.values["until"]) > limit


def give_up(backends: Backends, missed: MissedEmail, reason: str) -> None:
    """Fail an email that was certainly not sent, with a dead letter; any other becomes uncertain."""
    now = backends.clock.now()

    def work(transaction: Transaction) -> None:
        row, owner = transaction.get(missed.key, missed.key[:2])
        if _is_erased(owner):
            return
        state = state_of(row) if row else "unsent"
        if row and state == "sending":
            transaction.put(_changed(row, "uncertain", reason))
        elif state == "unsent":
            failed = _changed(row, "failed", reason) if row else _not_started(missed.key, reason, now)
            transaction.put(failed, _dead_letter(missed, reason, now))

    backends.entities.transact(work)


def _keys_of(records: Sequence[SendRecord]) -> list[Key]:
    """Return the key of each record and of its user."""
    return [key for record in records for key in (record.key, record.key[:2])]


def _settle(transaction: Transaction, results: Sequence[Result], rows: Sequence[Entity | None]) -> None:
    """`rows` holds for each result its row and its user.

    A row that was deleted together with its account is not created again, and one of another run is kept.
    """
    for result, row, owner in zip(results, rows[::2], rows[1::2], strict=False):
        is_own = row is not None and row.values["token"] == result.record.token
        is_refused_before_its_claim = row is None and result.missed is not None and not _is_erased(owner)
        if not (is_own or is_refused_before_its_claim):
            continue
        transaction.put(result.record.row(result.state, result.reason))
        if result.missed is not None:
            transaction.put(_dead_letter(result.missed, result.reason, result.record.taken))


def _claim(
    transaction: Transaction, record: SendRecord, row: Entity | None, owner: Entity | None
) -> State | None:
    if _is_erased(owner):
        return "failed"
    if row is None or row.values["state"] == "unsent" or row.values["token"] == record.token:
        transaction.put(record.row("sending"))
        return None
    if row.values["state"] == "sending":
        transaction.put(_changed(row, "uncertain", INTERRUPTED))
        return "uncertain"
    return state_of(row)


def _is_erased(owner: Entity | None) -> bool:
    """Tell whether the account was deleted: then no transaction creates a row."""
    return owner is not None and "erased" in owner.values


def state_of(row: Entity) -> State:
    state: State = row.values["state"]
    return state


def _changed(row: Entity, state: State, reason: str) -> Entity:
    return Entity(row.key, {**row.values, "state": state, "reason": reason}, INDEXED)


def _not_started(key: Key, reason: str, now: datetime) -> Entity:
    values = {"state": "failed", "reason": reason, "token": "", "taken": now, "until": now}
    return Entity(key, values, INDEXED)


def _dead_letter(missed: MissedEmail, reason: str, now: datetime) -> Entity:
    key = (*missed.key[:2], outbox.DEAD_LETTER, f"{missed.queue}-{missed.key[-1]}")
    values = {"queue": missed.queue, "path": missed.path, "reason": reason, "buried": now}
    return Entity(key, {**values, **missed.body})
