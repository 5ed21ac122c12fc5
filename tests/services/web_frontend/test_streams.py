"""The timeline of all users and of one, as pages and as the JSON of the original."""

import html
import re
from datetime import datetime

import pytest

from tests.services.web_frontend.visitors import Person, ids_on


def next_page(page: str) -> str:
    found = re.search(r'<a class="button plain" href="([^"]+)" rel="next">', page)
    return html.unescape(found[1]) if found else ""


def test_a_posted_photo_is_on_both_pages_at_once(ana: Person, stranger: Person) -> None:
    photo_id = ana.posts(caption="sea")

    assert ids_on(stranger.opens("/user/ana/").text) == [photo_id]
    assert ids_on(stranger.opens("/").text) == [photo_id]


@pytest.mark.parametrize("path", ["/", "/user/ana/"])
def test_the_more_links_lead_to_every_photo_once(ana: Person, stranger: Person, path: str) -> None:
    posted = [ana.posts() for _ in range(5)]

    seen: list[str] = []
    onward = f"{path}?limit=2"
    while onward:
        page = stranger.opens(onward).text
        seen += ids_on(page)
        onward = next_page(page)

    assert seen == posted[::-1]


def test_the_classic_stream_has_the_fields_of_the_original(ana: Person, stranger: Person) -> None:
    photo_id = ana.posts(caption="sea")

    (photo,) = stranger.opens("/user/ana/json/").json["results"]  # type: ignore[index]

    assert photo.keys() == {"image_url", "caption", "user", "date"}
    assert photo["image_url"] == f"/image/{photo_id}/"
    assert (photo["caption"], photo["user"]) == ("sea", "ana")
    assert datetime.fromisoformat(photo["date"]).tzinfo is not None


def test_the_classic_stream_supports_cursors(ana: Person, stranger: Person) -> None:
    for number in range(3):
        ana.posts(caption=str(number))

    first = stranger.opens("/user/ana/json/?limit=2").json
    assert first is not None
    rest = stranger.opens(f"/user/ana/json/?limit=2&cursor={first['next_cursor']}").json

    assert rest is not None
    assert [photo["caption"] for photo in first["results"] + rest["results"]] == ["2", "1", "0"]
    assert rest["next_cursor"] is None


def test_a_users_page_has_two_addresses(ana: Person, stranger: Person) -> None:
    photo_id = ana.posts()

    assert ids_on(stranger.opens("/user/ana/web/").text) == [photo_id]


@pytest.mark.parametrize("path", ["/user/nobody/", "/user/nobody/web/", "/user/nobody/json/", "/user/../"])
def test_an_unknown_user_has_no_page(stranger: Person, path: str) -> None:
    assert stranger.opens(path).status_code == 404


@pytest.mark.parametrize("limit", ["0", "101", "abc", "-1", "1e1", ""])
def test_a_limit_out_of_bounds_is_refused(ana: Person, limit: str) -> None:
    for path in ("/", "/user/ana/", "/user/ana/json/"):
        answer = ana.browser.get(f"{path}?limit={limit}")

        assert (answer.status_code, answer.json["code"]) == (400, "invalid_limit")  # type: ignore[index]


def test_a_cursor_of_another_list_is_refused(ana: Person) -> None:
    for _ in range(2):
        ana.posts()
    foreign = next_page(ana.opens("/?limit=1").text).partition("cursor=")[2]

    answer = ana.browser.get(f"/user/ana/json/?cursor={foreign}")

    assert (answer.status_code, answer.json["code"]) == (400, "invalid_cursor")  # type: ignore[index]


def test_an_empty_timeline_offers_to_post(stranger: Person, ana: Person) -> None:
    assert "Sign in to post" in stranger.opens("/").text

    assert "Post a photo" in ana.opens("/").text


def test_captions_are_escaped(ana: Person, stranger: Person) -> None:
    ana.posts(caption="<script>alert(1)</script> & 🌊")

    page = stranger.opens("/").text

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; 🌊" in page
