"""Send records: a run claims each email before sending and stores the result, so none is sent twice."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from timeline import outbox
from timeline.interfaces import Backends, Entity, Key, Transaction

State = Literal["sending", "sent", "unsent", "uncertain", "failed"]
"""`unsent` is retried; `uncertain` may have been delivered and is never retried; `failed` was not sent."""

INDEXED = frozenset({"state", "until"})
ABANDONED_AFTER: dict[State, timedelta] = {"sending": timedelta(hours=1), "unsent": timedelta(days=1)}
"""Longer than one attempt may run, and longer than all attempts of a task take (queue.yaml)."""

INTERRUPTED = "Another run was interrupted while sending, or was sending at the same time."


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRecord:
    """The claim of one run, identified by `token`, to send one email about `since` to `until`."""

    key: Key
    token: str
    taken: datetime
    since: datetime
    until: datetime

    def claim(self, backends: Backends) -> State | None:
        """Return None if this run must send the email, or its state if it must not be sent."""
        return backends.entities.transact(self._claim_within)

    def settle(self, backends: Backends, state: State, reason: str = "") -> State:
        """Store the result. A row deleted together with its account is not created again."""

        def work(transaction: Transaction) -> None:
            if transaction.get(self.key)[0] is not None:
                transaction.put(self.row(state, reason))

        backends.entities.transact(work)
        return state

    def _claim_within(self, transaction: Transaction) -> State | None:
        row, owner = transaction.get(self.key, self.key[:2])
        if _is_erased(owner):
            return "failed"
        if row is None or row.values["state"] == "unsent" or row.values["token"] == self.token:
            transaction.put(self.row("sending"))
            return None
        if row.values["state"] == "sending":
            transaction.put(_changed(row, "uncertain", INTERRUPTED))
            return "uncertain"
        return state_of(row)

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


def _is_erased(owner: Entity | None) -> bool:
    """After its account was deleted, neither an email nor a row may be created."""
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
