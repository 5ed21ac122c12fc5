"""Users and their accounts: identify callers, create users, and change account settings."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache
from typing import Any, Literal, cast
from zoneinfo import available_timezones

from timeline import captions, first_page_cache, ids
from timeline.accounts import handles, sessions
from timeline.errors import Busy, InvalidAccount, NotFound, Unauthenticated
from timeline.interfaces import Backends, Entity, Key, Transaction

Summary = Literal["daily", "weekly", "off"]
SUMMARIES: tuple[Summary, ...] = ("daily", "weekly", "off")
USER = "User"
ACCOUNT = "Account"
MAX_DISPLAY_NAME = 80
MAX_BIO = 160
"""Two lines on a phone."""
MAX_EMAIL = 254
"""RFC 5321: a path of 256 characters, less its angle brackets."""
IS_MAIL_ADDRESS = re.compile(r"""[^@\s\x00-\x1f\x7f<>,;:"]+@[^@\s\x00-\x1f\x7f<>,;:"]+""")
ACCOUNT_DELETED = "This account was deleted. Sign in again to create a new one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The claims of a verified ID token, whose hash is `fingerprint`, or those of a browser `session`."""

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
    """`avatar` is the file name of an uploaded picture, empty if there is none."""

    handle: str
    display_name: str
    email: str
    summary: Summary
    timezone: str
    created: datetime
    bio: str = ""
    avatar: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A signed-in user."""

    handle: str
    issuer: str
    subject: str
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanges:
    """Changes to an account; None keeps the current value.

    `email` may only repeat the current address: forms and phones send all fields back.
    """

    display_name: str | None = None
    email: str | None = None
    summary: str | None = None
    timezone: str | None = None
    bio: str | None = None


def keys_of(claims: Claims) -> tuple[Key, ...]:
    """Return the keys of the rows that `identify` reads. Raises NotFound for a malformed session."""
    account = account_key(claims.issuer, claims.subject)
    session = [sessions.key_of(claims.preferred_username, claims.session)] if claims.session else []
    return (account, *session)


def identify(backends: Backends, claims: Claims, rows: Sequence[Entity | None] | None = None) -> Caller:
    """Return the account of these claims, created on the first call; later calls take one read.

    `rows` are those of `keys_of`, if they were already read. A browser session creates no account. Raises
    Unauthenticated for a session that has ended.
    """
    rows = rows or backends.entities.get(*keys_of(claims))
    if claims.session:
        return _caller_of_session(backends, claims, rows)
    (account,) = rows
    _refuse_old_tokens(account, claims)
    if account is None or is_changed_by(claims, account):
        handle = sign_in(backends, claims).handle
    else:
        handle = account.values["handle"]
    return Caller(handle=handle, issuer=claims.issuer, subject=claims.subject, fingerprint=claims.fingerprint)


def is_changed_by(claims: Claims, account: Entity | None) -> bool:
    """Tell whether `identify` writes before it returns: the account is new or has a new address."""
    return account is None or "erased" in account.values or _has_newer_address(account, claims)


def sign_in(backends: Backends, claims: Claims) -> User:
    """Return the user of these claims, created on the first call with a unique handle.

    The email address is the one that the identity provider has verified, in this or a later token.
    """
    preferred = handles.handle_from(claims.preferred_username, claims.email.partition("@")[0])
    now = backends.clock.now()
    for handle in handles.candidates(preferred):
        user = _new_user(claims, handle, now)
        taken = backends.entities.transact(lambda transaction: _claim(transaction, claims, user))  # noqa: B023 - runs at once
        if taken is not None:
            return taken
    raise Busy


def get_user(backends: Backends, handle: str) -> User:
    return user_of(backends.entities.get(user_key(handle))[0])


def change_account(backends: Backends, handle: str, changes: AccountChanges) -> User:
    """Raises InvalidAccount for an invalid summary, time zone or name, and for another email address.

    Cached first pages have display names, so a change of the name invalidates them.
    """
    (_, handle), checked = user_key(handle), _checked(changes)
    if "display_name" not in checked:
        return backends.entities.transact(lambda transaction: _change(transaction, handle, checked))
    first_page_cache.invalidate(backends, handle)
    user = backends.entities.transact(lambda transaction: _change(transaction, handle, checked))
    first_page_cache.invalidate(backends, handle)
    return user


def user_key(handle: str) -> Key:
    """Raises NotFound for a malformed handle."""
    if not ids.is_handle(handle):
        raise NotFound
    return (USER, handle)


def account_key(issuer: str, subject: str) -> Key:
    """Hash issuer and subject: keys have at most 1,500 bytes, and deleted accounts identify nobody."""
    return (ACCOUNT, hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest())


def user_of(row: Entity | None) -> User:
    """Raises NotFound for a missing user, and for one whose account was deleted."""
    if row is None or "erased" in row.values:
        raise NotFound
    return User(handle=row.key[1], **{name: row.values[name] for name in _USER_VALUES if name in row.values})


_USER_VALUES = ("display_name", "email", "summary", "timezone", "created", "bio", "avatar")
"""Rows of earlier releases have no `bio` and no `avatar`."""
_INDEXED = frozenset({"summary"})


def _caller_of_session(backends: Backends, claims: Claims, rows: Sequence[Entity | None]) -> Caller:
    """Account and session must both still exist and belong to each other."""
    handle = claims.preferred_username
    account, session = rows
    is_theirs = account is not None and account.values.get("handle") == handle
    if not is_theirs or not sessions.is_valid(session, backends.clock.now()):
        raise Unauthenticated(sessions.ENDED)
    return Caller(handle=handle, issuer=claims.issuer, subject=claims.subject)


def _entity_of(user: User) -> Entity:
    values = {name: getattr(user, name) for name in _USER_VALUES}
    return Entity((USER, user.handle), values, _INDEXED)


def _new_user(claims: Claims, handle: str, now: datetime) -> User:
    name = captions.shorten(captions.one_line(claims.name), MAX_DISPLAY_NAME) or handle
    email = _verified_address(claims)
    return User(handle=handle, display_name=name, email=email, summary="off", timezone="UTC", created=now)


def _claim(transaction: Transaction, claims: Claims, user: User) -> User | None:
    """Claim the handle for the account; None if another user has it."""
    key = account_key(claims.issuer, claims.subject)
    account, owner = transaction.get(key, (USER, user.handle))
    _refuse_old_tokens(account, claims)
    if account is not None and "erased" not in account.values:
        return _known(transaction, account, claims)
    if owner is not None:
        return None
    account = Entity(key, {"handle": user.handle, "created": user.created, **_last_deletion(account)})
    transaction.put(_entity_of(user), _with_address(account, claims))
    return user


def _known(transaction: Transaction, account: Entity, claims: Claims) -> User:
    (row,) = transaction.get((USER, account.values["handle"]))
    user = user_of(row)
    if not _has_newer_address(account, claims):
        return user
    user = replace(user, email=_verified_address(claims))
    changed = Entity((USER, user.handle), {**cast("Entity", row).values, "email": user.email}, _INDEXED)
    transaction.put(changed, _with_address(account, claims))
    return user


def _has_newer_address(account: Entity, claims: Claims) -> bool:
    """Tell whether the token has a newer address: it may have none, or be older than the last token."""
    if not claims.email or _verified_address(claims) == account.values.get("email"):
        return False
    updated: datetime | None = account.values.get("email_told")
    return updated is None or claims.issued >= updated


def _with_address(account: Entity, claims: Claims) -> Entity:
    """Copy the address to the account, which every request reads. Rows of older releases have none."""
    email = {"email": _verified_address(claims), "email_told": claims.issued}
    return Entity(account.key, {**account.values, **email}, account.indexed)


def _verified_address(claims: Claims) -> str:
    is_theirs = claims.email_verified and _is_mail_address(claims.email)
    return claims.email if is_theirs else ""


def _refuse_old_tokens(account: Entity | None, claims: Claims) -> None:
    """A token issued before the last deletion must not create the account again, or use the next one."""
    deletion = _last_deletion(account)
    if not deletion:
        return
    erased: datetime = deletion["last_deletion"]
    is_deleting_token = claims.fingerprint and claims.fingerprint == deletion["fingerprint"]
    if is_deleting_token or claims.issued < erased.replace(microsecond=0):
        raise Unauthenticated(ACCOUNT_DELETED)


def _last_deletion(account: Entity | None) -> dict[str, Any]:
    """Return the time of the last deletion and the token that asked for it; empty if there was none."""
    values = account.values if account is not None else {}
    erased = values.get("erased") or values.get("last_deletion")
    return {"last_deletion": erased, "fingerprint": values["fingerprint"]} if erased else {}


def _checked(changes: AccountChanges) -> dict[str, Any]:
    values = {field.name: getattr(changes, field.name) for field in fields(changes)}
    changed = {name: value for name, value in values.items() if value is not None}
    if "display_name" in changed:
        changed["display_name"] = _checked_name(changed["display_name"])
    if "bio" in changed:
        changed["bio"] = _checked_bio(changed["bio"])
    if changed.get("summary", "off") not in SUMMARIES:
        raise InvalidAccount("summary must be daily, weekly or off.")
    if "timezone" in changed and changed["timezone"] not in timezones():
        raise InvalidAccount("timezone must be a time zone name such as Europe/Vienna.")
    return changed


def _checked_name(name: str) -> str:
    line = captions.one_line(name)
    if not 1 <= len(line) <= MAX_DISPLAY_NAME:
        raise InvalidAccount(f"display_name must have 1 to {MAX_DISPLAY_NAME} characters.")
    return line


def _checked_bio(bio: str) -> str:
    line = captions.one_line(bio)
    if len(line) > MAX_BIO:
        raise InvalidAccount(f"bio must have at most {MAX_BIO} characters.")
    return line


def _is_mail_address(text: str) -> bool:
    """Check the form of an address, not whether it exists."""
    return len(text) <= MAX_EMAIL and IS_MAIL_ADDRESS.fullmatch(text) is not None


@cache
def timezones() -> frozenset[str]:
    """Return all zones except those that depend on the machine."""
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def _change(transaction: Transaction, handle: str, changes: dict[str, Any]) -> User:
    (row,) = transaction.get(user_key(handle))
    if changes.get("email", user_of(row).email) != user_of(row).email:
        raise InvalidAccount("email comes from your identity provider. Change it there, then sign in again.")
    changed = Entity((USER, handle), {**cast("Entity", row).values, **changes}, _INDEXED)
    transaction.put(changed)
    return user_of(changed)
