"""What a view may take: each type knows how it is read from the request, and how OpenAPI describes it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

import msgspec
from flask import request

from api_backend.examples import UPLOAD
from timeline.accounts.users import Caller
from timeline.captions import MAX_CHARACTERS
from timeline.errors import (
    IdempotencyInFlight,
    IdempotencyMismatch,
    ImageBroken,
    ImageMissing,
    ImageTooLarge,
    ImageTooManyPixels,
    ImageUnsupported,
    InvalidCursor,
    InvalidIdempotencyKey,
    InvalidLimit,
    InvalidRequest,
    NotFound,
    PreconditionFailed,
    RequestTooLarge,
    TimelineError,
    Unauthenticated,
    UnsupportedMediaType,
    UploadUnfinished,
)
from timeline.photos.create import NewPhoto
from timeline.photos.create_from_upload import FinishedUpload
from timeline.serving import current_caller
from timeline.serving.http_values import read_cursor, read_limit
from timeline.serving.logs import current_trace
from timeline.serving.photo_forms import read_upload
from timeline.streams.pages import DEFAULT_LIMIT, MAX_LIMIT

Model = TypeVar("Model", bound=msgspec.Struct)


ABOUT_CAPTION = (
    f"At most {MAX_CHARACTERS} characters, counted as they are kept: composed (NFC), "
    "without control characters and without spaces around them."
)
"""No `maxLength`: that would count what is taken out, and a longer text may well fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWanted:
    """Which page of a list."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncWanted:
    """From where on to sync, and how much at once."""

    since: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """What the client calls this attempt, if it wants to try again."""

    text: str | None


class PhotoOfUpload(msgspec.Struct, forbid_unknown_fields=True):
    """A photo whose bytes are in an upload. With `dedupe`, your photo of the same bytes if there is one."""

    upload_id: str
    caption: Annotated[str, msgspec.Meta(description=ABOUT_CAPTION)] = ""
    dedupe: bool = False


@dataclass(frozen=True, slots=True)
class Revisions:
    """The ETags of If-Match; None lets any revision pass."""

    wanted: frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """`read` is None for what Flask takes from the path; `body` are contents besides JSON of the `model`."""

    read: Callable[[], Any] | None
    parameters: tuple[dict[str, Any], ...] = ()
    body: dict[str, Any] | None = None
    refuses: tuple[type[TimelineError], ...] = ()
    model: type[msgspec.Struct] | None = None
    is_path: bool = field(default=False)


def input_of(hint: Any) -> Input:
    """Every other type is the model of a JSON body."""
    if hint in INPUTS:
        return INPUTS[hint]
    return Input(read=lambda: _read_json(hint), model=hint, refuses=REFUSED_JSON)


def _read_json(model: type[Model]) -> Model:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send JSON, with Content-Type: application/json.")
    try:
        return msgspec.json.decode(request.get_data(), type=model)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"The JSON is not what is expected here: {error}.") from error


def _read_page() -> PageWanted:
    return PageWanted(limit=read_limit(), cursor=read_cursor())


def _read_sync() -> SyncWanted:
    return SyncWanted(since=request.args.get("since"), limit=read_limit())


def _read_key() -> IdempotencyKey:
    return IdempotencyKey(request.headers.get("Idempotency-Key"))


def _read_photo() -> NewPhoto | FinishedUpload:
    if request.mimetype != "application/json":
        return read_upload()
    given = _read_json(PhotoOfUpload)
    return FinishedUpload(
        upload_id=given.upload_id,
        caption=given.caption,
        idempotency_key=_read_key().text,
        trace=current_trace(),
        dedupe=given.dedupe,
    )


def _read_revisions() -> Revisions:
    tags = request.if_match
    if "If-Match" not in request.headers or tags.star_tag:
        return Revisions(None)
    # RFC 9110 wants strong tags here; but whoever compresses our answers on their way weakens the tag,
    # and ours names the revision of the photo, whatever its bytes on the wire.
    return Revisions(frozenset(tags.as_set(include_weak=True)))


REFUSED_JSON = (InvalidRequest, RequestTooLarge, UnsupportedMediaType)
PAGE_PARAMETERS: tuple[dict[str, Any], ...] = (
    {
        "name": "limit",
        "in": "query",
        "description": "How many at most.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    },
    {
        "name": "cursor",
        "in": "query",
        "description": "`next_cursor` of the page before, as it was given.",
        "schema": {"type": "string"},
    },
)
SINCE = {
    "name": "since",
    "in": "query",
    "description": "`next` of the sync before, as it was given; without it, the whole stream.",
    "schema": {"type": "string"},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag the change was made on; it is refused if somebody was faster.",
    "schema": {"type": "string"},
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A fresh random text for each new thing: sent again with it, nothing is made twice.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}
UPLOAD_BODY = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["image"],
            "properties": {
                "image": {
                    "type": "string",
                    "contentMediaType": "application/octet-stream",
                    "description": "JPEG, PNG, WebP, GIF, HEIC or AVIF; at most 20 MB and 50 megapixels.",
                },
                "caption": {"type": "string", "default": "", "description": ABOUT_CAPTION},
                "dedupe": {
                    "type": "boolean",
                    "default": False,
                    "description": "Give my photo of the very same bytes, if there is one.",
                },
            },
        },
        "example": UPLOAD,
    }
}
INPUTS: dict[Any, Input] = {
    str: Input(read=None, is_path=True),
    # Not found: the account was erased while it was asked for.
    Caller: Input(read=current_caller, refuses=(Unauthenticated, NotFound)),
    PageWanted: Input(read=_read_page, parameters=PAGE_PARAMETERS, refuses=(InvalidLimit, InvalidCursor)),
    Revisions: Input(read=_read_revisions, parameters=(IF_MATCH,), refuses=(PreconditionFailed,)),
    SyncWanted: Input(
        read=_read_sync, parameters=(PAGE_PARAMETERS[0], SINCE), refuses=(InvalidLimit, InvalidCursor)
    ),
    IdempotencyKey: Input(
        read=_read_key,
        parameters=(IDEMPOTENCY_KEY,),
        refuses=(InvalidIdempotencyKey, IdempotencyMismatch, IdempotencyInFlight),
    ),
    NewPhoto | FinishedUpload: Input(
        read=_read_photo,
        parameters=(IDEMPOTENCY_KEY,),
        body=UPLOAD_BODY,
        model=PhotoOfUpload,
        refuses=(
            InvalidRequest,
            NotFound,
            UploadUnfinished,
            ImageMissing,
            ImageTooLarge,
            RequestTooLarge,
            ImageUnsupported,
            ImageTooManyPixels,
            ImageBroken,
            InvalidIdempotencyKey,
            IdempotencyMismatch,
            IdempotencyInFlight,
        ),
    ),
}
