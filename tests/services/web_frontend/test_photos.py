"""The page of a photo, and the actions of its owner."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask

from tests.pictures import a_png_with_damaged_pixels
from tests.services.web_frontend.visitors import Person, ids_on
from tests.timeline.factories import later

if TYPE_CHECKING:
    from timeline.interfaces import Backends


def test_only_the_owner_sees_the_actions(ana: Person, ben: Person, stranger: Person) -> None:
    photo_id = ana.posts(caption="sea")

    pages = [person.opens(f"/photo/{photo_id}/").text for person in (ana, ben, stranger)]

    assert all("sea" in page for page in pages)
    assert ["Delete photo" in page for page in pages] == [True, False, False]


def test_the_owner_changes_the_caption(ana: Person, stranger: Person) -> None:
    photo_id = ana.posts(caption="see")

    answer = ana.sends(f"/photo/{photo_id}/caption", {"caption": "sea"})

    assert answer.headers["Location"] == f"/photo/{photo_id}/"
    assert "Caption saved." in ana.opens(answer.headers["Location"]).text
    assert stranger.opens("/user/ana/json/").json["results"][0]["caption"] == "sea"  # type: ignore[index]


def test_a_deleted_photo_is_gone_from_every_stream(ana: Person, stranger: Person) -> None:
    photo_id = ana.posts()

    answer = ana.sends(f"/photo/{photo_id}/delete")

    assert answer.headers["Location"] == "/user/ana/"
    assert ids_on(stranger.opens("/").text) == []
    assert ids_on(stranger.opens("/user/ana/").text) == []
    assert stranger.opens(f"/photo/{photo_id}/").status_code == 404


def test_a_deletion_can_be_undone(ana: Person, stranger: Person) -> None:
    photo_id = ana.posts(caption="sea")
    page = ana.opens(ana.sends(f"/photo/{photo_id}/delete").headers["Location"]).text
    assert f'action="/photo/{photo_id}/restore"' in page

    answer = ana.sends(f"/photo/{photo_id}/restore")

    assert answer.headers["Location"] == f"/photo/{photo_id}/"
    assert "Photo restored." in ana.opens(answer.headers["Location"]).text
    assert ids_on(stranger.opens("/user/ana/").text) == [photo_id]


def test_a_late_undo_shows_an_error(ana: Person, app: Flask, backends: "Backends") -> None:
    photo_id = ana.posts()
    ana.sends(f"/photo/{photo_id}/delete")
    app.extensions["backends"] = later(backends, seconds=90)

    answer = ana.sends(f"/photo/{photo_id}/restore")

    assert answer.status_code == 404
    assert "too late" in answer.text


def test_a_too_long_caption_is_kept_with_an_error(ana: Person) -> None:
    photo_id = ana.posts(caption="sea")

    answer = ana.sends(f"/photo/{photo_id}/caption", {"caption": "x" * 501})

    assert answer.status_code == 422
    assert "at most 500 characters" in answer.text
    assert "x" * 501 in answer.text
    problem = ana.sends(f"/photo/{photo_id}/caption", {"caption": "x" * 501}, Accept="*/*").json
    assert problem is not None
    assert problem["code"] == "caption_too_long"


def test_a_failed_photo_shows_the_reason_and_can_be_retried(
    ana: Person, stranger: Person, make_ready: Callable[[], None]
) -> None:
    photo_id = ana.posts(image=a_png_with_damaged_pixels())
    make_ready()
    reason, offer = "cut off or damaged", f'action="/photo/{photo_id}/try-again"'
    pages = [ana.opens(f"/photo/{photo_id}/").text, stranger.opens(f"/photo/{photo_id}/").text]
    assert [(reason in page, offer in page) for page in pages] == [(True, True), (False, False)]
    assert [reason in person.opens("/").text for person in (ana, stranger)] == [True, False]

    assert ana.sends(f"/photo/{photo_id}/try-again").status_code == 303

    assert "data-processing" in ana.opens(f"/photo/{photo_id}/").text


def test_newest_lists_ready_photos(ana: Person, stranger: Person, make_ready: Callable[[], None]) -> None:
    photo_id = ana.posts()
    assert stranger.opens("/newest").json == {"ids": []}
    make_ready()

    for path in ("/newest", "/user/ana/newest"):
        answer = stranger.opens(path)
        assert answer.json == {"ids": [photo_id]}
        assert stranger.opens(path, If_None_Match=answer.headers["ETag"]).status_code == 304


def test_a_stranger_can_neither_change_nor_delete_it(ana: Person, ben: Person, stranger: Person) -> None:
    photo_id = ana.posts(caption="mine")

    answers = [
        person.sends(f"/photo/{photo_id}/{act}", {"caption": "yours"}).status_code
        for person in (ben, stranger)
        for act in ("caption", "delete", "restore", "try-again")
    ]

    assert answers[4:] == [401] * 4
    assert answers[:4] == [403] * 4
    assert stranger.opens("/user/ana/json/").json["results"][0]["caption"] == "mine"  # type: ignore[index]


def test_another_site_cannot_delete_it(ana: Person) -> None:
    photo_id = ana.posts()

    assert ana.sends(f"/photo/{photo_id}/delete", Sec_Fetch_Site="cross-site").status_code == 403

    assert ids_on(ana.opens("/user/ana/").text) == [photo_id]


def test_the_card_shows_the_status(ana: Person) -> None:
    photo_id = ana.posts()

    card = ana.opens(f"/photo/{photo_id}/card").text

    assert ids_on(card) == [photo_id]
    assert f'data-processing="/photo/{photo_id}/card"' in card


def test_the_first_row_loads_at_once_and_the_first_photo_first(
    ana: Person, make_ready: Callable[[], None]
) -> None:
    for _ in range(6):
        ana.posts()
    make_ready()

    images = re.findall(r"<img [^>]*>", ana.opens("/").text)

    assert 'fetchpriority="high"' in images[0]
    assert all('fetchpriority="low"' in image for image in images[1:3])
    assert all('loading="lazy"' in image for image in images[3:6])


def test_pages_describe_themselves_to_search_engines_and_in_shared_links(
    ana: Person, make_ready: Callable[[], None]
) -> None:
    photo_id = ana.posts(caption="sea")
    make_ready()

    for path, kind in (("/", "website"), ("/user/ana/", "profile"), (f"/photo/{photo_id}/", "article")):
        page = ana.opens(path).text

        assert re.search(r'<meta name="description" content="[^"]{10,}">', page), path
        assert f'<link rel="canonical" href="http://localhost:8080{path}">' in page
        assert f'<meta property="og:type" content="{kind}">' in page
        assert re.search(rf'property="og:image" content="http://localhost:8080/image/{photo_id}/', page), path
