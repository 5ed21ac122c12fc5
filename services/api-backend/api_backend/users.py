"""Public profiles of users, and their photos."""

from typing import Self

from flask import Blueprint
from msgspec import Struct

from api_backend.inputs import MonthsRequest, PageRequest
from api_backend.operations import Reply, operation
from api_backend.photos import MonthList, NewestView, PhotoPage, Timestamp, newest_of, reply_page
from timeline.accounts.users import User, get_user
from timeline.errors import NotFound
from timeline.serving import current_backends, public
from timeline.serving.http_values import format_timestamp
from timeline.streams import pages
from timeline.streams.months import months_of

users = Blueprint("users", __name__)


class UserView(Struct, omit_defaults=True):
    """The public profile of a user, without `bio` or `avatar_url` if there is none."""

    user: str
    display_name: str
    created: Timestamp
    bio: str = ""
    avatar_url: str | None = None

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(
            user=user.handle,
            display_name=user.display_name,
            created=format_timestamp(user.created),
            bio=user.bio,
            avatar_url=f"/user/{user.handle}/{user.avatar}" if user.avatar else None,
        )


@users.get("/<user>")
@public
@operation(errors=(NotFound,), headers=("ETag",))
def read_user(user: str) -> UserView:
    """Get a user.

    The public profile, which needs no sign-in.
    """
    return UserView.of(get_user(current_backends(), user))


@users.get("/<user>/photos")
@public
@operation(errors=(NotFound,), headers=("ETag", "Link"))
def list_photos_of_user(user: str, page: PageRequest) -> Reply[PhotoPage]:
    """List a user's photos, newest first.

    A photo is listed as soon as its post was acknowledged.
    """
    return reply_page(pages.stream_of(current_backends(), user, page.limit, page.cursor))


@users.get("/<user>/newest")
@public
@operation(errors=(NotFound,), headers=("ETag",))
def list_newest_of_user(user: str) -> NewestView:
    """List the IDs of a user's newest photos.

    Use it with `If-None-Match` to check for new photos with few bytes. The IDs are those of the ready
    photos on the first page of `/users/{user}/photos`, in the same order.
    """
    return newest_of(pages.stream_of(current_backends(), user))


@users.get("/<user>/months")
@public
@operation(errors=(NotFound,), headers=("ETag",))
def list_months_of_user(user: str, months: MonthsRequest) -> MonthList:
    """List the months with photos of a user.

    Each has a cursor for `/users/{user}/photos`. Use them for a scroll bar over the stream of one user.
    """
    return MonthList.of(months_of(current_backends(), user, months.timezone))
