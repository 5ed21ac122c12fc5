"""Receipts of deleted accounts."""

from typing import Literal, Self

from flask import Blueprint
from msgspec import Struct

from api_backend.operations import Reply, operation
from api_backend.photos import Timestamp
from timeline.account_deletion.receipts import Receipt, Removed, get_receipt
from timeline.errors import NotFound
from timeline.serving import current_backends, public
from timeline.serving.http_values import format_timestamp

POLL_SECONDS = 5

account_deletion = Blueprint("account_deletion", __name__)


class RemovedView(Struct):
    """The number of rows or files of one kind; `size` is in bytes, 0 for rows."""

    what: str
    count: int
    size: int

    @classmethod
    def of(cls, removed: Removed) -> Self:
        return cls(what=removed.what, count=removed.count, size=removed.size)


class DeletionView(Struct):
    """The progress of a deletion: `erased` of `total` items; `removed` is empty until all are counted."""

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


@account_deletion.get("/<receipt_id>")
@public
@operation(errors=(NotFound,), headers=("Retry-After", "X-Robots-Tag"))
def read_deletion(receipt_id: str) -> Reply[DeletionView]:
    """Get the receipt of a deleted account: the progress, and what was deleted.

    It needs no sign-in, because the account no longer exists; the ID cannot be guessed. Receipts are kept
    for 30 days and contain no personal data.
    """
    receipt = get_receipt(current_backends(), receipt_id)
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    if receipt.finished is None:
        headers["Retry-After"] = str(POLL_SECONDS)
    return Reply(body=DeletionView.of(receipt), headers=headers)
