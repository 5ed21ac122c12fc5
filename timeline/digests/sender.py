"""Send emails one after the other, each claimed when the mail server is ready for its content."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

from timeline.digests import send_records
from timeline.digests.periods import Period
from timeline.digests.send_records import Result, SendRecord, State
from timeline.errors import Busy, MailRefused, MailUncertain, TimelineError, Unavailable
from timeline.interfaces import Backends, Entity

MOST_IN_VAIN = 3
"""After so many emails in a row that the mail server neither accepts nor refuses, the rest must wait."""
READ_AGAIN_AFTER = timedelta(seconds=10)
"""If the mail server is slow, users may have unsubscribed since their group was read."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An email to send, the record that claims it, and the state of an earlier attempt."""

    record: SendRecord
    message: EmailMessage
    earlier: State | None = None


class ClaimedBefore(Exception):
    """Another run has claimed the email, which now has this state."""

    def __init__(self, state: State) -> None:
        super().__init__(f"already {state}")
        self.state = state


class Sender:
    """`states` are those of all emails that were attempted. `finish` stores the last results."""

    def __init__(self, backends: Backends, period: Period) -> None:
        self.states: dict[str, State] = {}
        self._backends = backends
        self._period = period
        self._began = backends.clock.now()
        self._claimed: list[SendRecord] = []
        self._results: list[Result] = []
        self._in_vain = 0

    @property
    def is_accepted(self) -> bool:
        """Return False if the mail server does not respond."""
        return self._in_vain < MOST_IN_VAIN

    def send(self, draft: Draft) -> None:
        if not self._is_wanted(draft):
            return
        try:
            self._attempt(draft)
        except ClaimedBefore as error:
            log.warning("summary %s for %s is %s", self._period.name, draft.record.user, error)
            self.states[draft.record.user] = error.state
        except (Busy, MailUncertain, MailRefused, Unavailable) as error:
            log.warning("summary %s for %s: %s", self._period.name, draft.record.user, error)
            self._note(_failure(draft.record, error))
        else:
            self._note(Result(record=draft.record, state="sent"))

    def finish(self) -> None:
        send_records.settle(self._backends, self._results)
        send_records.delete_of_erased(self._backends, self._claimed)

    def _attempt(self, draft: Draft) -> None:
        """An email that may have been sent is not worth a connection."""
        if draft.earlier == "sending":
            self._claim(draft)
        self._backends.mail.send(draft.message, lambda: self._claim(draft))

    def _claim(self, draft: Draft) -> None:
        """Raises ClaimedBefore. Results that cannot be stored now are kept for the next claim."""
        state = send_records.claim(self._backends, draft.record, self._results, is_new=draft.earlier is None)
        self._results = []
        if state is not None:
            raise ClaimedBefore(state)
        self._claimed.append(draft.record)

    def _note(self, result: Result) -> None:
        self._results.append(result)
        self.states[result.record.user] = result.state
        self._in_vain = 0 if result.state in {"sent", "failed"} else self._in_vain + 1

    def _is_wanted(self, draft: Draft) -> bool:
        if self._backends.clock.now() - self._began < READ_AGAIN_AFTER:
            return True
        (row,) = self._backends.entities.get(draft.record.key[:2])
        return row is not None and is_subscribed(row, self._period)


def is_subscribed(row: Entity, period: Period) -> bool:
    is_user = "erased" not in row.values
    return is_user and bool(row.values["email"]) and row.values["summary"] == period.kind


def _failure(record: SendRecord, error: TimelineError) -> Result:
    if isinstance(error, MailRefused):
        missed = send_records.missed_email(record.key)
        return Result(record=record, state="failed", reason=str(error), missed=missed)
    state: State = "uncertain" if isinstance(error, MailUncertain) else "unsent"
    return Result(record=record, state=state, reason=str(error))
