"""Everything of one person in a ZIP with the pictures: asked for, followed, fetched, and swept again."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from timeline import ids, outbox
from timeline.accounts.users import USER, user_key, user_of
from timeline.errors import NotFound
from timeline.interfaces import Backends, Entity, Key, Scan, Transaction
from timeline.photos.model import KIND as PHOTO

KIND = "Export"
LATEST = "latest"
"""One export per person: the next one takes the place of the last."""
QUEUE, PATH = "export", "/tasks/export/"
KEPT = timedelta(days=7)
LINK_SECONDS = 600
"""Long enough for a slow connection to begin; a download that has begun goes on."""
COUNTED_AT_ONCE = 1000
SWEPT_AT_ONCE = 20
FILES_AT_ONCE = 500
State = Literal["running", "ready", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """`done` of `total` photos are packed. `promise` names the task that does the next step.

    `position` is the key of the last photo packed, `offset` where the next piece begins, `pieces` the
    names of those there are; `file` is the whole archive once it is `ready`.
    """

    id: str
    user: str
    state: State
    asked: datetime
    expires: datetime
    promise: str
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
        return f"photo-timeline-{self.user}-{self.asked:%Y-%m-%d}.zip"


def request_export(backends: Backends, handle: str, trace: str = "") -> Export:
    """Begin one, unless one is being made. Raises NotFound for an erased account."""
    now = backends.clock.now()
    promised = outbox.new_entry(handle, _work(handle, ids.new_key(now), trace), now)
    wanted = Export(
        id=promised.work.body["export"],
        user=handle,
        state="running",
        asked=now,
        expires=now + KEPT,
        promise=promised.id,
        total=_count_photos(backends, handle),
    )
    export = backends.entities.transact(lambda transaction: _begin(transaction, wanted, promised))
    if export.id == wanted.id:
        outbox.deliver(backends, promised)
    return export


def latest_export(backends: Backends, handle: str) -> Export | None:
    """The one that is being made, or can be fetched; None where it has expired, or never was."""
    (row,) = backends.entities.get(key_of(handle))
    export = export_of(row) if row else None
    return export if export and export.expires > backends.clock.now() else None


def get_export(backends: Backends, handle: str) -> Export:
    """Raises NotFound where `latest_export` finds none."""
    export = latest_export(backends, handle)
    if export is None:
        raise NotFound
    return export


def download_link(backends: Backends, handle: str, export_id: str) -> str:
    """Raises NotFound for any export but the one that can be fetched."""
    export = get_export(backends, handle)
    link = link_to(backends, export) if export.id == export_id else None
    if link is None:
        raise NotFound
    return link


def link_to(backends: Backends, export: Export) -> str | None:
    """A link to Cloud Storage for the next minutes; hand it to its owner alone. None until it is ready."""
    is_ready = export.state == "ready"
    return backends.blobs.link(export.file, LINK_SECONDS, export.file_name) if is_ready else None


def next_promise(export: Export, now: datetime, trace: str) -> outbox.OutboxEntry:
    return outbox.new_entry(export.user, _work(export.user, export.id, trace), now)


def promise_of(export: Export, trace: str) -> outbox.OutboxEntry:
    """The promise that is open, to be delivered again: its name keeps it from becoming two tasks."""
    return outbox.OutboxEntry(
        id=export.promise, work=_work(export.user, export.id, trace), created=export.asked
    )


def step_within(transaction: Transaction, before: Export, after: Export) -> Export:
    """Go from one step to the next, unless another run of the same task already did: then give its result.

    Raises NotFound where the account was erased, or another export has begun.
    """
    owner, row = transaction.get(user_key(before.user), key_of(before.user))
    user_of(owner)
    current = export_of(row)
    if current.id != before.id:
        raise NotFound
    if current.promise != before.promise or current.state != "running":
        return current
    transaction.put(entity_of(after))
    transaction.delete(outbox.key_of(before.promise))
    return after


def expire(backends: Backends) -> int:
    """Erase a bounded number of exports that nobody may fetch any more; tell how many."""
    scan = Scan(kind=KIND, by="expires", below=backends.clock.now(), limit=SWEPT_AT_ONCE)
    return sum(_expire(backends, row) for row in backends.entities.scan(scan))


def erase_files(backends: Backends, export: Export) -> None:
    """All but the archive; older exports go with it. Younger ones, being made right now, come before it."""
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
    values = {name: getattr(export, name) for name in _STORED}
    values["pieces"] = json.dumps(export.pieces)
    return Entity(key_of(export.user), values, frozenset({"expires"}))


def export_of(row: Entity | None) -> Export:
    """Raises NotFound for a row that is not there."""
    if row is None:
        raise NotFound
    values = {name: row.values[name] for name in _STORED if name in row.values}
    values["pieces"] = tuple(json.loads(row.values["pieces"]))
    return Export(user=row.key[1], **values)


_STORED = (
    "id",
    "state",
    "asked",
    "expires",
    "promise",
    "total",
    "done",
    "position",
    "offset",
    "pieces",
    "file",
    "size",
)


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


def _begin(transaction: Transaction, wanted: Export, promised: outbox.OutboxEntry) -> Export:
    owner, row = transaction.get((USER, wanted.user), key_of(wanted.user))
    user_of(owner)
    current = export_of(row) if row else None
    if current and current.state == "running" and current.expires > wanted.asked:
        return current
    transaction.put(entity_of(wanted), outbox.entity_of(promised))
    return wanted


def _expire(backends: Backends, row: Entity) -> bool:
    """Files first, so that a row stays where the sweep is killed; a new export has a folder of its own."""
    expired = export_of(row)

    def work(transaction: Transaction) -> bool:
        (found,) = transaction.get(row.key)
        is_same = found is not None and export_of(found).id == expired.id
        if is_same:
            transaction.delete(row.key)
        return is_same

    erase_folder(backends, expired.user, expired.id)
    return backends.entities.transact(work)
