"""Idempotency keys."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from tests.pictures import a_jpeg
from tests.services.api_backend.actors import captions, code_of
from tests.services.api_backend.conftest import Api
from timeline import idempotency
from timeline.errors import Unavailable
from timeline.interfaces import Scan

if TYPE_CHECKING:
    from timeline.interfaces import Backends


def test_a_repeated_key_gets_the_first_response(api: Api) -> None:
    ana = api.as_("ana")

    first, second = (ana.post_photo(caption="once", key="k-1") for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_data() == second.get_data()
    assert first.headers["Location"] == second.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert captions(api.stream_of("ana")) == ["once"]


def test_a_repeated_key_gets_the_first_response_after_an_edit(api: Api) -> None:
    ana = api.as_("ana")
    first = ana.post_photo(key="k-1")
    ana.patch_photo(first.get_json()["id"], "changed")

    assert ana.post_photo(key="k-1").get_data() == first.get_data()


def test_a_key_with_other_content_is_refused(api: Api) -> None:
    ana = api.as_("ana")
    ana.post_photo(a_jpeg(), caption="sea", key="k-1")

    others = [
        ana.post_photo(a_jpeg(), caption="lake", key="k-1"),
        ana.post_photo(a_jpeg(width=65), caption="sea", key="k-1"),
    ]

    assert {code_of(answer) for answer in others} == {(422, "idempotency_mismatch")}
    assert captions(api.stream_of("ana")) == ["sea"]


def test_a_complete_request_answers_others_although_one_is_in_flight(api: Api, backends: "Backends") -> None:
    ana = api.as_("ana")
    first = ana.post_photo(caption="sea", key="k-1")

    with idempotency.in_flight(backends, idempotency.record_of("ana", "k-1", sha256(b"other"), "")):
        same, other = (ana.post_photo(caption=caption, key="k-1") for caption in ("sea", "lake"))

    assert (same.status_code, same.get_data()) == (201, first.get_data())
    assert code_of(other) == (422, "idempotency_mismatch")


class NoAnswer:
    """A Datastore whose reads fail."""

    def get(self, *_keys: object) -> None:
        raise Unavailable


def test_a_request_that_fails_at_once_does_not_block_the_next_try(backends: "Backends") -> None:
    record = idempotency.record_of("ana", "k-1", sha256(b"image"), "")
    failing = replace(backends, entities=NoAnswer())

    with pytest.raises(Unavailable), idempotency.in_flight(failing, record):
        pass

    with idempotency.in_flight(backends, record) as request:
        assert request.is_marked


def test_a_key_belongs_to_its_user(api: Api) -> None:
    answers = [api.as_(user).post_photo(key="shared") for user in ("ana", "bob")]

    assert len({answer.get_json()["id"] for answer in answers}) == 2


def test_equal_posts_without_a_key_are_different_photos(api: Api) -> None:
    ana = api.as_("ana")

    assert len({ana.post_photo(caption="same").get_json()["id"] for _ in range(3)}) == 3


def test_eight_concurrent_posts_with_one_key_are_one_photo(api: Api) -> None:
    actors = [api.as_("ana") for _ in range(8)]
    actors[0].me()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda actor: actor.post_photo(caption="one", key="k-1"), actors))

    posted = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.get_data() for answer in posted}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in posted) == 1
    assert captions(api.stream_of("ana")) == ["one"]


def test_eight_concurrent_posts_with_their_own_keys_are_eight_photos(api: Api) -> None:
    actors = [api.as_("ana") for _ in range(8)]
    actors[0].me()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: actors[number].post_photo(key=f"k-{number}"), range(8)))

    assert [answer.status_code for answer in answers] == [201] * 8
    assert len(captions(api.stream_of("ana"))) == 8


def test_a_key_is_stored_as_a_hash(api: Api, backends: "Backends") -> None:
    api.as_("ana").post_photo(key="ana@example.com-1")

    (row,) = backends.entities.scan(Scan(kind="Idempotency", parent=("User", "ana"), limit=9))

    assert "ana@example.com" not in repr(row)
