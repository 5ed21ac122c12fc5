"""The photos of a user as a page, and as the JSON of the original photo-timeline."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from flask import Blueprint, Response, render_template, request

from timeline.accounts.users import get_user
from timeline.photos.model import Photo
from timeline.serving import current_backends, public
from timeline.serving.http_values import read_cursor, read_limit
from timeline.streams import pages
from web_frontend.presenters import card_page_of, newest

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
    cursor = read_cursor()
    owner = get_user(current_backends(), user)
    found = pages.stream_of(current_backends(), user, read_limit(), cursor)
    return render_template("user.html", user=owner, page=card_page_of(found), is_first_page=cursor is None)


@users.get("/<user>/newest")
@public
def newest_of_one(user: str) -> Response:
    return newest(pages.stream_of(current_backends(), user))


@users.get("/<user>/json/")
@public
def stream(user: str) -> dict[str, Any]:
    limit = read_limit() if "limit" in request.args else WHOLE_EXERCISE
    found = pages.stream_of(current_backends(), user, limit, read_cursor())
    results = [asdict(ClassicPhoto.of(photo)) for photo in found.photos]
    return {"results": results, "next_cursor": found.next_cursor}
