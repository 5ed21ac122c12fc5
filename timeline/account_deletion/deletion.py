"""Delete an account: hide it at once, erase its data in a task, and document that in a receipt."""

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
FOLDERS = ("originals", "renditions", "exports", "uploads", "avatars")
ROWS_AT_ONCE = 400
"""Legacy Datastore allows 500 mutations in one commit."""
FILES_AT_ONCE = 100
"""One call each; the receipt's progress is updated after this many."""
COUNTED_AT_ONCE = 1000


def delete_account(backends: Backends, caller: Caller, trace: str = "") -> str:
    """Hide the account from everyone, and enqueue the task that erases its rows and files.

    Return the ID of the receipt.
    """
    now = backends.clock.now()
    receipt = receipts.new_receipt(now)
    body = {"user": caller.handle, "receipt": receipt.id}
    entry = outbox.new_entry(caller.handle, outbox.Work(queue=QUEUE, path=PATH, body=body, trace=trace), now)
    _invalidate_caches(backends, caller.handle)
    rows = (receipts.entity_of(receipt), outbox.entity_of(entry))
    backends.entities.transact(lambda transaction: _mark_deleted(transaction, caller, entry, rows))
    _invalidate_caches(backends, caller.handle)
    outbox.deliver(backends, entry)
    return receipt.id


def finish_deletion(backends: Backends, handle: str, outbox_id: str, receipt_id: str = "") -> None:
    """Erase everything of a user whose account is marked as deleted; safe to repeat and to run concurrently.

    Rows are deleted first: a concurrent rendition task finds no photo, and deletes the files it stored.
    """
    (row,) = backends.entities.get(user_key(handle))
    if row is None or "erased" not in row.values:
        return
    own_entry = outbox.key_of(outbox_id)
    if receipt_id:
        receipts.store_counts(backends, receipt_id, _inventory(backends, handle, own_entry))
    for erased in _erase_all(backends, handle, own_entry):
        if receipt_id:
            receipts.add_progress(backends, receipt_id, erased)
    _invalidate_caches(backends, handle)
    if receipt_id:
        receipts.finish(backends, receipt_id)
    outbox.finish(backends, outbox_id)


def _mark_deleted(
    transaction: Transaction, caller: Caller, entry: outbox.OutboxEntry, rows: Sequence[Entity]
) -> None:
    """Keep two rows without personal data, so that the handle is never used again."""
    row, committed = transaction.get(user_key(caller.handle), outbox.key_of(entry.id))
    if committed is not None:
        return
    user_of(row)
    erased = {"erased": entry.created, "fingerprint": caller.fingerprint}
    transaction.put(
        Entity((USER, caller.handle), {"erased": entry.created}),
        Entity(account_key(caller.issuer, caller.subject), erased),
        *rows,
    )


def _invalidate_caches(backends: Backends, handle: str) -> None:
    first_page_cache.invalidate(backends, handle)
    sessions.invalidate(backends, handle)


def _inventory(backends: Backends, handle: str, own_entry: Key) -> list[Removed]:
    """Count the account itself, the rows below it by kind, and its files by folder."""
    kinds = Counter(key[-2] for keys in _keys_below(backends, handle) for key in keys if key != own_entry)
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
    """Return the keys of all rows below the user, also of kinds that a later release adds."""
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


def _erase_all(backends: Backends, handle: str, own_entry: Key) -> Iterator[int]:
    """Yield the size of each erased batch. Open uploads are cancelled first."""
    yield from uploads.cancel_all(backends, handle)
    while keys := [
        key for key in _page(backends, handle, user_key(handle), ROWS_AT_ONCE + 1) if key != own_entry
    ]:
        backends.entities.delete(*keys[:ROWS_AT_ONCE])
        yield len(keys[:ROWS_AT_ONCE])
    for folder in FOLDERS:
        while files := backends.blobs.list(f"{folder}/{handle}/", FILES_AT_ONCE):
            backends.blobs.delete([file.name for file in files])
            yield len(files)
