"""Resumable uploads of up to 50 MB, sent in chunks directly to Cloud Storage."""

from typing import Annotated, Self

from flask import Blueprint, request, url_for
from msgspec import Meta, Struct

from api_backend.inputs import IdempotencyKey
from api_backend.operations import Reply, operation
from api_backend.photos import Timestamp
from timeline.accounts.users import Caller
from timeline.errors import Busy, ImageTooLarge, ImageUnsupported, NotFound, QuotaExceeded
from timeline.photos import uploads as pending
from timeline.photos.uploads import MAX_BYTES, PendingUpload, State
from timeline.pictures.header import CONTENT_TYPES
from timeline.rate_limits.limits import UPLOADS
from timeline.serving import current_backends, limited, signed_in
from timeline.serving.http_values import format_timestamp

ABOUT_URL = (
    "A resumable session of Cloud Storage, which needs no token. PUT all bytes at once, or in chunks of a "
    "multiple of 256 KB with Content-Range. After an interruption, a PUT with `Content-Range: bytes */SIZE` "
    "and no body returns in Range how many bytes have arrived."
)

uploads = Blueprint("uploads", __name__)


class NewUpload(Struct, forbid_unknown_fields=True):
    """The type of the image and its size in bytes."""

    content_type: Annotated[str, Meta(extra_json_schema={"enum": sorted(CONTENT_TYPES)})]
    size: Annotated[int, Meta(ge=1, extra_json_schema={"maximum": MAX_BYTES})]


class UploadView(Struct):
    """The state is `waiting` for bytes, `stored` when all have arrived, or `posted` as photo `photo_id`."""

    id: str
    state: State
    content_type: str
    size: int
    created: Timestamp
    expires: Timestamp
    upload_url: Annotated[str, Meta(description=ABOUT_URL)]
    photo_id: str | None

    @classmethod
    def of(cls, upload: PendingUpload, state: State) -> Self:
        return cls(
            id=upload.id,
            state=state,
            content_type=upload.content_type,
            size=upload.size,
            created=format_timestamp(upload.created),
            expires=format_timestamp(upload.expires),
            upload_url=upload.url,
            photo_id=upload.answer["id"] if upload.answer else None,
        )


@uploads.post("")
@signed_in
@limited(UPLOADS)
@operation(
    201,
    errors=(ImageTooLarge, ImageUnsupported, NotFound, Busy, QuotaExceeded),
    headers=("Location", "Idempotent-Replayed"),
)
def begin_upload(caller: Caller, key: IdempotencyKey, body: NewUpload) -> Reply[UploadView]:
    """Start an upload.

    Send the bytes to `upload_url`, then post a photo with the `upload_id`. Uploads that do not become a
    photo within three days are erased.
    """
    backends = current_backends()
    new = pending.NewUpload(
        content_type=body.content_type, size=body.size, idempotency_key=key.text, origin=_origin()
    )
    started = pending.begin_upload(backends, caller.handle, new)
    headers = {"Location": url_for("uploads.read_upload", upload_id=started.upload.id)}
    if started.is_replayed:
        headers["Idempotent-Replayed"] = "true"
    state: State = pending.state_of(backends, started.upload) if started.is_replayed else "waiting"
    return _reply(started.upload, state, headers)


@uploads.get("/<upload_id>")
@signed_in
@operation(errors=(NotFound,))
def read_upload(upload_id: str, caller: Caller) -> Reply[UploadView]:
    """Get one of your uploads.

    The number of bytes that have arrived is available from `upload_url`.
    """
    backends = current_backends()
    upload = pending.get_upload(backends, caller.handle, upload_id)
    return _reply(upload, pending.state_of(backends, upload))


@uploads.delete("/<upload_id>")
@signed_in
@operation(204, errors=(NotFound,))
def cancel_upload(upload_id: str, caller: Caller) -> None:
    """Cancel an upload and erase its bytes.

    A photo created from it stays.
    """
    pending.cancel_upload(current_backends(), caller.handle, upload_id)


def _reply(upload: PendingUpload, state: State, headers: dict[str, str] | None = None) -> Reply[UploadView]:
    """Respond with `no-store`, because the body contains a secret URL."""
    headers = {"Cache-Control": "no-store", **(headers or {})}
    return Reply(body=UploadView.of(upload, state), headers=headers)


def _origin() -> str | None:
    """Return the origin of the calling web page if CORS allows it; only that page may then send the bytes."""
    origin = request.headers.get("Origin")
    return origin if origin in current_backends().settings.origins else None
