"""Erasing an account: hidden for everyone at once, erased by a task, accounted for by a receipt."""

from collections import Counter
from collections.abc import Iterator, Sequence

from timeline import first_page_cache, outbox
from timeline.account_deletion import receipts
from timeline.account_deletion.receipts import Removed
from timeline.accounts import sessions
from timeline.accounts.users import USER, Caller, account_key, user_key, user_of
from timeline.interfaces import Backends, Blob, Entity, Key, Scan, Transaction
from timeline.photos import uploads

QUEUE = "erase"
PATH = "/tasks/erase/"
FOLDERS = ("originals", "renditions", "exports", "uploads")
ROWS_AT_ONCE = 400
"""Google allowed 500 mutations in one commit."""
FILES_AT_ONCE = 100
"""One call each: the receipt tells of progress after so many."""
COUNTED_AT_ONCE = 1000


def delete_account(backends: Backends, caller: Caller, trace: str = "") -> str:
    """Gone for everyone from this moment; the task that follows erases rows and bytes.

    Give the id of the receipt: all that is left for the person who was.
    """
    now = backends.clock.now()
    receipt = receipts.new_receipt(now)
    body = {"user": caller.handle, "receipt": receipt.id}
    promised = outbox.new_entry(
        caller.handle, outbox.Work(queue=QUEUE, path=PATH, body=body, trace=trace), now
    )
    _forget_cached(backends, caller.handle)
    rows = (receipts.entity_of(receipt), outbox.entity_of(promised))
    backends.entities.transact(lambda transaction: _mark_erased(transaction, caller, promised, rows))
    _forget_cached(backends, caller.handle)
    outbox.deliver(backends, promised)
    return receipt.id


def finish_deletion(backends: Backends, handle: str, outbox_id: str, receipt_id: str = "") -> None:
    """Erase everything below a user marked as erased; safe to repeat, and to run twice at a time.

    Rows go first: a task that makes renditions meanwhile finds no photo, and takes back what it stored.
    """
    (row,) = backends.entities.get(user_key(handle))
    if row is None or "erased" not in row.values:
        return
    spare = outbox.key_of(outbox_id)
    if receipt_id:
        receipts.keep_count(backends, receipt_id, _inventory(backends, handle, spare))
    for erased in _erase_all(backends, handle, spare):
        if receipt_id:
            receipts.keep_progress(backends, receipt_id, erased)
    _forget_cached(backends, handle)
    if receipt_id:
        receipts.finish(backends, receipt_id)
    outbox.finish(backends, outbox_id)


def _mark_erased(
    transaction: Transaction, caller: Caller, promised: outbox.OutboxEntry, rows: Sequence[Entity]
) -> None:
    """What stays are two rows without a person in them: the handle is never given to anybody else."""
    row, ours = transaction.get(user_key(caller.handle), outbox.key_of(promised.id))
    if ours is not None:
        return
    user_of(row)
    erased = {"erased": promised.created, "fingerprint": caller.fingerprint}
    transaction.put(
        Entity((USER, caller.handle), {"erased": promised.created}),
        Entity(account_key(caller.issuer, caller.subject), erased),
        *rows,
    )


def _forget_cached(backends: Backends, handle: str) -> None:
    first_page_cache.invalidate(backends, handle)
    sessions.invalidate(backends, handle)


def _inventory(backends: Backends, handle: str, spare: Key) -> list[Removed]:
    """The account itself, the rows below it by kind, and its files by folder."""
    kinds = Counter(key[-2] for keys in _keys_below(backends, handle) for key in keys if key != spare)
    rows = [Removed(what=kind, count=count) for kind, count in sorted(kinds.items())]
    files = [_counted(backends, folder, handle) for folder in FOLDERS]
    return [Removed(what=USER, count=1), *rows, *(each for each in files if each.count)]


def _keys_below(backends: Backends, handle: str) -> Iterator[list[Key]]:
    after: Key | None = user_key(handle)
    while after is not None:
        found = _page(backends, handle, after, COUNTED_AT_ONCE)
        yield found
        after = found[-1] if len(found) == COUNTED_AT_ONCE else None


def _page(backends: Backends, handle: str, after: Key, limit: int) -> list[Key]:
    """Everything below the user, of whatever kind, also of kinds that a later release adds."""
    scan = Scan(kind="", parent=user_key(handle), after=after, limit=limit, keys_only=True)
    return [row.key for row in backends.entities.scan(scan)]


def _counted(backends: Backends, folder: str, handle: str) -> Removed:
    sizes = [blob.size for blob in _files_below(backends, f"{folder}/{handle}/")]
    return Removed(what=folder, count=len(sizes), size=sum(sizes))


def _files_below(backends: Backends, prefix: str) -> Iterator[Blob]:
    start, is_first = "", True
    while found := backends.blobs.list(prefix, COUNTED_AT_ONCE, start):
        yield from found if is_first else found[1:]
        if len(found) < COUNTED_AT_ONCE:
            return
        start, is_first = found[-1].name, False


def _erase_all(backends: Backends, handle: str, spare: Key) -> Iterator[int]:
    """Tell after each batch how many it was. A phone that is still sending is stopped first."""
    yield from uploads.cancel_all(backends, handle)
    while keys := [
        key for key in _page(backends, handle, user_key(handle), ROWS_AT_ONCE + 1) if key != spare
    ]:
        backends.entities.delete(*keys[:ROWS_AT_ONCE])
        yield len(keys[:ROWS_AT_ONCE])
    for folder in FOLDERS:
        while files := backends.blobs.list(f"{folder}/{handle}/", FILES_AT_ONCE):
            backends.blobs.delete([file.name for file in files])
            yield len(files)
