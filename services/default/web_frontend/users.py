"""The photos of a user as a page, and as the JSON of the original photo-timeline."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from flask import Blueprint, Response, jsonify, render_template, request

from timeline.accounts.users import get_user
from timeline.photos.avatars import read_avatar
from timeline.photos.model import Photo
from timeline.serving import current_backends, public
from timeline.serving.http_values import read_cursor, read_limit
from timeline.streams import months, pages
from timeline.streams.counts import count_photos
from web_frontend.feeds import feed_of
from web_frontend.images import jpeg_of
from web_frontend.presenters import card_page_of, current_reader, newest, reader_timezone

WHOLE_EXERCISE = 100
"""The course's exercise posts a hundred photos and expects all of them in one response."""

users = Blueprint("users", __name__)


@dataclass(frozen=True, slots=True)
class ClassicPhoto:
    image_url: str
    caption: str
    user: str
    date: str

    @classmethod
    def of(cls, photo: Photo) -> Self:
        return cls(f"/image/{photo.id}/", photo.caption, photo.user, photo.created.isoformat())


@users.get("/<user>/")
@users.get("/<user>/web/")
@public
def page(user: str) -> str:
    owner = get_user(current_backends(), user)
    month, cursor = request.args.get("month"), read_cursor()
    if month and cursor is None:
        cursor = months.cursor_of_user(current_backends(), user, month, reader_timezone())
    found = pages.stream_of(current_backends(), user, read_limit(), cursor)
    return render_template(
        "user.html",
        user=owner,
        count=count_photos(current_backends(), user, may_be_cached=current_reader().handle != user),
        page=card_page_of(found),
        is_first_page=cursor is None,
        month=month,
    )


@users.get("/<user>/months")
@public
def months_of_one(user: str) -> Response:
    """List the months with photos of this user, for the scrubber."""
    found = months.months_of(current_backends(), user, reader_timezone())
    return jsonify(months=[month.name for month in found])


@users.get("/<user>/newest")
@public
def newest_of_one(user: str) -> Response:
    return newest(pages.stream_of(current_backends(), user))


@users.get("/<user>/picture-<digest>.jpg")
@public
def picture(user: str, digest: str) -> Response:
    file_name = f"picture-{digest}.jpg"
    return jpeg_of(read_avatar(current_backends(), user, file_name), file_name)


@users.get("/<user>/feed.atom")
@public
def feed(user: str) -> Response:
    owner = get_user(current_backends(), user)
    found = pages.stream_of(current_backends(), user)
    return feed_of(f"Photos by {owner.display_name}", f"/user/{user}/", found)


@users.get("/<user>/json/")
@public
def stream(user: str) -> dict[str, Any]:
    limit = read_limit() if "limit" in request.args else WHOLE_EXERCISE
    found = pages.stream_of(current_backends(), user, limit, read_cursor())
    results = [asdict(ClassicPhoto.of(photo)) for photo in found.photos]
    return {"results": results, "next_cursor": found.next_cursor}
