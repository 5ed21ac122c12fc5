"""Photos: the timeline of all users, and single photos."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Self

from flask import Blueprint, url_for
from msgspec import Meta, Struct

from api_backend.inputs import ABOUT_CAPTION, MonthsRequest, PageRequest, Revisions
from api_backend.operations import Encoded, Reply, operation
from timeline.accounts.users import Caller
from timeline.errors import Busy, CaptionTooLong, Forbidden, NotFound, QuotaExceeded
from timeline.photos.create import NewPhoto, create_photo
from timeline.photos.create_from_upload import FinishedUpload, create_photo_from_upload
from timeline.photos.delete import delete_photo
from timeline.photos.duplicates import CreatedPhoto
from timeline.photos.edit import change_caption
from timeline.photos.model import Photo, Rendition, Status
from timeline.photos.read import get_photo
from timeline.rate_limits.limits import POSTS
from timeline.serving import (
    begins_transaction,
    current_backends,
    limited,
    public,
    signed_in,
    writing_backends,
)
from timeline.serving.http_values import format_timestamp, link_header
from timeline.serving.logs import current_trace
from timeline.streams import pages
from timeline.streams.months import Month, months_of_everyone
from timeline.streams.pages import CACHED_PAGES, Page

photos = Blueprint("photos", __name__)

Timestamp = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


POLL_SECONDS = 1
"""The time after which the renditions of most photos are ready."""


class RenditionView(Struct):
    """A smaller copy of a photo. The content of its URL never changes."""

    name: str
    width: int
    height: int
    type: str
    url: str

    @classmethod
    def of(cls, photo: Photo, rendition: Rendition) -> Self:
        return cls(
            name=rendition.name,
            width=rendition.width,
            height=rendition.height,
            type=rendition.type,
            url=f"/image/{photo.id}/{rendition.file_name}",
        )


class PhotoView(Struct):
    """A photo. It has renditions once its status is `ready`; `placeholder` is a ThumbHash in base64.

    `failure_code` says why the status is `failed`: one of the codes that refuse an image, or `unavailable`.
    """

    id: str
    user: str
    caption: str
    created: Timestamp
    status: Status
    width: int
    height: int
    placeholder: str | None
    image_url: str
    renditions: list[RenditionView]
    failure_code: str | None = None

    @classmethod
    def of(cls, photo: Photo) -> Self:
        return cls(
            id=photo.id,
            user=photo.user,
            caption=photo.caption,
            created=format_timestamp(photo.created),
            status=photo.status,
            width=photo.width,
            height=photo.height,
            placeholder=photo.placeholder,
            image_url=f"/image/{photo.id}/",
            renditions=[RenditionView.of(photo, rendition) for rendition in photo.renditions],
            failure_code=photo.failure_code,
        )


class PhotoPage(Struct):
    """Photos, newest first. `next_cursor` is null on the last page."""

    results: list[PhotoView]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Page) -> Self:
        return cls(results=[PhotoView.of(photo) for photo in page.photos], next_cursor=page.next_cursor)


class NewestView(Struct):
    """The IDs of the ready photos on the first page, newest first."""

    ids: list[str]


class MonthView(Struct):
    """A month like 2026-11, and the cursor with which the list starts at its newest photo."""

    month: str
    cursor: str


class MonthList(Struct):
    """The months in which photos were posted, newest first."""

    results: list[MonthView]

    @classmethod
    def of(cls, found: Iterable[Month]) -> Self:
        return cls(results=[MonthView(month=each.name, cursor=each.cursor) for each in found])


class CaptionChange(Struct, forbid_unknown_fields=True):
    """The new caption of a photo."""

    caption: Annotated[str, Meta(description=ABOUT_CAPTION)]


@photos.get("/photos")
@public
@operation(headers=("ETag", "Link"))
def list_photos(page: PageRequest) -> Reply[PhotoPage]:
    """List the photos of all users, newest first.

    Pass `next_cursor` as `cursor` for the next page. Photos posted or deleted in the meantime cause neither
    duplicates nor gaps. A new photo may appear a moment after its post was acknowledged.
    """
    return reply_page(pages.everyone(current_backends(), page.limit, page.cursor))


@photos.get("/newest")
@public
@operation(headers=("ETag",))
def list_newest() -> NewestView:
    """List the IDs of the newest photos.

    Use it with `If-None-Match` to check for new photos with few bytes. The IDs are those of the ready
    photos on the first page of `/photos`, in the same order.
    """
    return newest_of(pages.everyone(current_backends()))


@photos.get("/months")
@public
@operation(headers=("ETag",))
def list_months(months: MonthsRequest) -> MonthList:
    """List the months with photos of any user.

    Each has a cursor for `/photos`. Use them for a scroll bar over the whole timeline. The list may be a
    minute old.
    """
    return MonthList.of(months_of_everyone(current_backends(), months.timezone))


@photos.post("/photos")
@signed_in
@begins_transaction
@limited(POSTS)
@operation(
    201,
    also=(200,),
    errors=(CaptionTooLong, Busy, QuotaExceeded),
    headers=("ETag", "Location", "Idempotent-Replayed", "Retry-After"),
)
def post_photo(caller: Caller, upload: NewPhoto | FinishedUpload) -> Reply[PhotoView]:
    """Post a photo.

    Send up to 20 MB of bytes, or the ID of an upload. Renditions are made in the background. With
    `dedupe`, 200 and your existing photo are returned if it has the same bytes.
    """
    if isinstance(upload, FinishedUpload):
        return _reply_created(create_photo_from_upload(writing_backends(), caller.handle, upload))
    return _reply_created(create_photo(writing_backends(), caller.handle, upload))


@photos.get("/photos/<photo_id>")
@public
@operation(errors=(NotFound,), headers=("ETag", "Retry-After"))
def read_photo(photo_id: str) -> Reply[PhotoView]:
    """Get a photo.

    Its status is `processing` until its renditions are made: repeat the request after `Retry-After` seconds.
    """
    return _reply_photo(get_photo(current_backends(), photo_id))


@photos.patch("/photos/<photo_id>")
@signed_in
@begins_transaction
@operation(errors=(NotFound, Forbidden, CaptionTooLong, Busy), headers=("ETag", "Retry-After"))
def patch_photo(
    photo_id: str, caller: Caller, revisions: Revisions, change: CaptionChange
) -> Reply[PhotoView]:
    """Change the caption of your photo.

    With `If-Match`, the caption changes only if nobody has edited the photo since you read it.
    """
    changed = change_caption(writing_backends(), photo_id, change.caption, caller.handle, revisions.allowed)
    return _reply_photo(changed)


@photos.delete("/photos/<photo_id>")
@signed_in
@begins_transaction
@operation(204, errors=(NotFound, Forbidden, Busy))
def remove_photo(photo_id: str, caller: Caller, revisions: Revisions) -> None:
    """Delete your photo.

    It is hidden at once, and its files are erased soon after. A repeated request gets 404.
    """
    delete_photo(writing_backends(), photo_id, caller.handle, current_trace(), revisions.allowed)


def newest_of(page: Page) -> NewestView:
    return NewestView(ids=[photo.id for photo in page.photos if photo.is_ready])


def reply_page(page: Page) -> Reply[PhotoPage]:
    return Reply(body=encoded_page(page), headers=link_header(page.next_cursor))


@lru_cache(maxsize=CACHED_PAGES)
def encoded_page(page: Page) -> Encoded[PhotoPage]:
    return Encoded.of(PhotoPage.of(page))


def _reply_photo(photo: Photo) -> Reply[PhotoView]:
    return Reply(body=PhotoView.of(photo), etag=photo.revision, headers=_retry_after(photo))


def _retry_after(photo: Photo) -> dict[str, str]:
    return {"Retry-After": str(POLL_SECONDS)} if photo.status == "processing" else {}


def _reply_created(created: CreatedPhoto) -> Reply[PhotoView]:
    headers = {
        "Location": url_for("photos.read_photo", photo_id=created.photo.id),
        **_retry_after(created.photo),
    }
    if created.is_replayed:
        headers["Idempotent-Replayed"] = "true"
    status = 200 if created.is_existing else None
    return Reply(
        body=PhotoView.of(created.photo), etag=created.photo.revision, headers=headers, status=status
    )
