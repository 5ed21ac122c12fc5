"""At most one mail: the right to send it is written down before it is sent, and how it ended after."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from timeline import outbox
from timeline.interfaces import Backends, Entity, Key, Transaction

State = Literal["sending", "sent", "unsent", "uncertain", "failed"]
"""`unsent` is tried again; `uncertain` may have arrived and never is; `failed` went out to nobody."""

INDEXED = frozenset({"state", "until"})
PATIENCE: dict[State, timedelta] = {"sending": timedelta(hours=1), "unsent": timedelta(days=1)}
"""Longer than one attempt may run, and than all attempts of a task take together (queue.yaml)."""

INTERRUPTED = "A run was interrupted while sending, or another one was at it."


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRecord:
    """The right to send one mail. `token` tells one run from another, the moments say what it tells of."""

    key: Key
    token: str
    taken: datetime
    since: datetime
    until: datetime

    def take(self, backends: Backends) -> State | None:
        """Give None where the mail is now ours to send, else how it stands: then it must not be sent."""
        return backends.entities.transact(self._take_within)

    def settle(self, backends: Backends, state: State, reason: str = "") -> State:
        """Write how it ended: this run alone knows. An account erased meanwhile gets no row back."""

        def work(transaction: Transaction) -> None:
            if transaction.get(self.key)[0] is not None:
                transaction.put(self.row(state, reason))

        backends.entities.transact(work)
        return state

    def _take_within(self, transaction: Transaction) -> State | None:
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
class Missed:
    """A mail nobody will try to send again, with the task it came from."""

    key: Key
    queue: str
    path: str
    body: dict[str, str] = field(default_factory=dict)


def told_until(last: Entity | None) -> datetime | None:
    """Where the news of the next mail begin: behind this one, or where it began if it went out to nobody."""
    if last is None:
        return None
    moment: datetime | None = last.values.get("since" if state_of(last) == "failed" else "until")
    return moment


def is_abandoned(row: Entity, now: datetime) -> bool:
    """No task comes back to it: the last one died with its process, or was given up while nobody looked."""
    patience = PATIENCE.get(state_of(row))
    return patience is not None and now - row.values.get("taken", row.values["until"]) > patience


def give_up(backends: Backends, missed: Missed, reason: str) -> None:
    """No attempt is left: what is not sent for sure fails with a dead letter, the rest stays uncertain."""
    now = backends.clock.now()

    def work(transaction: Transaction) -> None:
        row, owner = transaction.get(missed.key, missed.key[:2])
        if _is_erased(owner):
            return
        state = state_of(row) if row else "unsent"
        if row and state == "sending":
            transaction.put(_changed(row, "uncertain", reason))
        elif state == "unsent":
            failed = _changed(row, "failed", reason) if row else _never_begun(missed.key, reason, now)
            transaction.put(failed, _dead_letter(missed, reason, now))

    backends.entities.transact(work)


def _is_erased(owner: Entity | None) -> bool:
    """Its account may be erased between two looks: neither a mail nor a row may come after that."""
    return owner is not None and "erased" in owner.values


def state_of(row: Entity) -> State:
    state: State = row.values["state"]
    return state


def _changed(row: Entity, state: State, reason: str) -> Entity:
    return Entity(row.key, {**row.values, "state": state, "reason": reason}, INDEXED)


def _never_begun(key: Key, reason: str, now: datetime) -> Entity:
    values = {"state": "failed", "reason": reason, "token": "", "taken": now, "until": now}
    return Entity(key, values, INDEXED)


def _dead_letter(missed: Missed, reason: str, now: datetime) -> Entity:
    key = (*missed.key[:2], outbox.DEAD_LETTER, f"{missed.queue}-{missed.key[-1]}")
    values = {"queue": missed.queue, "path": missed.path, "reason": reason, "buried": now}
    return Entity(key, {**values, **missed.body})
