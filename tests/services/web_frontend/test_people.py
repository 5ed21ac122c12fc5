"""A person's page with avatar, bio and photo count, the Atom feeds, and the welcome text."""

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from tests.services.web_frontend.visitors import Person
from timeline.accounts.users import MAX_BIO

ATOM = "{http://www.w3.org/2005/Atom}"


def save_settings(person: Person, **fields: str) -> int:
    form = {"display_name": "Ana", "timezone": "UTC", "summary": "off"} | fields
    return person.sends("/settings", form).status_code


def entries(feed: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(feed).findall(f"{ATOM}entry")


def test_a_bio_is_shown_on_the_page(ana: Person, stranger: Person) -> None:
    saved = save_settings(ana, bio="Ferries, <b>fog</b>\nand film.")

    page = stranger.opens("/user/ana/").text
    assert saved == 303
    assert "Ferries, &lt;b&gt;fog&lt;/b&gt; and film.</p>" in page
    assert 'name="description" content="Ferries, &lt;b&gt;fog&lt;/b&gt; and film."' in page


def test_an_empty_bio_is_removed_and_a_form_without_it_keeps_it(ana: Person, stranger: Person) -> None:
    save_settings(ana, bio="Ferries")
    save_settings(ana)
    kept = "Ferries" in stranger.opens("/user/ana/").text
    save_settings(ana, bio="")

    assert kept
    assert "Ferries" not in stranger.opens("/user/ana/").text


def test_a_long_bio_is_refused(ana: Person) -> None:
    assert save_settings(ana, bio="x" * MAX_BIO) == 303
    assert save_settings(ana, bio="x" * (MAX_BIO + 1)) == 422


def test_the_page_counts_the_photos(ana: Person, stranger: Person) -> None:
    none_yet = ana.opens("/user/ana/").text
    ana.posts()
    one = ana.opens("/user/ana/").text
    ana.posts()

    assert "ana · 0 photos · joined" in none_yet
    assert "ana · 1 photo · joined" in one
    assert "ana · 2 photos · joined" in stranger.opens("/user/ana/").text


def test_a_person_without_a_picture_has_a_letter(ana: Person, stranger: Person) -> None:
    save_settings(ana, display_name="ärla")

    page = stranger.opens("/user/ana/").text
    assert '<svg class="avatar"' in page
    assert ">Ä</text>" in page


@pytest.mark.parametrize("path", ["/feed.atom", "/user/ana/feed.atom"])
def test_a_feed_lists_the_ready_photos_newest_first(
    ana: Person, stranger: Person, make_ready: Callable[[], None], path: str
) -> None:
    ana.sends("/settings", {"display_name": "Ana <3"})
    posted = [ana.posts(caption="the <sea> & fog"), ana.posts()]
    make_ready()
    ana.posts(caption="not ready yet")

    answer = stranger.opens(path)

    found = entries(answer.text)
    assert answer.mimetype == "application/atom+xml"
    assert [entry.findtext(f"{ATOM}title") for entry in found] == ["Photo by Ana <3", "the <sea> & fog"]
    assert {entry.findtext(f"{ATOM}author/{ATOM}name") for entry in found} == {"Ana <3"}
    assert [str(entry.findtext(f"{ATOM}id")).rsplit("/", 2)[1] for entry in found] == posted[::-1]
    image = found[0].find(f"{ATOM}link[@rel='enclosure']")
    assert image is not None
    assert image.get("type") == "image/jpeg"
    assert stranger.opens(str(image.get("href")).partition("8080")[2]).mimetype == "image/jpeg"


def test_a_feed_is_valid_without_photos_and_with_odd_characters(
    ana: Person, stranger: Person, make_ready: Callable[[], None]
) -> None:
    empty = stranger.opens("/feed.atom").text
    ana.posts(caption="]]> \uffff \x0b end")
    make_ready()

    assert entries(empty) == []
    assert len(entries(stranger.opens("/user/ana/feed.atom").text)) == 1


def test_an_unchanged_feed_is_not_sent_again(ana: Person, stranger: Person) -> None:
    first = stranger.opens("/user/ana/feed.atom")

    again = stranger.opens("/user/ana/feed.atom", if_none_match=first.headers["ETag"])

    assert again.status_code == 304


def test_the_feed_of_an_unknown_user_is_missing(stranger: Person) -> None:
    assert stranger.opens("/user/nobody/feed.atom").status_code == 404


def test_pages_name_their_feed(ana: Person) -> None:
    own, everyone = ana.opens("/user/ana/").text, ana.opens("/").text

    assert 'type="application/atom+xml" title="Photos by Ana" href="/user/ana/feed.atom"' in own
    assert 'type="application/atom+xml" title="Everyone’s photos" href="/feed.atom"' in everyone  # noqa: RUF001


def test_visitors_are_welcomed_and_users_are_not(ana: Person, stranger: Person) -> None:
    welcome = "you need no account for that"

    assert welcome in stranger.opens("/").text
    assert welcome not in ana.opens("/").text
