"""Users, as everyone may see them."""

from typing import Self

from flask import Blueprint
from msgspec import Struct

from api_backend.inputs import PageWanted
from api_backend.operations import Reply, operation
from api_backend.photos import NewestView, PhotoPage, Timestamp, newest_of, reply_page
from timeline.accounts.users import User, get_user
from timeline.errors import NotFound
from timeline.serving import current_backends, public
from timeline.serving.http_values import format_timestamp
from timeline.streams import pages

users = Blueprint("users", __name__)


class UserView(Struct):
    """Somebody who posts photos."""

    user: str
    display_name: str
    created: Timestamp

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(user=user.handle, display_name=user.display_name, created=format_timestamp(user.created))


@users.get("/<user>")
@public
@operation(refuses=(NotFound,), headers=("ETag",))
def read_user(user: str) -> UserView:
    """One user."""
    return UserView.of(get_user(current_backends(), user))


@users.get("/<user>/photos")
@public
@operation(refuses=(NotFound,), headers=("ETag", "Link"))
def list_photos_of_user(user: str, page: PageWanted) -> Reply[PhotoPage]:
    """A user's stream, newest first: a photo acknowledged is in the very next read."""
    return reply_page(pages.stream_of(current_backends(), user, page.limit, page.cursor))


@users.get("/<user>/newest")
@public
@operation(refuses=(NotFound,), headers=("ETag",))
def list_newest_of_user(user: str) -> NewestView:
    """Anything new from one user? As of everyone: a few bytes, and none while nothing changes."""
    return newest_of(pages.stream_of(current_backends(), user))
