"""Create a photo from an upload whose bytes are already in Cloud Storage."""

from dataclasses import dataclass, replace
from hashlib import sha256

from timeline import captions, idempotency
from timeline.errors import NotFound, UploadUnfinished
from timeline.interfaces import Backends
from timeline.photos import uploads
from timeline.photos.create import Draft, after_commit, commit, draft_photo, replay
from timeline.photos.duplicates import CreatedPhoto, DuplicateCheck, SameClientKey, SameUpload, created_from
from timeline.photos.model import original_name
from timeline.photos.uploads import PendingUpload
from timeline.pictures import header


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedUpload:
    """The fields mean what they mean in NewPhoto."""

    upload_id: str
    caption: str = ""
    idempotency_key: str | None = None
    trace: str = ""
    dedupe: bool = False


def create_photo_from_upload(backends: Backends, user: str, finished: FinishedUpload) -> CreatedPhoto:
    """Create a photo from the user's own upload, reading only its header.

    An upload becomes one photo: a repeated request gets the same answer. Raises NotFound, UploadUnfinished,
    and everything that `create_photo` raises.
    """
    finished = replace(finished, caption=captions.clean(finished.caption))
    if finished.idempotency_key is None:
        return _create(backends, user, finished, ())
    content_hash = sha256(f"upload:{finished.upload_id}".encode())
    record = idempotency.record_of(user, finished.idempotency_key, content_hash, finished.caption)
    check = SameClientKey(record)
    with idempotency.in_flight(backends, record) as request:
        earlier = replay(backends, check, request.earlier, finished.trace)
        return earlier or _create(backends, user, finished, (check,))


def _create(
    backends: Backends, user: str, finished: FinishedUpload, checks: tuple[DuplicateCheck, ...]
) -> CreatedPhoto:
    upload = uploads.get_upload(backends, user, finished.upload_id)
    earlier = created_from(upload)
    if earlier is not None:
        return after_commit(backends, earlier, finished.trace)
    try:
        draft = _draft(backends, upload, finished)
        created = commit(backends, replace(draft, checks=(*checks, SameUpload(upload))))
    except (NotFound, UploadUnfinished):
        # A concurrent request may have created the photo and erased the upload while this one was reading.
        earlier = created_from(uploads.get_upload(backends, user, finished.upload_id))
        if earlier is None:
            raise
        return earlier
    backends.blobs.delete([upload.blob_name])
    return created


def _draft(backends: Backends, upload: PendingUpload, finished: FinishedUpload) -> Draft:
    """Hashing an upload means reading all of it: only `dedupe` does it here, else the rendition task."""
    content = uploads.content_of(backends, upload)
    picture = header.inspect_header(content)
    digest = content.sha256() if finished.dedupe else ""
    photo = replace(draft_photo(backends, upload.user, finished.caption, picture), digest=digest)
    return Draft(
        photo=photo,
        store=lambda: backends.blobs.join(original_name(photo.id), [upload.blob_name], photo.content_type),
        digest=lambda: digest,
        trace=finished.trace,
        dedupe=finished.dedupe,
    )
