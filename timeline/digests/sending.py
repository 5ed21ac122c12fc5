"""The daily and weekly summary email: who gets one, and that it goes out at most once."""

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
from timeline.digests.send_records import Missed, SendRecord, State
from timeline.errors import InvalidAccount, InvalidRequest, MailRefused, MailUncertain, NotFound, Unavailable
from timeline.interfaces import Backends, Key

KIND = "Summary"
MAIL_QUEUE, MAIL_PATH = "email", "/tasks/email/"
TOO_LATE = timedelta(days=3)
"""News this old are none. Far less than a row is kept: no mail goes out twice because its row is gone."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """One summary for one person."""

    user: str
    period: Period
    until: datetime


def send_summary(backends: Backends, mailing: Mailing) -> State | None:
    """Send the mail unless it was, or may have been; None where nothing is to say, or nobody wants it.

    Raises Unavailable when it was not sent for sure: the queue tries again.
    """
    news = _news(backends, mailing)
    if news is None or not news.photos:
        return None
    try:
        letter = render(_letter(backends, mailing.period, news))
    except InvalidAccount as refusal:
        return _refused(backends, mailing, refusal)
    return _send_once(backends, mailing, _claim(backends, mailing, news), letter)


def preview(backends: Backends, handle: str) -> SummaryEmail:
    """Write the mail this person would get now: daily unless they want it weekly. Raises NotFound.

    With nothing new it says so, and `is_worth_sending` is false.
    """
    now = backends.clock.now()
    (row,) = backends.entities.get(users.user_key(handle))
    reader = users.user_of(row)
    period = period_of("weekly" if reader.summary == "weekly" else "daily", now)
    told = backends.entities.get(key_of(handle, period), key_of(handle, period.previous))
    since = next(filter(None, map(send_records.told_until, told)), period.opening)
    news = select(backends, reader, since, now)
    return _letter(backends, period, news)


def give_up(backends: Backends, user: str, period: Period, reason: str) -> None:
    """No attempt is left: say so in the summary's row, and keep a dead letter."""
    body = {"user": user, "period": period.name}
    missed = Missed(key=key_of(user, period), queue=MAIL_QUEUE, path=MAIL_PATH, body=body)
    send_records.give_up(backends, missed, reason)


def unsubscribe_token(backends: Backends, handle: str) -> str:
    """For the link in the mail: needs no session, never expires, and can do nothing but stop the mails."""
    return str(_signer(backends).dumps(handle))


def unsubscriber(backends: Backends, token: str) -> str:
    """Give the handle behind a token. Raises NotFound for one that was not made here."""
    try:
        handle = str(_signer(backends).loads(token))
    except BadSignature as error:
        raise NotFound from error
    if unsubscribe_token(backends, handle) != token:  # base64 has spare bits: other spellings decode to ours
        raise NotFound
    return handle


def unsubscribe(backends: Backends, token: str) -> User:
    """Stop the summaries; again does no harm. Raises NotFound."""
    return users.change_account(backends, unsubscriber(backends, token), AccountChanges(summary="off"))


def key_of(user: str, period: Period) -> Key:
    return (*users.user_key(user), KIND, period.name)


def mailing_of(body: dict[str, Any]) -> Mailing:
    """Read what a batch wrote into the task. Raises InvalidRequest."""
    return Mailing(user=str(body.get("user")), period=period_in(body), until=until_in(body))


def period_in(body: dict[str, Any]) -> Period:
    return period_named(str(body.get("period")))


def until_in(body: dict[str, Any]) -> datetime:
    """Raises InvalidRequest, where it is no moment."""
    try:
        return datetime.fromisoformat(str(body.get("until"))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest("until is not a moment.") from error


def _news(backends: Backends, mailing: Mailing) -> Selection | None:
    """Ask again whether they want it. Their last mail says where the news begin."""
    last_key = key_of(mailing.user, mailing.period.previous)
    row, last = backends.entities.get(users.user_key(mailing.user), last_key)
    reader = users.user_of(row)
    is_late = backends.clock.now() - mailing.until > TOO_LATE
    if is_late or not reader.email or reader.summary != mailing.period.kind:
        return None
    since = send_records.told_until(last) or mailing.period.opening
    return select(backends, reader, since, mailing.until)


def _letter(backends: Backends, period: Period, news: Selection) -> SummaryEmail:
    token = unsubscribe_token(backends, news.reader.handle)
    return SummaryEmail(story=Content(settings=backends.settings, news=news, period=period, token=token))


def _claim(backends: Backends, mailing: Mailing, news: Selection) -> SendRecord:
    now = backends.clock.now()
    return SendRecord(
        key=key_of(mailing.user, mailing.period),
        token=ids.new_key(now),
        taken=now,
        since=news.since,
        until=news.until,
    )


def _send_once(backends: Backends, mailing: Mailing, claim: SendRecord, letter: EmailMessage) -> State:
    standing = claim.take(backends)
    if standing is not None:
        log.warning("summary %s for %s is %s already", mailing.period.name, mailing.user, standing)
        return standing
    try:
        backends.mail.send(letter)
    except MailUncertain as refusal:
        log.warning("summary %s for %s: %s", mailing.period.name, mailing.user, refusal)
        return claim.settle(backends, "uncertain", str(refusal))
    except (MailRefused, Unavailable) as refusal:
        claim.settle(backends, "unsent", str(refusal))
        return _refused(backends, mailing, refusal)
    return claim.settle(backends, "sent")


def _refused(
    backends: Backends, mailing: Mailing, refusal: InvalidAccount | MailRefused | Unavailable
) -> State:
    """What is unavailable may be there at the next attempt; a no stays a no."""
    log.warning("summary %s for %s: %s", mailing.period.name, mailing.user, refusal)
    if isinstance(refusal, Unavailable):
        raise refusal
    give_up(backends, mailing.user, mailing.period, str(refusal))
    return "failed"


def _signer(backends: Backends) -> URLSafeSerializer:
    return URLSafeSerializer(backends.settings.secret_key, salt="unsubscribe")
