"""Deduplication: a post with equal bytes returns the existing photo."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import TestResponse

from tests.pictures import a_jpeg
from tests.services.api_backend.actors import ROOT, Actor, captions, code_of
from tests.services.api_backend.conftest import Api
from tests.services.api_backend.test_uploads import finish, uploaded
from timeline.interfaces import Scan
from timeline.photos import dedupe_index, renditions
from timeline.photos.delete import restore_photo
from timeline.photos.renditions import Job

if TYPE_CHECKING:
    from timeline.interfaces import Backends


def dedupe(actor: Actor, image: bytes | None = None, key: str | None = None) -> TestResponse:
    return actor.post_photo(image, caption="again", key=key, dedupe="true")


def rows(backends: "Backends") -> int:
    return len(backends.entities.scan(Scan(kind=dedupe_index.KIND, parent=("User", "ana"), limit=99)))


def test_equal_bytes_return_the_existing_photo(api: Api, backends: "Backends") -> None:
    ana = api.as_("ana")
    first = ana.post_photo(caption="sea").get_json()

    again = dedupe(ana)

    assert (again.status_code, again.get_json()) == (200, first)
    assert again.headers["Location"] == f"{ROOT}/photos/{first['id']}"
    assert captions(api.stream_of("ana")) == ["sea"]
    assert len(backends.blobs.list("", 9)) == 1


def test_other_bytes_and_other_users_get_new_photos(api: Api) -> None:
    ana, bob = api.as_("ana"), api.as_("bob")
    ana.post_photo()

    assert [dedupe(ana, a_jpeg(width=65)).status_code, dedupe(bob).status_code] == [201, 201]


def test_without_dedupe_equal_posts_are_different_photos(api: Api) -> None:
    ana = api.as_("ana")

    posted = [ana.post_photo(caption="same").status_code for _ in range(5)]

    assert (posted, captions(api.stream_of("ana"))) == ([201] * 5, ["same"] * 5)


def test_an_invalid_dedupe_value_is_refused(api: Api) -> None:
    assert code_of(api.as_("ana").post_photo(dedupe="yes")) == (400, "invalid_request")


def test_a_deleted_photo_is_not_found_and_a_restored_one_is(api: Api, backends: "Backends") -> None:
    ana = api.as_("ana")
    photo_id = ana.post_photo().get_json()["id"]
    ana.delete_photo(photo_id)
    none_left = rows(backends)
    anew = dedupe(ana)
    ana.delete_photo(anew.get_json()["id"])

    restore_photo(backends, photo_id, "ana")

    assert (none_left, rows(backends)) == (0, 1)
    assert (anew.status_code, dedupe(ana).get_json()["id"]) == (201, photo_id)


def test_the_remaining_one_of_two_equal_photos_is_found(api: Api) -> None:
    ana = api.as_("ana")
    older, newer = (ana.post_photo().get_json()["id"] for _ in range(2))

    found = [dedupe(ana).get_json()["id"]]
    ana.delete_photo(newer)
    found.append(dedupe(ana).get_json()["id"])

    assert found == [newer, older]


def test_eight_concurrent_equal_posts_are_one_photo(api: Api, backends: "Backends") -> None:
    actors = [api.as_("ana") for _ in range(8)]
    actors[0].me()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(dedupe, actors))

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    assert len(captions(api.stream_of("ana"))) == len(backends.blobs.list("", 99)) == 1


def test_concurrent_equal_posts_after_a_deletion_are_one_photo(api: Api) -> None:
    actors = [api.as_("ana") for _ in range(4)]
    actors[0].delete_photo(dedupe(actors[0]).get_json()["id"])

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(dedupe, actors))

    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [201]


@pytest.mark.parametrize("key", ["k-1"])
def test_a_repeated_key_gets_the_same_response(api: Api, key: str) -> None:
    ana = api.as_("ana")
    ana.post_photo()

    first, second = (dedupe(ana, key=key) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.get_data() == second.get_data()
    assert second.headers["Idempotent-Replayed"] == "true"


def test_a_duplicate_upload_is_found_and_erased(api: Api, backends: "Backends") -> None:
    ana = api.as_("ana")
    photo_id = ana.post_photo().get_json()["id"]
    upload_id = uploaded(ana, a_jpeg())

    answers = [finish(ana, upload_id, dedupe=True) for _ in range(2)]

    assert [(answer.status_code, answer.get_json()["id"]) for answer in answers] == [(200, photo_id)] * 2
    assert len(backends.blobs.list("", 9)) == 1


def test_an_uploaded_photo_is_found_after_its_rendition_task(api: Api, backends: "Backends") -> None:
    """A post does not read the whole upload; the rendition task does, and stores the digest."""
    ana = api.as_("ana")
    photo_id = finish(ana, uploaded(ana, a_jpeg())).get_json()["id"]
    renditions.make_renditions(backends, Job(photo_id=photo_id, outbox_id=photo_id))

    again = dedupe(ana)

    assert (again.status_code, again.get_json()["id"]) == (200, photo_id)
    ana.delete_photo(photo_id)
    assert rows(backends) == 0
