"""Exports: a user's data and photos as a ZIP archive, from the request to the download and expiry."""

import json
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Literal

from timeline import ids, outbox
from timeline.accounts.users import USER, user_key, user_of
from timeline.errors import NotFound
from timeline.interfaces import Backends, Entity, Key, Scan, Transaction
from timeline.photos.model import KIND as PHOTO

KIND = "Export"
LATEST = "latest"
"""Each user has one export: a new one replaces the previous one."""
QUEUE, PATH = "export", "/tasks/export/"
KEPT = timedelta(days=7)
LINK_SECONDS = 600
"""Long enough for a slow connection to start the download, which may then take longer."""
COUNTED_AT_ONCE = 1000
BATCH = 20
FILES_AT_ONCE = 500
State = Literal["running", "ready", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """`done` of `total` photos are packed. `outbox_id` names the task of the next step.

    `position` is the key of the last packed photo, `offset` that of the next piece, `pieces` are the names
    of the stored pieces, and `file` is the name of the whole archive once it is `ready`.
    """

    id: str
    user: str
    state: State
    requested: datetime
    expires: datetime
    outbox_id: str
    total: int = 0
    done: int = 0
    position: str = ""
    offset: int = 0
    pieces: tuple[str, ...] = ()
    file: str = ""
    size: int = 0

    @property
    def folder(self) -> str:
        return f"exports/{self.user}/{self.id}/"

    @property
    def file_name(self) -> str:
        return f"photo-timeline-{self.user}-{self.requested:%Y-%m-%d}.zip"


def request_export(backends: Backends, handle: str, trace: str = "") -> Export:
    """Start an export, unless one is running. Raises NotFound for a deleted account.

    The task of a running one is created again if it is missing: the process of the first request may have
    died before it did so. Tasks with the same name exist once.
    """
    now = backends.clock.now()
    entry = outbox.new_entry(handle, _work(handle, ids.new_key(now), trace), now)
    new = Export(
        id=entry.work.body["export"],
        user=handle,
        state="running",
        requested=now,
        expires=now + KEPT,
        outbox_id=entry.id,
        total=_count_photos(backends, handle),
    )
    export = backends.entities.transact(lambda transaction: _begin(transaction, new, entry))
    if export.id == new.id:
        outbox.deliver(backends, entry)
    else:
        outbox.deliver_if_waiting(backends, export.outbox_id)
    return export


def latest_export(backends: Backends, handle: str) -> Export | None:
    """Return the running or finished export; None if there is none or it has expired."""
    (row,) = backends.entities.get(key_of(handle))
    export = export_of(row) if row else None
    return export if export and export.expires > backends.clock.now() else None


def get_export(backends: Backends, handle: str) -> Export:
    """Return the latest export. Raises NotFound if there is none."""
    export = latest_export(backends, handle)
    if export is None:
        raise NotFound
    return export


def download_link(backends: Backends, handle: str, export_id: str) -> str:
    """Raises NotFound for every export except the finished latest one."""
    export = get_export(backends, handle)
    link = link_to(backends, export) if export.id == export_id else None
    if link is None:
        raise NotFound
    return link


def link_to(backends: Backends, export: Export) -> str | None:
    """Return a temporary link to Cloud Storage, for the owner only; None until the export is ready."""
    is_ready = export.state == "ready"
    return backends.blobs.link(export.file, LINK_SECONDS, export.file_name) if is_ready else None


def next_entry(export: Export, now: datetime, trace: str) -> outbox.OutboxEntry:
    return outbox.new_entry(export.user, _work(export.user, export.id, trace), now)


def current_entry(export: Export, trace: str) -> outbox.OutboxEntry:
    """Return the current outbox entry; delivering it again creates no second task."""
    return outbox.OutboxEntry(
        id=export.outbox_id, work=_work(export.user, export.id, trace), created=export.requested
    )


def step_within(transaction: Transaction, before: Export, after: Export) -> Export:
    """Store the next step, unless another run of the same task already did: then return its result.

    Raises NotFound if the account was deleted or another export has started.
    """
    owner, row = transaction.get(user_key(before.user), key_of(before.user))
    user_of(owner)
    current = export_of(row)
    if current.id != before.id:
        raise NotFound
    if current.outbox_id != before.outbox_id or current.state != "running":
        return current
    transaction.put(entity_of(after))
    transaction.delete(outbox.key_of(before.outbox_id))
    return after


def expire(backends: Backends) -> int:
    """Erase a bounded number of expired exports and return their number."""
    scan = Scan(kind=KIND, by="expires", below=backends.clock.now(), limit=BATCH)
    return sum(_expire(backends, row) for row in backends.entities.scan(scan))


def erase_files(backends: Backends, export: Export) -> None:
    """Erase everything but the archive, also older exports. The names of newer ones sort before it."""
    everything, start = f"exports/{export.user}/", export.folder
    while found := [
        blob.name
        for blob in backends.blobs.list(everything, FILES_AT_ONCE, start)
        if blob.name != export.file
    ]:
        backends.blobs.delete(found)


def erase_folder(backends: Backends, handle: str, export_id: str) -> None:
    while found := backends.blobs.list(f"exports/{handle}/{export_id}/", FILES_AT_ONCE):
        backends.blobs.delete([blob.name for blob in found])


def key_of(handle: str) -> Key:
    return (*user_key(handle), KIND, LATEST)


def entity_of(export: Export) -> Entity:
    values = {stored: getattr(export, name) for name, stored in _PROPERTIES.items()}
    values["pieces"] = json.dumps(export.pieces)
    return Entity(key_of(export.user), values, frozenset({"expires"}))


def export_of(row: Entity | None) -> Export:
    """Raises NotFound for a missing row."""
    if row is None:
        raise NotFound
    values = {name: row.values[stored] for name, stored in _PROPERTIES.items() if stored in row.values}
    values["pieces"] = tuple(json.loads(row.values["pieces"]))
    return Export(user=row.key[1], **values)


_OLD_NAMES = {"requested": "asked", "outbox_id": "promise"}
"""Properties that keep the names of the first release: stored rows have them."""
_PROPERTIES = {
    field.name: _OLD_NAMES.get(field.name, field.name) for field in fields(Export) if field.name != "user"
}


def _work(handle: str, export_id: str, trace: str) -> outbox.Work:
    return outbox.Work(queue=QUEUE, path=PATH, body={"user": handle, "export": export_id}, trace=trace)


def _count_photos(backends: Backends, handle: str) -> int:
    count, after = 0, None
    while True:
        scan = Scan(kind=PHOTO, parent=user_key(handle), after=after, limit=COUNTED_AT_ONCE, keys_only=True)
        found = backends.entities.scan(scan)
        count += len(found)
        if len(found) < COUNTED_AT_ONCE:
            return count
        after = found[-1].key


def _begin(transaction: Transaction, new: Export, entry: outbox.OutboxEntry) -> Export:
    owner, row = transaction.get((USER, new.user), key_of(new.user))
    user_of(owner)
    current = export_of(row) if row else None
    if current and current.state == "running" and current.expires > new.requested:
        return current
    transaction.put(entity_of(new), outbox.entity_of(entry))
    return new


def _expire(backends: Backends, row: Entity) -> bool:
    """Erase files before the row, so that an interrupted sweep is repeated. New exports have own folders."""
    expired = export_of(row)

    def work(transaction: Transaction) -> bool:
        (found,) = transaction.get(row.key)
        is_same = found is not None and export_of(found).id == expired.id
        if is_same:
            transaction.delete(row.key)
        return is_same

    erase_folder(backends, expired.user, expired.id)
    return backends.entities.transact(work)
