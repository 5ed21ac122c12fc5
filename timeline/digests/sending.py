"""Send the daily and weekly summary emails, each at most once."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from timeline import ids
from timeline.accounts import users
from timeline.accounts.users import AccountChanges, User
from timeline.digests import send_records
from timeline.digests.content import Content
from timeline.digests.emails import SummaryEmail, render
from timeline.digests.periods import STARTED_AT, Kind, Period, period_named, period_of
from timeline.digests.selection import Selection, find_candidates, select, select_for
from timeline.digests.send_records import SendRecord, State
from timeline.digests.sender import Draft, Sender, is_subscribed
from timeline.errors import InvalidAccount, InvalidRequest, NotFound, Unavailable
from timeline.interfaces import Backends, Key

KIND = "Summary"
MAX_USERS = 100
MAX_DELAY = timedelta(days=3)
"""Later emails are not sent. Much shorter than send records are kept, so none is sent twice."""

Start = tuple[User, datetime, State | None]
"""A subscriber, the start of their summary, and the state of an earlier attempt to send it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """The summaries of one period for some users."""

    users: Sequence[str]
    period: Period
    until: datetime


def send_summaries(backends: Backends, mailing: Mailing) -> dict[str, State]:
    """Send the emails unless they were sent or may have been; return the state of each.

    Users without new photos or without a subscription get none and have no state. Raises Unavailable if
    emails were certainly not sent, so that the queue retries.
    """
    states, drafts = _prepare(backends, mailing)
    sender = Sender(backends, mailing.period)
    while drafts and sender.is_accepted:
        sender.send(drafts.pop(0))
    sender.finish()
    states |= sender.states
    if drafts or "unsent" in states.values():
        raise Unavailable("The mail server could not accept all emails.")
    return states


def preview(
    backends: Backends, handle: str, day: date | None = None, kind: Kind | None = None
) -> SummaryEmail:
    """Return the email that the user would receive now, or would have received in the run of an earlier day.

    Its kind is the user's, daily if they have none. Without new photos the email says so, and
    `is_worth_sending` is false. Raises NotFound, and InvalidRequest for a day in the future or before 1970.
    """
    now = backends.clock.now()
    if day and not ids.EPOCH.date() <= day <= now.date():
        raise InvalidRequest(f"Choose a day from {ids.EPOCH.date()} up to today.")
    (row,) = backends.entities.get(users.user_key(handle))
    reader = users.user_of(row)
    kind = kind or ("weekly" if reader.summary == "weekly" else "daily")
    if day and day < now.date():
        period = period_of(kind, datetime.combine(day, STARTED_AT))
        run = min(now, datetime.combine(period.day, STARTED_AT))
        return _email(backends, period, select(backends, reader, period.default_start, run))
    period = period_of(kind, now)
    records = backends.entities.get(key_of(handle, period), key_of(handle, period.previous))
    since = next(filter(None, map(send_records.covered_until, records)), period.default_start)
    return _email(backends, period, select(backends, reader, since, now))


def give_up(backends: Backends, user: str, period: Period, reason: str) -> None:
    """Mark the summary as failed or uncertain after the last attempt, and keep a dead letter."""
    send_records.give_up(backends, send_records.missed_email(key_of(user, period)), reason)


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
    """Parse the body of an email task, for one `user` or several `users`. Raises InvalidRequest."""
    handles = body.get("users", [body.get("user")])
    if not isinstance(handles, list) or len(handles) > MAX_USERS:
        raise InvalidRequest(f"users must be a list of at most {MAX_USERS} handles.")
    return Mailing(users=[str(handle) for handle in handles], period=period_in(body), until=until_in(body))


def period_in(body: dict[str, Any]) -> Period:
    return period_named(str(body.get("period")))


def until_in(body: dict[str, Any]) -> datetime:
    """Raises InvalidRequest for an invalid timestamp."""
    try:
        return datetime.fromisoformat(str(body.get("until"))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest("until must be an ISO 8601 timestamp.") from error


def _prepare(backends: Backends, mailing: Mailing) -> tuple[dict[str, State], list[Draft]]:
    """Return the emails to send, and the states of those that need no attempt, in at most four calls."""
    if backends.clock.now() - mailing.until > MAX_DELAY:
        return {}, []
    states, starts = _read_users(backends, mailing)
    if not starts:
        return states, []
    candidates = find_candidates(backends, min(since for _, since, _ in starts), mailing.until)
    token, drafts = ids.new_key(backends.clock.now()), []
    for reader, since, earlier in starts:
        selection = select_for(backends, candidates, reader, since)
        if not selection.photos:
            continue
        try:
            message = render(_email(backends, mailing.period, selection))
        except InvalidAccount as error:
            log.warning("summary %s for %s: %s", mailing.period.name, reader.handle, error)
            give_up(backends, reader.handle, mailing.period, str(error))
            states[reader.handle] = "failed"
        else:
            record = _record(backends, mailing.period, selection, token)
            drafts.append(Draft(record=record, message=message, earlier=earlier))
    return states, drafts


def _read_users(backends: Backends, mailing: Mailing) -> tuple[dict[str, State], list[Start]]:
    """Return the states of finished emails, and the other subscribers."""
    states: dict[str, State] = {}
    starts: list[Start] = []
    periods = (mailing.period, mailing.period.previous)
    keys: list[Key] = []
    for handle in mailing.users:
        keys += [users.user_key(handle), *(key_of(handle, period) for period in periods)]
    rows = backends.entities.get(*keys)
    for row, current, previous in zip(rows[::3], rows[1::3], rows[2::3], strict=True):
        if current is not None and send_records.state_of(current) in send_records.FINISHED:
            states[current.key[1]] = send_records.state_of(current)
        elif row is not None and is_subscribed(row, mailing.period):
            since = send_records.covered_until(previous) or mailing.period.default_start
            earlier = None if current is None else send_records.state_of(current)
            starts.append((users.user_of(row), since, earlier))
    return states, starts


def _email(backends: Backends, period: Period, selection: Selection) -> SummaryEmail:
    token = unsubscribe_token(backends, selection.reader.handle)
    content = Content(settings=backends.settings, selection=selection, period=period, token=token)
    return SummaryEmail(content=content)


def _record(backends: Backends, period: Period, selection: Selection, token: str) -> SendRecord:
    return SendRecord(
        key=key_of(selection.reader.handle, period),
        token=token,
        taken=backends.clock.now(),
        since=selection.since,
        until=selection.until,
    )


def _signer(backends: Backends) -> URLSafeSerializer:
    return URLSafeSerializer(backends.settings.secret_key, salt="unsubscribe")
