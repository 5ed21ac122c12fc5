"""Public profiles of users, and their photos."""

from typing import Self

from flask import Blueprint
from msgspec import Struct

from api_backend.inputs import PageRequest
from api_backend.operations import Reply, operation
from api_backend.photos import NewestView, PhotoPage, Timestamp, newest_of, reply_page
from timeline.accounts.users import User, get_user
from timeline.errors import NotFound
from timeline.serving import current_backends, public
from timeline.serving.http_values import format_timestamp
from timeline.streams import pages

users = Blueprint("users", __name__)


class UserView(Struct):
    """The public profile of a user."""

    user: str
    display_name: str
    created: Timestamp

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(user=user.handle, display_name=user.display_name, created=format_timestamp(user.created))


@users.get("/<user>")
@public
@operation(errors=(NotFound,), headers=("ETag",))
def read_user(user: str) -> UserView:
    """Get a user."""
    return UserView.of(get_user(current_backends(), user))


@users.get("/<user>/photos")
@public
@operation(errors=(NotFound,), headers=("ETag", "Link"))
def list_photos_of_user(user: str, page: PageRequest) -> Reply[PhotoPage]:
    """List a user's photos, newest first. A photo is listed as soon as its post was acknowledged."""
    return reply_page(pages.stream_of(current_backends(), user, page.limit, page.cursor))


@users.get("/<user>/newest")
@public
@operation(errors=(NotFound,), headers=("ETag",))
def list_newest_of_user(user: str) -> NewestView:
    """List the IDs of a user's newest photos, to check for new ones with few bytes (`If-None-Match`)."""
    return newest_of(pages.stream_of(current_backends(), user))
