"""Photos of all users in several index ranges: the same pages and cursors as in one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.timeline.factories import a_photo
from timeline.photos.age_index import index_key, scan_by_age
from timeline.photos.delete import delete_photo, restore_photo
from timeline.photos.edit import change_caption
from timeline.photos.model import KIND, key_of
from timeline.streams import months, pages

if TYPE_CHECKING:
    from timeline.interfaces import Backends

RANGES = [1, 4, 16]


def with_ranges(backends: "Backends", ranges: int) -> "Backends":
    return replace(backends, settings=replace(backends.settings, timeline_index_ranges=ranges))


def make_visible(backends: "Backends", *users: str) -> None:
    """Read strongly, which makes writes visible to global queries of a stale Datastore."""
    for user in users or ("ana",):
        pages.stream_of(backends, user, 1)


def all_pages(backends: "Backends", limits: list[int]) -> Iterator[str]:
    cursor, number = None, 0
    while True:
        page = pages.everyone(backends, limits[number % len(limits)], cursor)
        yield from (photo.id for photo in page.photos)
        cursor, number = page.next_cursor, number + 1
        if cursor is None:
            return


@pytest.mark.parametrize("ranges", RANGES)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(users=st.lists(st.sampled_from(["ana", "ben", "cy"]), min_size=1, max_size=12), data=st.data())
def test_pages_of_any_length_contain_every_photo_once_newest_first(
    ranges: int, users: list[str], data: st.DataObject, backends: "Backends"
) -> None:
    spread = with_ranges(backends, ranges)
    for user in users:
        a_photo(spread, user)
    make_visible(spread, *set(users))
    everything = sorted(row.values["id"] for row in scan_by_age(spread, 1_000))

    limits = data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))

    assert list(all_pages(spread, limits)) == everything


def test_photos_from_before_the_number_was_raised_stay_in_the_timeline(backends: "Backends") -> None:
    posted = [a_photo(with_ranges(backends, ranges)).id for ranges in (1, 4, 1, 4, 16, 16, 4)]

    make_visible(backends)
    assert list(all_pages(with_ranges(backends, 16), [2])) == posted[::-1]


def test_a_cursor_is_valid_with_another_number_of_ranges(backends: "Backends") -> None:
    posted = [a_photo(backends).id for _ in range(6)]
    make_visible(backends)
    first = pages.everyone(backends, 3)

    rest = pages.everyone(with_ranges(backends, 4), 10, first.next_cursor)

    assert [photo.id for photo in (*first.photos, *rest.photos)] == posted[::-1]


def test_an_edited_and_a_restored_photo_keep_their_place(backends: "Backends") -> None:
    spread = with_ranges(backends, 4)
    posted = [a_photo(spread).id for _ in range(3)]

    change_caption(backends, posted[0], "hills", by="ana")
    delete_photo(backends, posted[1], "ana")
    restore_photo(backends, posted[1], "ana")
    make_visible(backends)

    assert list(all_pages(spread, [2])) == posted[::-1]
    assert [row.values["index_key"][2:] for row in backends.entities.get(*map(key_of, posted)) if row] == [
        f".{photo_id}" for photo_id in posted
    ]


def test_new_photos_are_spread_over_all_ranges() -> None:
    found = {index_key(f"{number:016}-ana", 16)[:2] for number in range(1_000)}

    assert found == {f"{number:02}" for number in range(16)}


def test_a_spread_photo_is_not_written_to_the_index_on_its_id(backends: "Backends") -> None:
    photo = a_photo(with_ranges(backends, 4))
    make_visible(backends)

    assert scan_by_age(backends, 10) == []
    assert [row.key for row in scan_by_age(with_ranges(backends, 4), 10)] == [key_of(photo.id)]
    assert key_of(photo.id)[2] == KIND


def test_months_are_found_in_all_ranges(backends: "Backends") -> None:
    a_photo(with_ranges(backends, 4))
    make_visible(backends)

    assert len(months.months_of_everyone(with_ranges(backends, 4), "UTC")) == 1
