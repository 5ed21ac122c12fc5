"""The account of the signed-in user."""

from typing import Annotated, Self

from flask import Blueprint, url_for
from msgspec import Meta, Struct, structs

from api_backend.operations import Reply, operation
from timeline.account_deletion.deletion import delete_account
from timeline.accounts.users import (
    MAX_BIO,
    MAX_DISPLAY_NAME,
    SUMMARIES,
    AccountChanges,
    Caller,
    Summary,
    User,
    change_account,
    get_user,
)
from timeline.errors import Busy, InvalidAccount
from timeline.serving import current_backends, signed_in
from timeline.serving.logs import current_trace

accounts = Blueprint("accounts", __name__)

ABOUT_DISPLAY_NAME = (
    f"1 to {MAX_DISPLAY_NAME} characters, after control characters and line breaks are removed."
)
ABOUT_BIO = f"At most {MAX_BIO} characters, shown on your page; an empty text removes it."
EMAIL_IS_READ_ONLY = (
    "Read-only: the address that your identity provider has verified. Send it unchanged, or leave it out."
)


class AccountView(Struct, omit_defaults=True):
    """Your account, without `bio` if it is empty. The email address is visible to you only."""

    user: str
    display_name: str
    email: str
    summary: Summary
    timezone: str
    bio: str = ""

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(
            user=user.handle,
            display_name=user.display_name,
            email=user.email,
            summary=user.summary,
            timezone=user.timezone,
            bio=user.bio,
        )


class AccountChange(Struct, forbid_unknown_fields=True):
    """The fields to change; others keep their values."""

    display_name: (
        Annotated[str, Meta(description=ABOUT_DISPLAY_NAME, extra_json_schema={"minLength": 1})] | None
    ) = None
    email: Annotated[str, Meta(description=EMAIL_IS_READ_ONLY)] | None = None
    summary: Annotated[str, Meta(extra_json_schema={"enum": list(SUMMARIES)})] | None = None
    timezone: Annotated[str, Meta(examples=["Europe/Vienna"])] | None = None
    bio: Annotated[str, Meta(description=ABOUT_BIO)] | None = None


@accounts.get("")
@signed_in
@operation(headers=("ETag",))
def read_account(caller: Caller) -> AccountView:
    """Get your account.

    Only you can see its email address, summary setting and time zone.
    """
    return AccountView.of(get_user(current_backends(), caller.handle))


@accounts.patch("")
@signed_in
@operation(errors=(InvalidAccount, Busy), headers=("ETag",))
def patch_account(caller: Caller, change: AccountChange) -> AccountView:
    """Change your account.

    Fields that you leave out, or send as null, keep their values.
    """
    changes = AccountChanges(**structs.asdict(change))
    return AccountView.of(change_account(current_backends(), caller.handle, changes))


@accounts.delete("")
@signed_in
@operation(202, errors=(Busy,), headers=("Location",))
def remove_account(caller: Caller) -> Reply[None]:
    """Delete your account and all its photos.

    They are hidden at once and erased by a background task. Location is the URL of the receipt, which shows
    the progress. Save it: it cannot be looked up later.
    """
    receipt_id = delete_account(current_backends(), caller, current_trace())
    return Reply(
        body=None, headers={"Location": url_for("account_deletion.read_deletion", receipt_id=receipt_id)}
    )
