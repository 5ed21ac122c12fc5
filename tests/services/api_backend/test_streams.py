"""Pages of photos: limits, cursors, links and caching."""

import pytest

from tests.services.api_backend.actors import ROOT, captions, code_of
from tests.services.api_backend.conftest import Api


@pytest.fixture
def seven(api: Api) -> Api:
    for number in range(7):
        api.as_("ana" if number % 2 else "bob").post_photo(caption=str(number))
    api.settle("ana", "bob")
    return api


def test_pages_follow_each_other_to_the_end(seven: Api) -> None:
    pages, cursor = [], None
    while len(pages) == 0 or cursor:
        page = seven.everyone(limit=3, **({"cursor": cursor} if cursor else {}))
        pages.append(captions(page))
        cursor = page.get_json()["next_cursor"]

    assert pages == [["6", "5", "4"], ["3", "2", "1"], ["0"]]


def test_a_full_last_page_is_the_end(seven: Api) -> None:
    assert seven.everyone(limit=7).get_json()["next_cursor"] is None
    assert "Link" not in seven.everyone(limit=7).headers


def test_the_link_leads_to_the_next_page(seven: Api) -> None:
    link = seven.stream_of("ana", limit=2).headers["Link"]

    url, _, relation = link.partition(">")
    following = seven.get(url.removeprefix("<"))

    assert relation == '; rel="next"'
    assert captions(following) == ["1"]


def test_a_stream_has_photos_of_its_user_only(seven: Api) -> None:
    assert captions(seven.stream_of("ana")) == ["5", "3", "1"]


def test_the_stream_of_an_unknown_user_is_not_found(api: Api) -> None:
    answers = [api.stream_of(user) for user in ("nobody", "NOBODY", "a" * 40, "-x", "a_b")]

    assert {code_of(answer) for answer in answers} == {(404, "not_found")}


def test_a_user_without_photos_has_an_empty_page(api: Api) -> None:
    api.as_("ana").me()

    assert api.stream_of("ana").get_json() == {"results": [], "next_cursor": None}


def test_a_cursor_belongs_to_its_list(seven: Api) -> None:
    of_ana = seven.stream_of("ana", limit=1).get_json()["next_cursor"]
    of_all = seven.everyone(limit=1).get_json()["next_cursor"]

    answers = [
        seven.everyone(cursor=of_ana),
        seven.stream_of("ana", cursor=of_all),
        seven.stream_of("bob", cursor=of_ana),
    ]

    assert {code_of(answer) for answer in answers} == {(400, "invalid_cursor")}


def test_a_cursor_altered_at_any_position_is_refused(seven: Api) -> None:
    cursor = seven.everyone(limit=1).get_json()["next_cursor"]
    places = range(0, len(cursor) - 1, 3)
    altered = [cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in places]

    answers = [seven.everyone(cursor=one) for one in [*altered, cursor[:-2], cursor + "A"]]

    assert {code_of(answer) for answer in answers} == {(400, "invalid_cursor")}


def test_a_cursor_works_after_its_photo_was_deleted(seven: Api) -> None:
    page = seven.everyone(limit=2).get_json()
    for photo in page["results"]:
        assert seven.as_(photo["user"]).delete_photo(photo["id"]).status_code == 204

    assert captions(seven.everyone(cursor=page["next_cursor"])) == ["4", "3", "2", "1", "0"]


def test_an_unchanged_page_is_a_304(seven: Api) -> None:
    for path in (f"{ROOT}/photos", f"{ROOT}/users/ana/photos?limit=2"):
        etag = seven.get(path).headers["ETag"]
        again = seven.get(path, {"If-None-Match": etag})
        assert (again.status_code, again.get_data()) == (304, b"")


def test_a_new_photo_changes_the_page_and_its_etag(seven: Api) -> None:
    etag = seven.everyone().headers["ETag"]

    seven.as_("ana").post_photo(caption="fresh")
    seven.settle("ana")

    page = seven.get(f"{ROOT}/photos", {"If-None-Match": etag})
    assert (page.status_code, captions(page)[0]) == (200, "fresh")
