"""Send the daily and weekly summary emails, each at most once."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from timeline import ids
from timeline.accounts import users
from timeline.accounts.users import AccountChanges, User
from timeline.digests import send_records
from timeline.digests.content import Content
from timeline.digests.emails import SummaryEmail, render
from timeline.digests.periods import Period, period_named, period_of
from timeline.digests.selection import Selection, select
from timeline.digests.send_records import MissedEmail, SendRecord, State
from timeline.errors import InvalidAccount, InvalidRequest, MailRefused, MailUncertain, NotFound, Unavailable
from timeline.interfaces import Backends, Key

KIND = "Summary"
MAIL_QUEUE, MAIL_PATH = "email", "/tasks/email/"
MAX_DELAY = timedelta(days=3)
"""Later emails are not sent. Much shorter than send records are kept, so none is sent twice."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """One summary for one user."""

    user: str
    period: Period
    until: datetime


def send_summary(backends: Backends, mailing: Mailing) -> State | None:
    """Send the email unless it was sent or may have been; None if there is nothing new or no subscription.

    Raises Unavailable when it was certainly not sent, so that the queue retries.
    """
    selection = _selection(backends, mailing)
    if selection is None or not selection.photos:
        return None
    try:
        message = render(_email(backends, mailing.period, selection))
    except InvalidAccount as error:
        return _refused(backends, mailing, error)
    return _send_once(backends, mailing, _record(backends, mailing, selection), message)


def preview(backends: Backends, handle: str) -> SummaryEmail:
    """Return the email that the user would receive now: daily unless they chose weekly. Raises NotFound.

    Without new photos it says so, and `is_worth_sending` is false.
    """
    now = backends.clock.now()
    (row,) = backends.entities.get(users.user_key(handle))
    reader = users.user_of(row)
    period = period_of("weekly" if reader.summary == "weekly" else "daily", now)
    records = backends.entities.get(key_of(handle, period), key_of(handle, period.previous))
    since = next(filter(None, map(send_records.covered_until, records)), period.default_start)
    return _email(backends, period, select(backends, reader, since, now))


def give_up(backends: Backends, user: str, period: Period, reason: str) -> None:
    """Mark the summary as failed or uncertain after the last attempt, and keep a dead letter."""
    body = {"user": user, "period": period.name}
    missed = MissedEmail(key=key_of(user, period), queue=MAIL_QUEUE, path=MAIL_PATH, body=body)
    send_records.give_up(backends, missed, reason)


def unsubscribe_token(backends: Backends, handle: str) -> str:
    """Return the token for the unsubscribe link: it never expires and can only stop the emails."""
    return str(_signer(backends).dumps(handle))


def unsubscriber(backends: Backends, token: str) -> str:
    """Return the handle that a token was made for. Raises NotFound for an invalid token."""
    try:
        handle = str(_signer(backends).loads(token))
    except BadSignature as error:
        raise NotFound from error
    if (
        unsubscribe_token(backends, handle) != token
    ):  # base64 has unused bits: other texts decode to the same bytes
        raise NotFound
    return handle


def unsubscribe(backends: Backends, token: str) -> User:
    """Turn the summaries off; safe to repeat. Raises NotFound."""
    return users.change_account(backends, unsubscriber(backends, token), AccountChanges(summary="off"))


def key_of(user: str, period: Period) -> Key:
    return (*users.user_key(user), KIND, period.name)


def mailing_of(body: dict[str, Any]) -> Mailing:
    """Parse the body of an email task. Raises InvalidRequest."""
    return Mailing(user=str(body.get("user")), period=period_in(body), until=until_in(body))


def period_in(body: dict[str, Any]) -> Period:
    return period_named(str(body.get("period")))


def until_in(body: dict[str, Any]) -> datetime:
    """Raises InvalidRequest for an invalid timestamp."""
    try:
        return datetime.fromisoformat(str(body.get("until"))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest("until must be an ISO 8601 timestamp.") from error


def _selection(backends: Backends, mailing: Mailing) -> Selection | None:
    """Return None if the user has unsubscribed; the previous email tells where this one starts."""
    last_key = key_of(mailing.user, mailing.period.previous)
    row, last = backends.entities.get(users.user_key(mailing.user), last_key)
    reader = users.user_of(row)
    is_late = backends.clock.now() - mailing.until > MAX_DELAY
    if is_late or not reader.email or reader.summary != mailing.period.kind:
        return None
    since = send_records.covered_until(last) or mailing.period.default_start
    return select(backends, reader, since, mailing.until)


def _email(backends: Backends, period: Period, selection: Selection) -> SummaryEmail:
    token = unsubscribe_token(backends, selection.reader.handle)
    content = Content(settings=backends.settings, selection=selection, period=period, token=token)
    return SummaryEmail(content=content)


def _record(backends: Backends, mailing: Mailing, selection: Selection) -> SendRecord:
    now = backends.clock.now()
    return SendRecord(
        key=key_of(mailing.user, mailing.period),
        token=ids.new_key(now),
        taken=now,
        since=selection.since,
        until=selection.until,
    )


def _send_once(backends: Backends, mailing: Mailing, record: SendRecord, message: EmailMessage) -> State:
    state = record.claim(backends)
    if state is not None:
        log.warning("summary %s for %s is %s already", mailing.period.name, mailing.user, state)
        return state
    try:
        backends.mail.send(message)
    except MailUncertain as error:
        log.warning("summary %s for %s: %s", mailing.period.name, mailing.user, error)
        return record.settle(backends, "uncertain", str(error))
    except (MailRefused, Unavailable) as error:
        record.settle(backends, "unsent", str(error))
        return _refused(backends, mailing, error)
    return record.settle(backends, "sent")


def _refused(
    backends: Backends, mailing: Mailing, error: InvalidAccount | MailRefused | Unavailable
) -> State:
    """Give up after a permanent refusal. Raises Unavailable after a temporary one: the queue retries."""
    log.warning("summary %s for %s: %s", mailing.period.name, mailing.user, error)
    if isinstance(error, Unavailable):
        raise error
    give_up(backends, mailing.user, mailing.period, str(error))
    return "failed"


def _signer(backends: Backends) -> URLSafeSerializer:
    return URLSafeSerializer(backends.settings.secret_key, salt="unsubscribe")
