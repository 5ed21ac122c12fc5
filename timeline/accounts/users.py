"""Who someone is, what they may do, and what they want by mail."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Literal, cast
from zoneinfo import available_timezones

from timeline import captions, ids
from timeline.accounts import handles, sessions
from timeline.errors import Busy, InvalidAccount, NotFound, Unauthenticated
from timeline.interfaces import Backends, Entity, Key, Transaction

Summary = Literal["daily", "weekly", "off"]
SUMMARIES: tuple[Summary, ...] = ("daily", "weekly", "off")
USER = "User"
ACCOUNT = "Account"
MAX_DISPLAY_NAME = 80
MAX_EMAIL = 254
"""RFC 5321: a path of 256 characters, less its angle brackets."""
IS_MAIL_ADDRESS = re.compile(r"""[^@\s\x00-\x1f\x7f<>,;:"]+@[^@\s\x00-\x1f\x7f<>,;:"]+""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a verified ID token says, with its hash as `fingerprint`; or what a browser's `session` says."""

    issuer: str
    subject: str
    issued: datetime
    preferred_username: str = ""
    email: str = ""
    email_verified: bool = False
    name: str = ""
    fingerprint: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    handle: str
    display_name: str
    email: str
    summary: Summary
    timezone: str
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is signed in."""

    handle: str
    issuer: str
    subject: str
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanges:
    """What someone wants changed about their account; None leaves it as it is.

    `email` may only repeat what is there: forms and phones send back all they were given.
    """

    display_name: str | None = None
    email: str | None = None
    summary: str | None = None
    timezone: str | None = None


def identify(backends: Backends, claims: Claims) -> Caller:
    """Give the account that signs in with these claims, made on the first call: one read afterwards.

    A session makes no account. Raises Unauthenticated where it was ended, from here or from anywhere.
    """
    if claims.session:
        return _caller_of_session(backends, claims)
    (account,) = backends.entities.get(account_key(claims.issuer, claims.subject))
    if account is None or "erased" in account.values or _tells_another_address(account, claims):
        handle = sign_in(backends, claims).handle
    else:
        handle = account.values["handle"]
    return Caller(handle=handle, issuer=claims.issuer, subject=claims.subject, fingerprint=claims.fingerprint)


def sign_in(backends: Backends, claims: Claims) -> User:
    """Return the user of these claims, created on the first call with a unique handle.

    The mail address is the one the identity provider has verified, now or in a later token.
    """
    wanted = handles.handle_from(claims.preferred_username, claims.email.partition("@")[0])
    now = backends.clock.now()
    for handle in handles.candidates(wanted):
        user = _new_user(claims, handle, now)
        taken = backends.entities.transact(lambda transaction: _claim(transaction, claims, user))  # noqa: B023 - runs at once
        if taken is not None:
            return taken
    raise Busy


def get_user(backends: Backends, handle: str) -> User:
    return user_of(backends.entities.get(user_key(handle))[0])


def change_account(backends: Backends, handle: str, changes: AccountChanges) -> User:
    """Raises InvalidAccount for a summary, time zone or name that cannot be, and for another mail address."""
    checked = _checked(changes)
    return backends.entities.transact(lambda transaction: _change(transaction, handle, checked))


def user_key(handle: str) -> Key:
    """Raises NotFound where no such handle can exist."""
    if not ids.is_handle(handle):
        raise NotFound
    return (USER, handle)


def account_key(issuer: str, subject: str) -> Key:
    """Hashed, so that a key never outgrows Datastore's 1,500 bytes, and an erased account names nobody."""
    return (ACCOUNT, hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest())


def user_of(row: Entity | None) -> User:
    """Raises NotFound for a user who never was, or is erased."""
    if row is None or "erased" in row.values:
        raise NotFound
    return User(handle=row.key[1], **{name: row.values[name] for name in _USER_VALUES})


_USER_VALUES = ("display_name", "email", "summary", "timezone", "created")
_INDEXED = frozenset({"summary"})


def _caller_of_session(backends: Backends, claims: Claims) -> Caller:
    """One read for both: the account must still be this one, the session must still be there."""
    handle = claims.preferred_username
    keys = (account_key(claims.issuer, claims.subject), sessions.key_of(handle, claims.session))
    account, session = backends.entities.get(*keys)
    is_theirs = account is not None and account.values.get("handle") == handle
    if not is_theirs or not sessions.is_valid(session, backends.clock.now()):
        raise Unauthenticated(sessions.ENDED)
    return Caller(handle=handle, issuer=claims.issuer, subject=claims.subject)


def _entity_of(user: User) -> Entity:
    values = {name: getattr(user, name) for name in _USER_VALUES}
    return Entity((USER, user.handle), values, _INDEXED)


def _new_user(claims: Claims, handle: str, now: datetime) -> User:
    name = captions.one_line(claims.name)[:MAX_DISPLAY_NAME] or handle
    email = _verified_address(claims)
    return User(handle=handle, display_name=name, email=email, summary="off", timezone="UTC", created=now)


def _claim(transaction: Transaction, claims: Claims, user: User) -> User | None:
    """Take the handle for the account; None where someone else has it."""
    key = account_key(claims.issuer, claims.subject)
    account, owner = transaction.get(key, (USER, user.handle))
    if account is not None and "erased" not in account.values:
        return _known(transaction, account, claims)
    _refuse_old_tokens(account, claims)
    if owner is not None:
        return None
    account = Entity(key, {"handle": user.handle, "created": user.created})
    transaction.put(_entity_of(user), _with_address(account, claims))
    return user


def _known(transaction: Transaction, account: Entity, claims: Claims) -> User:
    (row,) = transaction.get((USER, account.values["handle"]))
    user = user_of(row)
    if not _tells_another_address(account, claims):
        return user
    user = replace(user, email=_verified_address(claims))
    changed = Entity((USER, user.handle), {**cast("Entity", row).values, "email": user.email}, _INDEXED)
    transaction.put(changed, _with_address(account, claims))
    return user


def _tells_another_address(account: Entity, claims: Claims) -> bool:
    """A token may leave the address out, and an older one may be shown after a newer one."""
    if not claims.email or _verified_address(claims) == account.values.get("email"):
        return False
    told: datetime | None = account.values.get("email_told")
    return told is None or claims.issued >= told


def _with_address(account: Entity, claims: Claims) -> Entity:
    """Repeated in the account, which every request reads anyway. Rows of older releases tell none yet."""
    told = {"email": _verified_address(claims), "email_told": claims.issued}
    return Entity(account.key, {**account.values, **told}, account.indexed)


def _verified_address(claims: Claims) -> str:
    is_theirs = claims.email_verified and _is_mail_address(claims.email)
    return claims.email if is_theirs else ""


def _refuse_old_tokens(account: Entity | None, claims: Claims) -> None:
    """A token from before the erasure must not bring the account back behind its owner's back."""
    if account is None:
        return
    erased: datetime = account.values["erased"]
    was_erasing = claims.fingerprint and claims.fingerprint == account.values["fingerprint"]
    if was_erasing or claims.issued < erased.replace(microsecond=0):
        raise Unauthenticated("This account was erased; sign in again to open a new one.")


def _checked(changes: AccountChanges) -> dict[str, Any]:
    wanted = {name: getattr(changes, name) for name in ("display_name", "email", "summary", "timezone")}
    given = {name: value for name, value in wanted.items() if value is not None}
    if "display_name" in given:
        given["display_name"] = _checked_name(given["display_name"])
    if given.get("summary", "off") not in SUMMARIES:
        raise InvalidAccount("summary must be daily, weekly or off.")
    if "timezone" in given and given["timezone"] not in _timezones():
        raise InvalidAccount("timezone must be a name like Europe/Vienna.")
    return given


def _checked_name(name: str) -> str:
    tidy = captions.one_line(name)
    if not 1 <= len(tidy) <= MAX_DISPLAY_NAME:
        raise InvalidAccount(f"display_name must have 1 to {MAX_DISPLAY_NAME} characters.")
    return tidy


def _is_mail_address(text: str) -> bool:
    """Enough to send to; whether it arrives, only sending tells."""
    return len(text) <= MAX_EMAIL and IS_MAIL_ADDRESS.fullmatch(text) is not None


@cache
def _timezones() -> frozenset[str]:
    """Not those that mean whatever the machine is set to."""
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def _change(transaction: Transaction, handle: str, given: dict[str, Any]) -> User:
    (row,) = transaction.get(user_key(handle))
    if given.get("email", user_of(row).email) != user_of(row).email:
        raise InvalidAccount("email comes from your identity provider; change it there and sign in again.")
    changed = Entity((USER, handle), {**cast("Entity", row).values, **given}, _INDEXED)
    transaction.put(changed)
    return user_of(changed)
