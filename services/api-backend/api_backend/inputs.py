"""The input types of views: how each is read from the request and described in OpenAPI."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

import msgspec
from flask import request

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

UTC = "UTC"

Model = TypeVar("Model", bound=msgspec.Struct)


ABOUT_CAPTION = (
    f"At most {MAX_CHARACTERS} characters, after normalisation to NFC and "
    "the removal of control characters and surrounding spaces."
)
"""There is no `maxLength`, which would also count the removed characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """The requested page of a list."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthsRequest:
    """The time zone in which months begin."""

    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRequest:
    """The token to sync from, and the maximum number of changes."""

    since: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The client's Idempotency-Key; None if it sent none."""

    text: str | None


class PhotoOfUpload(msgspec.Struct, forbid_unknown_fields=True):
    """A photo to create from an upload. With `dedupe`, your photo with the same bytes is returned instead."""

    upload_id: str
    caption: Annotated[str, msgspec.Meta(description=ABOUT_CAPTION)] = ""
    dedupe: bool = False


@dataclass(frozen=True, slots=True)
class Revisions:
    """The ETags of If-Match; None allows any revision."""

    allowed: frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """`read` is None for path parameters. `body` describes content types other than JSON of the `model`."""

    read: Callable[[], Any] | None
    parameters: tuple[dict[str, Any], ...] = ()
    body: dict[str, Any] | None = None
    errors: tuple[type[TimelineError], ...] = ()
    model: type[msgspec.Struct] | None = None
    is_path: bool = field(default=False)


def input_of(hint: Any) -> Input:
    """Return the input for an annotation; a type that is not in INPUTS is the model of a JSON body."""
    if hint in INPUTS:
        return INPUTS[hint]
    return Input(read=lambda: _read_json(hint), model=hint, errors=JSON_ERRORS)


def _read_json(model: type[Model]) -> Model:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send JSON, with Content-Type: application/json.")
    try:
        return msgspec.json.decode(request.get_data(), type=model)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"The JSON is not what is expected here: {error}.") from error


def _read_page() -> PageRequest:
    return PageRequest(limit=read_limit(), cursor=read_cursor())


def _read_months() -> MonthsRequest:
    return MonthsRequest(timezone=request.args.get("timezone", UTC))


def _read_sync() -> SyncRequest:
    return SyncRequest(since=request.args.get("since"), limit=read_limit())


def _read_key() -> IdempotencyKey:
    return IdempotencyKey(request.headers.get("Idempotency-Key"))


def _read_photo() -> NewPhoto | FinishedUpload:
    if request.mimetype != "application/json":
        return read_upload()
    body = _read_json(PhotoOfUpload)
    return FinishedUpload(
        upload_id=body.upload_id,
        caption=body.caption,
        idempotency_key=_read_key().text,
        trace=current_trace(),
        dedupe=body.dedupe,
    )


def _read_revisions() -> Revisions:
    tags = request.if_match
    if "If-Match" not in request.headers or tags.star_tag:
        return Revisions(None)
    # RFC 9110 requires strong tags here. But proxies that compress responses make the tag weak, and it names
    # the revision of the photo, which does not depend on the encoding.
    return Revisions(frozenset(tags.as_set(include_weak=True)))


JSON_ERRORS = (InvalidRequest, RequestTooLarge, UnsupportedMediaType)
PAGE_PARAMETERS: tuple[dict[str, Any], ...] = (
    {
        "name": "limit",
        "in": "query",
        "description": "The maximum number of results.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    },
    {
        "name": "cursor",
        "in": "query",
        "description": "The `next_cursor` of the previous page.",
        "schema": {"type": "string"},
    },
)
TIMEZONE = {
    "name": "timezone",
    "in": "query",
    "description": "The IANA name of the time zone in which months begin.",
    "schema": {"type": "string", "default": UTC},
}
SINCE = {
    "name": "since",
    "in": "query",
    "description": "The `next` of the previous sync; without it, the whole stream is returned.",
    "schema": {"type": "string"},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the version to change; 412 if it has changed in the meantime.",
    "schema": {"type": "string"},
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A new random text for each new resource. A retry with the same key creates nothing.",
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
                    "format": "binary",  # the notation of OpenAPI 3.0, which generators of clients still need
                    "contentMediaType": "application/octet-stream",
                    "description": "JPEG, PNG, WebP, GIF, HEIC or AVIF; at most 20 MB and 50 megapixels.",
                },
                "caption": {
                    "type": "string",
                    "default": "",
                    "description": ABOUT_CAPTION,
                    "examples": ["sea"],
                },
                "dedupe": {
                    "type": "boolean",
                    "default": False,
                    "description": "Return my existing photo with the same bytes, if there is one.",
                },
            },
        },
    }
}
INPUTS: dict[Any, Input] = {
    str: Input(read=None, is_path=True),
    # NotFound: the account was deleted during the request.
    Caller: Input(read=current_caller, errors=(Unauthenticated, NotFound)),
    PageRequest: Input(read=_read_page, parameters=PAGE_PARAMETERS, errors=(InvalidLimit, InvalidCursor)),
    MonthsRequest: Input(read=_read_months, parameters=(TIMEZONE,), errors=(InvalidRequest,)),
    Revisions: Input(read=_read_revisions, parameters=(IF_MATCH,), errors=(PreconditionFailed,)),
    SyncRequest: Input(
        read=_read_sync, parameters=(PAGE_PARAMETERS[0], SINCE), errors=(InvalidLimit, InvalidCursor)
    ),
    IdempotencyKey: Input(
        read=_read_key,
        parameters=(IDEMPOTENCY_KEY,),
        errors=(InvalidIdempotencyKey, IdempotencyMismatch, IdempotencyInFlight),
    ),
    NewPhoto | FinishedUpload: Input(
        read=_read_photo,
        parameters=(IDEMPOTENCY_KEY,),
        body=UPLOAD_BODY,
        model=PhotoOfUpload,
        errors=(
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
