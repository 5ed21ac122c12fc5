"""Pages and cursors of streams."""

import uuid
from collections.abc import Iterator

import pytest

from tests import pictures
from tests.journeys.conformance.callers import PHOTOS, Caller, code_of, is_unchanged
from tests.waiting import eventually

POSTED = 5


@pytest.fixture
def posted(ana: Caller) -> Iterator[list[str]]:
    """The IDs of some photos of ana, newest first."""
    image = pictures.a_jpeg()
    ids = [ana.post_photo(image, f"{number} {uuid.uuid4()}").json()["id"] for number in range(POSTED)]
    yield ids[::-1]
    for photo_id in ids:
        ana.ask("DELETE", f"{PHOTOS}/{photo_id}")


def test_pages_have_every_photo_once_newest_first(ana: Caller, posted: list[str]) -> None:
    whole = [photo["id"] for photo in ana.stream(ana.handle(), limit=2)]

    assert whole[:POSTED] == posted
    assert len(set(whole)) == len(whole)


def test_the_cursor_and_the_link_lead_to_the_same_page(ana: Caller, posted: list[str]) -> None:
    first = ana.get(f"/api/v1/users/{ana.handle()}/photos?limit=2")

    by_cursor = ana.get(
        f"/api/v1/users/{ana.handle()}/photos", params={"limit": 2, "cursor": first.json()["next_cursor"]}
    )
    by_link = ana.get(first.links["next"]["url"])

    pages = [[photo["id"] for photo in page.json()["results"]] for page in (by_cursor, by_link)]
    assert pages == [posted[2:4]] * 2
    assert by_cursor.json()["next_cursor"] == by_link.json()["next_cursor"]


def test_a_cursor_works_only_for_its_own_list(ana: Caller, posted: list[str]) -> None:
    stream = f"/api/v1/users/{ana.handle()}/photos"
    cursor = ana.get(f"{stream}?limit=1").json()["next_cursor"]

    answers = [
        ana.get(PHOTOS, params={"cursor": cursor}),
        ana.get(stream, params={"cursor": f"{cursor[:-2]}xx"}),
        ana.get(stream, params={"cursor": "none"}),
    ]

    assert [code_of(answer) for answer in answers] == [(400, "invalid_cursor")] * 3


@pytest.mark.parametrize("limit", ["0", "101", "-1", "abc", "1.5", ""])
def test_a_limit_is_a_number_from_1_to_100(nobody: Caller, limit: str) -> None:
    assert code_of(nobody.get(PHOTOS, params={"limit": limit})) == (400, "invalid_limit")


def test_the_timeline_of_all_users_is_newest_first(nobody: Caller, posted: list[str]) -> None:
    page = nobody.get(f"{PHOTOS}?limit=100").json()["results"]

    created = [photo["created"] for photo in page]
    assert created == sorted(created, reverse=True)


def test_an_unchanged_page_is_a_304(ana: Caller, posted: list[str]) -> None:
    assert eventually(lambda: is_unchanged(ana, f"/api/v1/users/{ana.handle()}/photos?limit=3"))


def test_an_unknown_user_is_not_found(nobody: Caller) -> None:
    unknown = f"nobody-{uuid.uuid4().hex[:12]}"

    assert code_of(nobody.get(f"/api/v1/users/{unknown}")) == (404, "not_found")
    assert code_of(nobody.get(f"/api/v1/users/{unknown}/photos")) == (404, "not_found")
