"""Resumable uploads: the client sends bytes directly to Cloud Storage before it creates the photo."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

from timeline import idempotency, ids
from timeline.accounts.users import user_key, user_of
from timeline.errors import ImageTooLarge, NotFound, UploadUnfinished
from timeline.interfaces import Backends, Blob, Entity, Key, Scan, Transaction
from timeline.pictures.header import content_type_named
from timeline.pictures.ranged_content import RangedContent

KIND = "Upload"
FOLDER = "uploads"
MAX_BYTES = 50 * 1024 * 1024
"""Fits pictures of the largest cameras; a task reads the whole file into the memory of an instance."""
LIFETIME = timedelta(days=3)
"""A phone that is offline for longer starts again. Cloud Storage would keep the session for a week."""
TOO_LARGE = "The picture is larger than 50 MB."
BATCH = 100
"""Each takes three calls; the next sweep continues."""

State = Literal["waiting", "stored", "posted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUpload:
    """The announced upload. `origin` is that of the web page that sends it, if a page does."""

    content_type: str
    size: int
    idempotency_key: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingUpload:
    """`url` accepts the bytes without further credentials. `answer` is the response with the photo."""

    id: str
    user: str
    content_type: str
    size: int
    created: datetime
    expires: datetime
    url: str
    answer: dict[str, Any] | None = None
    is_existing: bool = False

    @property
    def blob_name(self) -> str:
        return f"{FOLDER}/{self.user}/{ids.split_id(self.id)[0]}"


@dataclass(frozen=True, slots=True)
class StartedUpload:
    upload: PendingUpload
    is_replayed: bool


def begin_upload(backends: Backends, user: str, new: NewUpload) -> StartedUpload:
    """Raises ImageTooLarge, ImageUnsupported and the idempotency errors."""
    new = replace(new, content_type=content_type_named(new.content_type))
    if new.size > MAX_BYTES:
        raise ImageTooLarge(TOO_LARGE)
    if new.idempotency_key is None:
        return _start(backends, user, new, None)
    parameters = f"{new.content_type} {new.size}"
    record = idempotency.record_of(user, new.idempotency_key, sha256(b"a new upload"), parameters)
    with idempotency.in_flight(backends, record):
        (row,) = backends.entities.get(record.key)
        return _started_before(backends, record, row) or _start(backends, user, new, record)


def get_upload(backends: Backends, user: str, upload_id: str) -> PendingUpload:
    """Raises NotFound, also for another user's upload and for an expired one."""
    row, owner = backends.entities.get(key_of(upload_id), user_key(ids.split_id(upload_id)[1]))
    user_of(owner)
    upload = upload_of(row)
    if upload.user != user or upload.expires <= backends.clock.now():
        raise NotFound
    return upload


def state_of(backends: Backends, upload: PendingUpload) -> State:
    if upload.answer is not None:
        return "posted"
    return "stored" if backends.blobs.find(upload.blob_name) else "waiting"


def content_of(backends: Backends, upload: PendingUpload) -> RangedContent:
    """Raises UploadUnfinished, ImageTooLarge."""
    blob = backends.blobs.find(upload.blob_name)
    if blob is None:
        raise UploadUnfinished
    _check_size(blob)
    return RangedContent(lambda first, last: backends.blobs.read_range(blob.name, first, last), blob.size)


def cancel_upload(backends: Backends, user: str, upload_id: str) -> None:
    """Close the upload's URL and erase its bytes. A photo created from it stays."""
    _erase(backends, get_upload(backends, user, upload_id))


def delete_expired(backends: Backends) -> int:
    """Erase a bounded number of expired uploads, finished or not, and return their number."""
    now = backends.clock.now()
    rows = backends.entities.scan(Scan(kind=KIND, by="expires", below=now, limit=BATCH))
    for row in rows:
        _erase(backends, upload_of(row))
    return len(rows)


def cancel_all(backends: Backends, user: str) -> Iterator[int]:
    """Close the URLs and delete the rows of all uploads of a user; yield the size of each batch."""
    while rows := backends.entities.scan(Scan(kind=KIND, parent=user_key(user), limit=BATCH)):
        for row in rows:
            backends.blobs.cancel(upload_of(row).url)
        backends.entities.delete(*(row.key for row in rows))
        yield len(rows)


def key_of(upload_id: str) -> Key:
    key, user = ids.split_id(upload_id)
    return ("User", user, KIND, key)


def entity_of(upload: PendingUpload) -> Entity:
    values = {
        "content_type": upload.content_type,
        "size": upload.size,
        "created": upload.created,
        "expires": upload.expires,
        "url": upload.url,
        "answer": json.dumps(upload.answer),
        "existing": upload.is_existing,
    }
    return Entity(key_of(upload.id), values, frozenset({"expires"}))


def upload_of(row: Entity | None) -> PendingUpload:
    """Raises NotFound for a missing row."""
    if row is None:
        raise NotFound
    return PendingUpload(
        id=ids.id_of(row.key[3], row.key[1]),
        user=row.key[1],
        content_type=row.values["content_type"],
        size=row.values["size"],
        created=row.values["created"],
        expires=row.values["expires"],
        url=row.values["url"],
        answer=json.loads(row.values["answer"]),
        is_existing=row.values["existing"],
    )


def _check_size(blob: Blob) -> None:
    if blob.size > MAX_BYTES:
        raise ImageTooLarge(TOO_LARGE)


def _start(
    backends: Backends, user: str, new: NewUpload, record: idempotency.IdempotencyRecord | None
) -> StartedUpload:
    """Open the session first: one whose URL is never sent receives no bytes and expires in a week."""
    now = backends.clock.now()
    key = ids.new_key(now)
    url = backends.blobs.begin(f"{FOLDER}/{user}/{key}", new.content_type, new.size, new.origin)
    upload = PendingUpload(
        id=ids.id_of(key, user),
        user=user,
        content_type=new.content_type,
        size=new.size,
        created=now,
        expires=now + LIFETIME,
        url=url,
    )
    return backends.entities.transact(lambda transaction: _keep_within(backends, transaction, upload, record))


def _keep_within(
    backends: Backends,
    transaction: Transaction,
    upload: PendingUpload,
    record: idempotency.IdempotencyRecord | None,
) -> StartedUpload:
    keys = [user_key(upload.user), *([record.key] if record else [])]
    owner, *earlier = transaction.get(*keys)
    user_of(owner)
    if record is not None:
        earlier_upload = _started_before(backends, record, earlier[0])
        if earlier_upload is not None:
            return earlier_upload
        transaction.put(idempotency.entity_of(record, {"upload": upload.id}, upload.created))
    transaction.put(entity_of(upload))
    return StartedUpload(upload, is_replayed=False)


def _started_before(
    backends: Backends, record: idempotency.IdempotencyRecord, row: Entity | None
) -> StartedUpload | None:
    """Raises NotFound when the upload was cancelled in the meantime."""
    answer = idempotency.answer_of(row, record)
    if answer is None:
        return None
    (found,) = backends.entities.get(key_of(answer["upload"]))
    return StartedUpload(upload_of(found), is_replayed=True)


def _erase(backends: Backends, upload: PendingUpload) -> None:
    """Delete the row last, so that the next sweep finds what a crash left behind."""
    backends.blobs.cancel(upload.url)
    backends.blobs.delete([upload.blob_name])
    backends.entities.delete(key_of(upload.id))
