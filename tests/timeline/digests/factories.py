"""Users, photos and summary emails for tests, each showing only the relevant difference."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from timeline.accounts.users import User
from timeline.digests.content import Content
from timeline.digests.emails import SummaryEmail
from timeline.digests.periods import Kind, period_of
from timeline.digests.selection import Selection
from timeline.photos.model import Photo, Rendition
from timeline.pictures.sizes import fit_all
from timeline.settings import Settings

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SETTINGS = Settings(
    public_url="https://photos.example/", mail_from="Photo timeline <timeline@photos.example>"
)
NAMES = {"ana": "Ana", "ben": "Ben Ito", "cleo": "Cleo", "dora": "Dora", "emil": "Emil"}


def a_reader(name: str = "Ana", email: str = "ana@example.com", timezone: str = "UTC") -> User:
    return User(handle="ana", display_name=name, email=email, summary="daily", timezone=timezone, created=NOW)


def a_photo(
    caption: str = "sea", user: str = "ben", created: datetime = NOW, size: tuple[int, int] = (4032, 3024)
) -> Photo:
    width, height = size
    renditions = tuple(
        Rendition(name=name, width=made[0], height=made[1], type="image/jpeg", digest="0123")
        for name, made in fit_all(width, height).items()
        if name in {"medium", "wide", "large"}
    )
    return Photo(
        id=f"0123-{user}",
        user=user,
        caption=caption,
        created=created,
        status="ready",
        width=width,
        height=height,
        content_type="image/jpeg",
        renditions=renditions,
    )


def an_email(
    *photos: Photo,
    reader: User | None = None,
    kind: Kind = "daily",
    has_more: bool = False,
    names: Mapping[str, str] = NAMES,
    a_year_ago: Sequence[Photo] = (),
) -> SummaryEmail:
    selection = Selection(
        reader=reader or a_reader(),
        since=NOW - timedelta(days=1 if kind == "daily" else 7),
        until=NOW,
        photos=photos,
        names=names,
        has_more=has_more,
        a_year_ago=a_year_ago,
    )
    return SummaryEmail(
        content=Content(settings=SETTINGS, selection=selection, period=period_of(kind, NOW), token="t0ken")
    )
