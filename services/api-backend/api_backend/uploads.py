"""Uploads that survive a bad network: in pieces, to Cloud Storage itself, up to 50 MB."""

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
    "Takes the bytes, from whoever has it and needs no token: PUT them at once, or in pieces of whole "
    "256 KB with Content-Range; after a break, a PUT with `Content-Range: bytes */SIZE` and no body tells "
    "in Range how much has arrived. It is a resumable session of Cloud Storage."
)

uploads = Blueprint("uploads", __name__)


class NewUpload(Struct, forbid_unknown_fields=True):
    """The picture to come: its type, and its size in bytes."""

    content_type: Annotated[str, Meta(extra_json_schema={"enum": sorted(CONTENT_TYPES)})]
    size: Annotated[int, Meta(ge=1, extra_json_schema={"maximum": MAX_BYTES})]


class UploadView(Struct):
    """`waiting` for bytes, `stored` once all are there, `posted` when it has become the photo `photo_id`."""

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
    refuses=(ImageTooLarge, ImageUnsupported, NotFound, Busy, QuotaExceeded),
    headers=("Location", "Idempotent-Replayed"),
)
def begin_upload(caller: Caller, key: IdempotencyKey, wanted: NewUpload) -> Reply[UploadView]:
    """Begin an upload: send the bytes to `upload_url`, then post a photo with its `upload_id`.

    What has not become a photo in three days is erased.
    """
    backends = current_backends()
    new = pending.NewUpload(
        content_type=wanted.content_type, size=wanted.size, idempotency_key=key.text, origin=_origin()
    )
    begun = pending.begin_upload(backends, caller.handle, new)
    headers = {"Location": url_for("uploads.read_upload", upload_id=begun.upload.id)}
    if begun.is_replayed:
        headers["Idempotent-Replayed"] = "true"
    state: State = pending.state_of(backends, begun.upload) if begun.is_replayed else "waiting"
    return _reply(begun.upload, state, headers)


@uploads.get("/<upload_id>")
@signed_in
@operation(refuses=(NotFound,))
def read_upload(upload_id: str, caller: Caller) -> Reply[UploadView]:
    """One of your uploads. How many bytes of it have arrived, its `upload_url` tells."""
    backends = current_backends()
    upload = pending.get_upload(backends, caller.handle, upload_id)
    return _reply(upload, pending.state_of(backends, upload))


@uploads.delete("/<upload_id>")
@signed_in
@operation(204, refuses=(NotFound,))
def cancel_upload(upload_id: str, caller: Caller) -> None:
    """Give up an upload: what arrived is erased. A photo that it has become stays."""
    pending.cancel_upload(current_backends(), caller.handle, upload_id)


def _reply(upload: PendingUpload, state: State, headers: dict[str, str] | None = None) -> Reply[UploadView]:
    """Nobody in between keeps the address."""
    told = {"Cache-Control": "no-store", **(headers or {})}
    return Reply(body=UploadView.of(upload, state), headers=told)


def _origin() -> str | None:
    """Of a web page that may call this API, and so may send the bytes; Cloud Storage lets only it."""
    origin = request.headers.get("Origin")
    return origin if origin in current_backends().settings.origins else None
