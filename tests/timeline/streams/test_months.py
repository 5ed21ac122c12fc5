"""The months of a stream, and cursors that start there."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.timeline.factories import a_user
from timeline import ids
from timeline.errors import InvalidCursor, InvalidRequest, NotFound
from timeline.photos.model import Photo, entity_of
from timeline.streams import months, pages

if TYPE_CHECKING:
    from timeline.interfaces import Backends

Months = Callable[["Backends", str], tuple[months.Month, ...]]
EVERYONE: Months = months.months_of_everyone
ANAS: Months = lambda backends, timezone: months.months_of(backends, "ana", timezone)  # noqa: E731
NAMES = ["2026-11", "2026-10", "2025-12", "2020-02"]
MOMENTS = (
    datetime(2026, 11, 30, 23, 30, tzinfo=UTC),
    datetime(2026, 11, 1, 0, 0, tzinfo=UTC),
    datetime(2026, 10, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2025, 12, 31, 12, 0, tzinfo=UTC),
    datetime(2020, 2, 29, 12, 0, tzinfo=UTC),
)


@pytest.fixture(autouse=True)
def photos(backends: "Backends") -> list[Photo]:
    a_user(backends)
    made = [a_photo_of(moment) for moment in MOMENTS]
    backends.entities.put(*map(entity_of, made))
    pages.stream_of(backends, "ana", 1)
    return made


def a_photo_of(moment: datetime) -> Photo:
    return Photo(
        id=ids.id_of(ids.new_key(moment), "ana"),
        user="ana",
        caption="",
        created=moment,
        status="ready",
        width=3,
        height=2,
        content_type="image/jpeg",
    )


@pytest.mark.parametrize("read", [EVERYONE, ANAS], ids=["everyone", "one user"])
def test_months_with_photos_are_listed_newest_first(backends: "Backends", read: Months) -> None:
    assert [month.name for month in read(backends, "UTC")] == NAMES


@pytest.mark.parametrize("read", [EVERYONE, ANAS], ids=["everyone", "one user"])
def test_months_begin_in_the_requested_time_zone(backends: "Backends", read: Months) -> None:
    assert [month.name for month in read(backends, "Asia/Tokyo")] == ["2026-12", *NAMES[:1], *NAMES[2:]]


def test_a_cursor_starts_with_the_newest_photo_of_its_month(
    backends: "Backends", photos: list[Photo]
) -> None:
    for read, page in (
        (EVERYONE, pages.everyone),
        (ANAS, lambda backends, limit, cursor: pages.stream_of(backends, "ana", limit, cursor)),
    ):
        first = [page(backends, 1, month.cursor).photos[0].id for month in read(backends, "UTC")]

        assert first == [photos[0].id, photos[2].id, photos[3].id, photos[4].id]


def test_a_cursor_starts_in_the_requested_time_zone(backends: "Backends", photos: list[Photo]) -> None:
    cursor = months.cursor_of_everyone(backends, "2026-10", "America/Los_Angeles")

    assert pages.everyone(backends, 1, cursor).photos[0].id == photos[1].id


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "2026-00", "1969-12", "२०२६-११", "2026-11-01"])
def test_other_texts_are_not_months(backends: "Backends", month: str) -> None:
    with pytest.raises(InvalidRequest):
        months.cursor_of_everyone(backends, month, "UTC")


@pytest.mark.parametrize("timezone", ["", "Mars/Olympus", "../etc/passwd", "localtime"])
def test_unknown_time_zones_are_refused(backends: "Backends", timezone: str) -> None:
    with pytest.raises(InvalidRequest):
        months.months_of_everyone(backends, timezone)


def test_a_cursor_of_one_list_is_refused_by_the_other(backends: "Backends") -> None:
    month = months.months_of_everyone(backends, "UTC")[0]

    with pytest.raises(InvalidCursor):
        pages.stream_of(backends, "ana", 1, month.cursor)


def test_an_unknown_user_has_no_months(backends: "Backends") -> None:
    with pytest.raises(NotFound):
        months.months_of(backends, "nobody", "UTC")
