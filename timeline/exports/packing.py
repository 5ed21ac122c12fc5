"""Pack an export in steps: each step packs photos into a piece, and the last step joins all pieces.

Each step is a task, which ends early if the instance is about to stop. It is committed together with the
outbox entry of the next, so that an interrupted export continues where it was. Every run uses new names for
its pieces, so leftovers of other runs are never used.
"""

import io
import json
import re
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from timeline import ids, outbox, shutdown
from timeline.accounts import users
from timeline.errors import NotFound
from timeline.exports import archives
from timeline.exports.archives import Export
from timeline.exports.zips import Member, central_directory, header, member
from timeline.interfaces import Backends, Scan, Transaction
from timeline.photos.avatars import read_avatar
from timeline.photos.model import KIND as PHOTO
from timeline.photos.model import Photo, original_name, photo_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLimits:
    """A step ends at the first limit that it reaches, and shows its progress.

    It holds `content` bytes and one more photo of up to 50 MB in memory.
    """

    content: int = 16 * 1024 * 1024
    photos: int = 250
    seconds: float = 10.0


JOINED_AT_ONCE = 32
"""Cloud Storage joins at most this many objects in one call."""
BATCH = 50
ARCHIVE, PIECE, NOTES = "application/zip", "application/octet-stream", "application/json"
WORDS_IN_A_NAME = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The task of one step of an export."""

    user: str
    export_id: str
    outbox_id: str
    trace: str = ""


@dataclass(slots=True)
class _Piece:
    """A piece of the archive in memory; `offset` is its position in the archive."""

    offset: int
    content: io.BytesIO = field(default_factory=io.BytesIO)
    members: list[Member] = field(default_factory=list)
    descriptions: list[dict[str, Any]] = field(default_factory=list)
    position: str = ""
    photos: int = 0

    def add(self, name: str, content: bytes, moment: datetime) -> None:
        new = member(name, content, moment, self.offset + self.content.tell())
        self.content.write(header(new))
        self.content.write(content)
        self.members.append(new)

    @property
    def size(self) -> int:
        return self.content.tell()


def take_step(backends: Backends, job: Job, limits: StepLimits = StepLimits()) -> Export | None:
    """Pack the next photos, or join the pieces; return None if the export is no longer needed.

    Safe to repeat and to run concurrently: only the first run of a step is stored.
    """
    try:
        export = _current_export(backends, job)
        if export.outbox_id != job.outbox_id or export.state != "running":
            return _finish_step(backends, export, job)
        piece = _pack(backends, export, limits)
        return _keep(backends, export, piece, job) if piece.photos else _join(backends, export, job)
    except NotFound:
        archives.erase_folder(backends, job.user, job.export_id)
        outbox.finish(backends, job.outbox_id)
        return None


def give_up(backends: Backends, job: Job, reason: str) -> None:
    """Mark the export as failed after the last attempt, and keep a dead letter."""
    now = backends.clock.now()

    def work(transaction: Transaction) -> None:
        outbox.move_to_dead_letters_within(transaction, job.outbox_id, reason, now)
        (row,) = transaction.get(archives.key_of(job.user))
        if row and row.values["promise"] == job.outbox_id and row.values["state"] == "running":
            transaction.put(archives.entity_of(replace(archives.export_of(row), state="failed")))

    backends.entities.transact(work)


def _current_export(backends: Backends, job: Job) -> Export:
    owner, row = backends.entities.get(users.user_key(job.user), archives.key_of(job.user))
    users.user_of(owner)
    export = archives.export_of(row)
    if export.id != job.export_id:
        raise NotFound
    return export


def _finish_step(backends: Backends, export: Export, job: Job) -> Export:
    """Repeat what follows the commit of a step, in case an earlier run was interrupted there."""
    if export.state == "running":
        outbox.deliver(backends, archives.current_entry(export, job.trace))
    elif export.state == "ready":
        archives.erase_files(backends, export)
    if export.outbox_id != job.outbox_id:
        outbox.finish(backends, job.outbox_id)
    return export


def _pack(backends: Backends, export: Export, limits: StepLimits) -> _Piece:
    """Leave out photos that are deleted while the piece is packed."""
    piece, until = _Piece(offset=export.offset), time.monotonic() + limits.seconds
    for photo in _photos_after(backends, export):
        piece.position, piece.photos = ids.split_id(photo.id)[0], piece.photos + 1
        with suppress(NotFound):
            content = backends.blobs.read(original_name(photo.id))
            name = name_of(photo)
            piece.add(name, content, photo.created)
            piece.descriptions.append(_description(backends, photo, name))
        is_full = piece.size >= limits.content or piece.photos >= limits.photos
        if is_full or time.monotonic() >= until or shutdown.is_requested():
            break
    return piece


def _photos_after(backends: Backends, export: Export) -> Iterator[Photo]:
    parent = users.user_key(export.user)
    after = (*parent, PHOTO, export.position) if export.position else None
    while rows := backends.entities.scan(Scan(kind=PHOTO, parent=parent, after=after, limit=BATCH)):
        yield from map(photo_of, rows)
        after = rows[-1].key


def name_of(photo: Photo) -> str:
    """Return a unique name of the time, the first words of the caption, and the key."""
    plain = unicodedata.normalize("NFKD", photo.caption).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:WORDS_IN_A_NAME].strip("-")
    parts = [f"{photo.created:%Y-%m-%d_%H-%M-%S}", words, ids.split_id(photo.id)[0]]
    return f"originals/{'_'.join(filter(None, parts))}.{photo.extension}"


def _description(backends: Backends, photo: Photo, name: str) -> dict[str, Any]:
    names = ("id", "caption", "status", "width", "height", "content_type")
    page = f"{backends.settings.public_url}/photo/{photo.id}/"
    values = {name: getattr(photo, name) for name in names}
    return {"file": name, "created": photo.created.isoformat(), **values, "page": page}


def _keep(backends: Backends, export: Export, piece: _Piece, job: Job) -> Export:
    now = backends.clock.now()
    entry = archives.next_entry(export, now, job.trace)
    after = replace(
        export,
        outbox_id=entry.id,
        position=piece.position,
        done=min(export.total, export.done + piece.photos),
        offset=export.offset + piece.size,
        pieces=(*export.pieces, _store(backends, export, piece)),
    )

    def work(transaction: Transaction) -> Export:
        reached = archives.step_within(transaction, export, after)
        if reached is after:
            transaction.put(outbox.entity_of(entry))
        return reached

    reached = backends.entities.transact(work)
    outbox.deliver(backends, archives.current_entry(reached, job.trace))
    return reached


def _store(backends: Backends, export: Export, piece: _Piece) -> str:
    """Store the description before the piece, so that every stored piece has one."""
    name = export.folder + ids.new_key(backends.clock.now())
    notes = {"members": [asdict(each) for each in piece.members], "photos": piece.descriptions}
    backends.blobs.add(f"{name}.json", json.dumps(notes).encode(), NOTES)
    piece.content.seek(0)
    backends.blobs.add(name, piece.content, PIECE)
    return name


def _join(backends: Backends, export: Export, job: Job) -> Export:
    name = export.folder + ids.new_key(backends.clock.now())
    try:
        size = _store_archive(backends, export, name)
    except NotFound:
        return _recover_from_missing_piece(backends, job)
    expires = backends.clock.now() + archives.KEPT
    ready = replace(export, state="ready", file=f"{name}.zip", size=size, done=export.total, expires=expires)
    reached = backends.entities.transact(lambda transaction: archives.step_within(transaction, export, ready))
    return _finish_step(backends, reached, job)


def _store_archive(backends: Backends, export: Export, name: str) -> int:
    """Store the archive and return its size."""
    last = _last_piece(backends, export)
    backends.blobs.add(f"{name}.end", last, PIECE)
    backends.blobs.join(
        f"{name}.zip", _join_in_groups(backends, [*export.pieces, f"{name}.end"], name), ARCHIVE
    )
    return export.offset + len(last)


def _recover_from_missing_piece(backends: Backends, job: Job) -> Export:
    """Give up the export if a piece is lost, but not if another run has joined and erased the pieces."""
    export = _current_export(backends, job)
    if export.outbox_id == job.outbox_id and export.state == "running":
        give_up(backends, job, "A piece of the export is missing.")
    return _finish_step(backends, _current_export(backends, job), job)


def _last_piece(backends: Backends, export: Export) -> bytes:
    """Return account.json, photos.json, the user's picture and the central directory of the archive."""
    notes = [json.loads(backends.blobs.read(f"{piece}.json")) for piece in export.pieces]
    piece = _Piece(offset=export.offset)
    user = users.get_user(backends, export.user)
    account = {**asdict(user), "created": user.created.isoformat(), "exported": export.requested.isoformat()}
    piece.add("account.json", _readable(account), export.requested)
    piece.add(
        "photos.json", _readable([photo for each in notes for photo in each["photos"]]), export.requested
    )
    if user.avatar:
        with suppress(NotFound):  # it is being replaced or removed
            piece.add("avatar.jpg", read_avatar(backends, user.handle, user.avatar), export.requested)
    packed = [Member(**each) for note in notes for each in note["members"]]
    return piece.content.getvalue() + central_directory([*packed, *piece.members], piece.offset + piece.size)


def _join_in_groups(backends: Backends, pieces: Sequence[str], name: str) -> list[str]:
    """Join groups of 32 pieces, repeatedly, until one call can join the rest."""
    level, left = 0, list(pieces)
    while len(left) > JOINED_AT_ONCE:
        level += 1
        groups = [left[start : start + JOINED_AT_ONCE] for start in range(0, len(left), JOINED_AT_ONCE)]
        for number, group in enumerate(groups):
            backends.blobs.join(f"{name}-{level}-{number:05}", group, PIECE)
        left = [f"{name}-{level}-{number:05}" for number in range(len(groups))]
    return left


def _readable(value: object) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"
