"""Uploads that go to Cloud Storage itself, in pieces, over days if need be, until they become photos."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

from timeline import idempotency, ids
from timeline.accounts.users import user_key, user_of
from timeline.errors import ImageTooLarge, ImageUnsupported, NotFound, UploadUnfinished
from timeline.interfaces import Backends, Blob, Entity, Key, Scan, Transaction
from timeline.pictures.header import CONTENT_TYPES
from timeline.pictures.ranged_content import RangedContent

KIND = "Upload"
FOLDER = "uploads"
MAX_BYTES = 50 * 1024 * 1024
"""Pictures of the largest cameras; what a task must read whole must still fit an instance."""
LIFETIME = timedelta(days=3)
"""A phone away for longer begins anew. Cloud Storage would keep the session for a week."""
TOO_LARGE = "The picture is larger than 50 MB."
REAPED_AT_ONCE = 100
"""Three calls each; the next sweep goes on."""

State = Literal["waiting", "stored", "posted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUpload:
    """What is to come. `origin` names the web page that will send it, where one does."""

    content_type: str
    size: int
    idempotency_key: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingUpload:
    """`url` takes the bytes, from whoever has it. `answer` is the photo it became, as it was answered."""

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
class Begun:
    upload: PendingUpload
    is_replayed: bool


def begin_upload(backends: Backends, user: str, new: NewUpload) -> Begun:
    """Raises ImageTooLarge, ImageUnsupported, the idempotency refusals."""
    _check(new)
    if new.idempotency_key is None:
        return _begin(backends, user, new, None)
    words = f"{new.content_type} {new.size}"
    attempt = idempotency.record_of(user, new.idempotency_key, sha256(b"a new upload"), words)
    with idempotency.in_flight(backends, attempt):
        (row,) = backends.entities.get(attempt.key)
        return _begun_before(backends, attempt, row) or _begin(backends, user, new, attempt)


def get_upload(backends: Backends, user: str, upload_id: str) -> PendingUpload:
    """Raises NotFound, also for what belongs to somebody else or has had its time."""
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
    """Its URL takes no more bytes, and those it took are erased. A photo it became stays."""
    _erase(backends, get_upload(backends, user, upload_id))


def delete_expired(backends: Backends) -> int:
    """Erase a bounded number of uploads that have had their time, finished or not; tell how many."""
    now = backends.clock.now()
    rows = backends.entities.scan(Scan(kind=KIND, by="expires", below=now, limit=REAPED_AT_ONCE))
    for row in rows:
        _erase(backends, upload_of(row))
    return len(rows)


def end_all(backends: Backends, user: str) -> Iterator[int]:
    """None of their URLs takes a byte any more, and no row is left; tell after each batch how many it was."""
    while rows := backends.entities.scan(Scan(kind=KIND, parent=user_key(user), limit=REAPED_AT_ONCE)):
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
    """Raises NotFound for a row that is not there."""
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


def _check(new: NewUpload) -> None:
    if new.content_type not in CONTENT_TYPES.values():
        raise ImageUnsupported
    if new.size > MAX_BYTES:
        raise ImageTooLarge(TOO_LARGE)


def _check_size(blob: Blob) -> None:
    if blob.size > MAX_BYTES:
        raise ImageTooLarge(TOO_LARGE)


def _begin(
    backends: Backends, user: str, new: NewUpload, attempt: idempotency.IdempotencyRecord | None
) -> Begun:
    """The session comes first: one that nobody is told of takes no bytes, and is over in a week."""
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
    return backends.entities.transact(
        lambda transaction: _keep_within(backends, transaction, upload, attempt)
    )


def _keep_within(
    backends: Backends,
    transaction: Transaction,
    upload: PendingUpload,
    attempt: idempotency.IdempotencyRecord | None,
) -> Begun:
    wanted = [user_key(upload.user), *([attempt.key] if attempt else [])]
    owner, *earlier = transaction.get(*wanted)
    user_of(owner)
    if attempt is not None:
        before = _begun_before(backends, attempt, earlier[0])
        if before is not None:
            return before
        transaction.put(idempotency.entity_of(attempt, {"upload": upload.id}, upload.created))
    transaction.put(entity_of(upload))
    return Begun(upload, is_replayed=False)


def _begun_before(
    backends: Backends, attempt: idempotency.IdempotencyRecord, row: Entity | None
) -> Begun | None:
    """Raises NotFound where it was cancelled meanwhile."""
    answer = idempotency.answer_of(row, attempt)
    if answer is None:
        return None
    (found,) = backends.entities.get(key_of(answer["upload"]))
    return Begun(upload_of(found), is_replayed=True)


def _erase(backends: Backends, upload: PendingUpload) -> None:
    """The row goes last: until then the next sweep finds what an accident left."""
    backends.blobs.cancel(upload.url)
    backends.blobs.delete([upload.blob_name])
    backends.entities.delete(key_of(upload.id))
