"""Uploaded pictures of users: checked like photos, decoded in the sandbox, shown as one small JPEG."""

import logging
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, cast

from timeline import ids, outbox
from timeline.accounts.users import get_user, user_key, user_of
from timeline.errors import ImageTooLarge, NotFound
from timeline.interfaces import Backends, Entity, Transaction
from timeline.photos.create import MAX_BYTES
from timeline.photos.renditions import BAD_PICTURE
from timeline.pictures import decoder_sandbox, header

QUEUE, PATH = "renditions", "/tasks/renditions/avatar/"
SIZE = "small"
MAX_FILES = 100
"""Each change erases the files of earlier ones, so that there are only a few."""
IS_FILE_NAME = re.compile(r"picture-[0-9a-f]{8,64}\.jpg")
SOURCE = "avatar_source"
"""The property with the key of the latest upload or removal: an older task must not replace it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The task that renders one uploaded picture; `key` names its original."""

    user: str
    key: str
    outbox_id: str

    @property
    def original(self) -> str:
        return f"{folder_of(self.user)}{self.key}"


def set_avatar(backends: Backends, handle: str, image: BinaryIO, trace: str = "") -> None:
    """Store the picture and enqueue its rendering; the user has it a moment later.

    Raises the same errors as a post of a photo, before anything is written.
    """
    content = image.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ImageTooLarge
    picture = header.inspect_header(content)
    now = backends.clock.now()
    key = ids.new_key(now)
    work = outbox.Work(queue=QUEUE, path=PATH, body={"user": handle, "key": key}, trace=trace)
    entry = outbox.new_entry(handle, work, now)
    backends.blobs.add(f"{folder_of(handle)}{key}", content, picture.content_type)

    def commit(transaction: Transaction) -> None:
        (row,) = transaction.get(user_key(handle))
        transaction.put(_changed(row, key), outbox.entity_of(entry))

    backends.entities.transact(commit)
    outbox.deliver(backends, entry)


def remove_avatar(backends: Backends, handle: str) -> None:
    """Show the first letter of the name again. The file is erased; safe to repeat."""
    key, files = ids.new_key(backends.clock.now()), _files(backends, handle)

    def commit(transaction: Transaction) -> None:
        (row,) = transaction.get(user_key(handle))
        transaction.put(_changed(row, key, avatar=""))

    backends.entities.transact(commit)
    _erase(backends, handle, _until(files, key))


def read_avatar(backends: Backends, handle: str, file_name: str) -> bytes:
    """Raises NotFound, also for the picture of a deleted account."""
    if not IS_FILE_NAME.fullmatch(file_name) or get_user(backends, handle).avatar != file_name:
        raise NotFound
    return backends.blobs.read(f"{folder_of(handle)}{file_name}")


def make_avatar(backends: Backends, job: Job) -> str:
    """Render the uploaded picture; return the file name that the user now has, empty if there is none.

    Safe to repeat and to run concurrently: the latest upload wins, and erases the files of earlier ones. The
    files are listed before the commit, so that those of a later upload are not among them.
    """
    earlier, file_name, current = _files(backends, job.user), "", ""
    try:
        file_name = _render(backends, job)
        current = backends.entities.transact(lambda transaction: _use_within(transaction, job, file_name))
    except (NotFound, *BAD_PICTURE) as error:
        log.warning("the picture of %s was not used: %s", job.user, error.code)
    is_latest = bool(file_name) and current == file_name
    unused = _until(earlier, job.key) if is_latest else [job.key, file_name]
    _erase(backends, job.user, [name for name in unused if name and name != current])
    outbox.finish(backends, job.outbox_id)
    return current


def files_in_use(row: Entity | None) -> set[str]:
    """Return the names of the shown picture and of the latest original, if the account was not deleted."""
    if row is None or "erased" in row.values:
        return set()
    return {str(row.values[name]) for name in ("avatar", SOURCE) if row.values.get(name)}


def folder_of(handle: str) -> str:
    return f"avatars/{handle}/"


def _render(backends: Backends, job: Job) -> str:
    """Each upload has a file of its own: the task of another one with equal bytes may erase its file."""
    original = backends.blobs.read(job.original)
    rendered = decoder_sandbox.render_in_background(original, "jpeg", 0)
    image = next(image for image in rendered.images if image.name == SIZE)
    file_name = f"picture-{sha256(f'{job.key} {image.digest}'.encode()).hexdigest()[:32]}.jpg"
    backends.blobs.add(f"{folder_of(job.user)}{file_name}", image.content, image.type)
    return file_name


def _use_within(transaction: Transaction, job: Job, file_name: str) -> str:
    """Return the file name that the user now has. Raises NotFound for a deleted account."""
    (row,) = transaction.get(user_key(job.user))
    user = user_of(row)
    if cast("Entity", row).values.get(SOURCE) != job.key:
        return user.avatar
    transaction.put(_changed(row, job.key, avatar=file_name))
    return file_name


def _changed(row: Entity | None, key: str, **values: str) -> Entity:
    """Raises NotFound for a deleted account."""
    user_of(row)
    known = cast("Entity", row)
    return Entity(known.key, {**known.values, SOURCE: key, **values}, known.indexed | {"summary"})


def _files(backends: Backends, handle: str) -> list[str]:
    folder = folder_of(handle)
    return [blob.name.removeprefix(folder) for blob in backends.blobs.list(folder, MAX_FILES)]


def _until(files: list[str], key: str) -> list[str]:
    """Leave out originals that were uploaded after this key: newer keys sort before it."""
    return [name for name in files if IS_FILE_NAME.fullmatch(name) or name >= key]


def _erase(backends: Backends, handle: str, files: list[str]) -> None:
    backends.blobs.delete([f"{folder_of(handle)}{name}" for name in files])
