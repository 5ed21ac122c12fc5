"""The work behind an export: a step packs some photos into a piece, the last one joins all pieces.

Each step is a task of its own and is committed together with the promise of the next, so that a killed run
goes on where it was. Names of pieces are fresh in every run: what a lost run left behind is never mixed in.
"""

import io
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from timeline import ids, outbox
from timeline.accounts import users
from timeline.errors import NotFound
from timeline.exports import archives
from timeline.exports.archives import Export
from timeline.exports.zips import Member, ending, header, member
from timeline.interfaces import Backends, Scan, Transaction
from timeline.photos.model import KIND as PHOTO
from timeline.photos.model import Photo, original_name, photo_of

PIECE_BYTES = 16 * 1024 * 1024
"""With one more photo of 20 MB, what a step holds in memory."""
JOINED_AT_ONCE = 32
"""Cloud Storage joins no more objects in one call."""
LOOKED_AT_ONCE = 50
ARCHIVE, PIECE, NOTES = "application/zip", "application/octet-stream", "application/json"
WORDS_IN_A_NAME = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A promise to take the next step of an export."""

    user: str
    export_id: str
    outbox_id: str
    trace: str = ""


@dataclass(slots=True)
class _Pack:
    """A piece as it grows; `offset` is where it begins in the archive."""

    offset: int
    content: io.BytesIO = field(default_factory=io.BytesIO)
    members: list[Member] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    position: str = ""
    seen: int = 0

    def add(self, name: str, content: bytes, moment: datetime) -> None:
        new = member(name, content, moment, self.offset + self.content.tell())
        self.content.write(header(new))
        self.content.write(content)
        self.members.append(new)

    @property
    def size(self) -> int:
        return self.content.tell()


def take_step(backends: Backends, job: Job, piece_bytes: int = PIECE_BYTES) -> Export | None:
    """Pack the next photos, or join what is packed; None where nobody wants it any more.

    Safe to repeat and to run twice at a time: only the first run of a step is kept.
    """
    try:
        export = _wanted(backends, job)
        if export.promise != job.outbox_id or export.state != "running":
            return _go_on(backends, export, job)
        pack = _packed(backends, export, piece_bytes)
        return _keep(backends, export, pack, job) if pack.seen else _join(backends, export, job)
    except NotFound:
        archives.erase_folder(backends, job.user, job.export_id)
        outbox.finish(backends, job.outbox_id)
        return None


def give_up(backends: Backends, job: Job, reason: str) -> None:
    """The last attempt ended badly: the export says so, and a dead letter stays."""
    now = backends.clock.now()

    def work(transaction: Transaction) -> None:
        outbox.move_to_dead_letters_within(transaction, job.outbox_id, reason, now)
        (row,) = transaction.get(archives.key_of(job.user))
        if row and row.values["promise"] == job.outbox_id and row.values["state"] == "running":
            transaction.put(archives.entity_of(replace(archives.export_of(row), state="failed")))

    backends.entities.transact(work)


def _wanted(backends: Backends, job: Job) -> Export:
    owner, row = backends.entities.get(users.user_key(job.user), archives.key_of(job.user))
    users.user_of(owner)
    export = archives.export_of(row)
    if export.id != job.export_id:
        raise NotFound
    return export


def _go_on(backends: Backends, export: Export, job: Job) -> Export:
    """This step is done; the run that did it may have died before it created the next task."""
    if export.state == "running":
        outbox.deliver(backends, archives.promise_of(export, job.trace))
    elif export.state == "ready":
        archives.erase_files(backends, export)
    if export.promise != job.outbox_id:
        outbox.finish(backends, job.outbox_id)
    return export


def _packed(backends: Backends, export: Export, piece_bytes: int) -> _Pack:
    """A photo deleted since we looked is left out."""
    pack = _Pack(offset=export.offset)
    for photo in _photos_behind(backends, export):
        pack.position, pack.seen = ids.split_id(photo.id)[0], pack.seen + 1
        try:
            content = backends.blobs.read(original_name(photo.id))
        except NotFound:
            continue
        name = name_of(photo)
        pack.add(name, content, photo.created)
        pack.told.append(_told(backends, photo, name))
        if pack.size >= piece_bytes:
            break
    return pack


def _photos_behind(backends: Backends, export: Export) -> Iterator[Photo]:
    parent = users.user_key(export.user)
    after = (*parent, PHOTO, export.position) if export.position else None
    while rows := backends.entities.scan(Scan(kind=PHOTO, parent=parent, after=after, limit=LOOKED_AT_ONCE)):
        yield from map(photo_of, rows)
        after = rows[-1].key


def name_of(photo: Photo) -> str:
    """When it was posted, its first words, and its key, so that no two are alike."""
    plain = unicodedata.normalize("NFKD", photo.caption).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:WORDS_IN_A_NAME].strip("-")
    parts = [f"{photo.created:%Y-%m-%d_%H-%M-%S}", words, ids.split_id(photo.id)[0]]
    return f"originals/{'_'.join(filter(None, parts))}.{photo.extension}"


def _told(backends: Backends, photo: Photo, name: str) -> dict[str, Any]:
    kept = ("id", "caption", "status", "width", "height", "content_type")
    page = f"{backends.settings.public_url}/photo/{photo.id}/"
    facts = {fact: getattr(photo, fact) for fact in kept}
    return {"file": name, "created": photo.created.isoformat(), **facts, "page": page}


def _keep(backends: Backends, export: Export, pack: _Pack, job: Job) -> Export:
    now = backends.clock.now()
    promised = archives.next_promise(export, now, job.trace)
    after = replace(
        export,
        promise=promised.id,
        position=pack.position,
        done=min(export.total, export.done + pack.seen),
        offset=export.offset + pack.size,
        pieces=(*export.pieces, _store(backends, export, pack)),
    )

    def work(transaction: Transaction) -> Export:
        reached = archives.step_within(transaction, export, after)
        if reached is after:
            transaction.put(outbox.entity_of(promised))
        return reached

    reached = backends.entities.transact(work)
    outbox.deliver(backends, archives.promise_of(reached, job.trace))
    return reached


def _store(backends: Backends, export: Export, pack: _Pack) -> str:
    """The notes go first: a piece that is there can be told about."""
    name = export.folder + ids.new_key(backends.clock.now())
    notes = {"members": [asdict(each) for each in pack.members], "photos": pack.told}
    backends.blobs.add(f"{name}.json", json.dumps(notes).encode(), NOTES)
    pack.content.seek(0)
    backends.blobs.add(name, pack.content, PIECE)
    return name


def _join(backends: Backends, export: Export, job: Job) -> Export:
    name = export.folder + ids.new_key(backends.clock.now())
    try:
        size = _store_archive(backends, export, name)
    except NotFound:
        return _without_pieces(backends, job)
    expires = backends.clock.now() + archives.KEPT
    ready = replace(export, state="ready", file=f"{name}.zip", size=size, done=export.total, expires=expires)
    reached = backends.entities.transact(lambda transaction: archives.step_within(transaction, export, ready))
    return _go_on(backends, reached, job)


def _store_archive(backends: Backends, export: Export, name: str) -> int:
    """Give its size."""
    last = _last_piece(backends, export)
    backends.blobs.add(f"{name}.end", last, PIECE)
    backends.blobs.join(f"{name}.zip", _few(backends, [*export.pieces, f"{name}.end"], name), ARCHIVE)
    return export.offset + len(last)


def _without_pieces(backends: Backends, job: Job) -> Export:
    """Another run has joined and erased them; else they are lost, and so is the export."""
    export = _wanted(backends, job)
    if export.promise == job.outbox_id and export.state == "running":
        give_up(backends, job, "A piece of the export is gone.")
    return _go_on(backends, _wanted(backends, job), job)


def _last_piece(backends: Backends, export: Export) -> bytes:
    """The account, the photos in words, and the directory of all that is in the archive."""
    notes = [json.loads(backends.blobs.read(f"{piece}.json")) for piece in export.pieces]
    pack = _Pack(offset=export.offset)
    user = users.get_user(backends, export.user)
    account = {**asdict(user), "created": user.created.isoformat(), "exported": export.asked.isoformat()}
    pack.add("account.json", _readable(account), export.asked)
    pack.add("photos.json", _readable([told for each in notes for told in each["photos"]]), export.asked)
    packed = [Member(**each) for note in notes for each in note["members"]]
    return pack.content.getvalue() + ending([*packed, *pack.members], pack.offset + pack.size)


def _few(backends: Backends, pieces: Sequence[str], name: str) -> list[str]:
    """Join until one call can join the rest: 32 at a time, and 32 of those."""
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
