"""What became of an account that was deleted: a receipt for whoever holds its address."""

from typing import Literal, Self

from flask import Blueprint
from msgspec import Struct

from api_backend.operations import Reply, operation
from api_backend.photos import Timestamp
from timeline.account_deletion.receipts import Receipt, Removed, get_receipt
from timeline.errors import NotFound
from timeline.serving import current_backends, public
from timeline.serving.http_values import format_timestamp

LOOK_AGAIN_SECONDS = 5

deletions = Blueprint("deletions", __name__)


class RemovedView(Struct):
    """How many rows or files of one kind; `size` is in bytes, 0 for rows."""

    what: str
    count: int
    size: int

    @classmethod
    def of(cls, removed: Removed) -> Self:
        return cls(what=removed.what, count=removed.count, size=removed.size)


class DeletionView(Struct):
    """`removed` is empty until everything was counted; `erased` of `total` are gone. It names nobody."""

    id: str
    state: Literal["erasing", "erased"]
    asked: Timestamp
    finished: Timestamp | None
    expires: Timestamp
    erased: int
    total: int
    removed: list[RemovedView]

    @classmethod
    def of(cls, receipt: Receipt) -> Self:
        return cls(
            id=receipt.id,
            state="erased" if receipt.finished else "erasing",
            asked=format_timestamp(receipt.requested),
            finished=format_timestamp(receipt.finished) if receipt.finished else None,
            expires=format_timestamp(receipt.expires),
            erased=receipt.erased,
            total=receipt.total,
            removed=[RemovedView.of(each) for each in receipt.removed],
        )


@deletions.get("/<receipt_id>")
@public
@operation(refuses=(NotFound,), headers=("Retry-After", "X-Robots-Tag"))
def read_deletion(receipt_id: str) -> Reply[DeletionView]:
    """How far the deletion of an account is, and what it removed.

    Needs no sign-in, as the account is gone: the id, which cannot be guessed, is the key to it.
    It is kept for 30 days.
    """
    receipt = get_receipt(current_backends(), receipt_id)
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    if receipt.finished is None:
        headers["Retry-After"] = str(LOOK_AGAIN_SECONDS)
    return Reply(body=DeletionView.of(receipt), headers=headers)
