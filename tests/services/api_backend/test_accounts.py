"""Accounts: read, change, delete."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.services.api_backend.actors import captions, code_of
from tests.services.api_backend.conftest import Api
from timeline.account_deletion import deletion
from timeline.interfaces import Scan

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends
    from timeline.settings import Settings


def test_an_account_is_changed_field_by_field(api: Api) -> None:
    ana = api.as_("ana")
    before = ana.me().get_json()

    ana.change_me(summary="weekly", timezone="Europe/Vienna")
    ana.change_me(display_name="  Ana \u0000 Maria\r\n\u202e👩‍👧 ", email=before["email"])

    assert ana.me().get_json() == {
        **before,
        "summary": "weekly",
        "timezone": "Europe/Vienna",
        "display_name": "Ana Maria 👩‍👧",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"summary": "hourly"},
        {"timezone": "Europe/Atlantis"},
        {"timezone": "../../etc/passwd"},
        {"timezone": ""},
        {"timezone": "Europe"},
        {"timezone": "localtime"},
        {"timezone": "posixrules"},
        {"timezone": "Factory"},
        {"display_name": ""},
        {"display_name": "x" * 81},
        {"display_name": "\u200b \u2060"},
        {"email": "somebody@example.org"},
        {"email": ""},
    ],
)
def test_an_invalid_change_is_refused(api: Api, change: dict[str, Any]) -> None:
    ana = api.as_("ana")
    before = ana.me().get_json()

    assert code_of(ana.change_me(**change)) == (422, "invalid_account")
    assert ana.me().get_json() == before


@pytest.mark.parametrize("change", [{"user": "bob"}, {"summary": 5}, {"handle": "bob"}])
def test_a_malformed_change_is_refused(api: Api, change: dict[str, Any]) -> None:
    assert code_of(api.as_("ana").change_me(**change)) == (400, "invalid_request")


def test_the_email_address_is_private(api: Api) -> None:
    assert api.as_("ana").me().get_json()["email"] == "ana@example.com"

    assert sorted(api.get("/api/v1/users/ana").get_json()) == ["created", "display_name", "user"]


def test_a_deleted_account_is_hidden_at_once(api: Api) -> None:
    ana, bob = api.as_("ana"), api.as_("bob")
    photo_id = ana.post_photo(caption="ana's").get_json()["id"]
    bob.post_photo(caption="bob's")
    api.settle("ana", "bob")
    api.everyone()

    assert ana.erase_me().status_code == 202

    assert captions(api.everyone()) == captions(api.everyone(limit=50)) == ["bob's"]
    answers = [api.get("/api/v1/users/ana"), api.stream_of("ana"), api.photo(photo_id)]
    assert {code_of(answer) for answer in answers} == {(404, "not_found")}


def test_the_token_that_deleted_an_account_creates_no_new_one(api: Api) -> None:
    ana = api.as_("ana")
    ana.post_photo()
    ana.erase_me()

    answers = [ana.post_photo(), ana.me(), ana.erase_me()]

    assert {code_of(answer) for answer in answers} == {(401, "unauthenticated")}


def test_a_new_sign_in_creates_an_account_with_a_new_handle(api: Api, cloud: "Cloud") -> None:
    ana = api.as_("ana")
    ana.post_photo(caption="old")
    ana.erase_me()

    again = api.with_token(cloud.token_for("ana", lifetime=1234))

    assert again.post_photo(caption="new").get_json()["user"] == "ana-2"
    api.settle("ana-2")
    assert captions(api.everyone()) == ["new"]


def test_a_token_from_before_the_deletion_cannot_use_the_next_account(api: Api, cloud: "Cloud") -> None:
    """Another app or a stolen device may still have it."""
    deleting = api.as_("ana")
    photo_id = deleting.post_photo().get_json()["id"]
    deleting.erase_me()
    again = api.with_token(cloud.token_for("ana", lifetime=1234))
    again.post_photo(caption="new")

    answers = [deleting.me(), deleting.post_photo(), deleting.delete_photo(photo_id), deleting.erase_me()]

    assert {code_of(answer) for answer in answers} == {(401, "unauthenticated")}
    assert again.me().status_code == 200


def test_a_second_deletion_revokes_the_tokens_of_both_accounts(api: Api, cloud: "Cloud") -> None:
    first = api.as_("ana")
    first.post_photo()
    first.erase_me()
    second = api.with_token(cloud.token_for("ana", lifetime=1234))
    second.post_photo()
    second.erase_me()
    third = api.with_token(cloud.token_for("ana", lifetime=1235))
    third.post_photo()

    assert code_of(second.me()) == (401, "unauthenticated")
    assert third.me().status_code == 200


def test_the_task_erases_rows_and_bytes(
    api: Api, cloud: "Cloud", backends: "Backends", settings: "Settings"
) -> None:
    ana = api.as_("ana")
    for number in range(3):
        ana.post_photo(key=f"key-{number}")
    ana.erase_me()
    (row,) = backends.entities.scan(Scan(kind="Outbox", parent=("User", "ana"), limit=9))[-4:][:1]

    for _ in range(2):
        deletion.finish_deletion(backends, "ana", outbox_id=f"{row.key[3]}-ana")

    kinds = ("Photo", "Idempotency", "Outbox")
    left = [backends.entities.scan(Scan(kind=kind, parent=("User", "ana"), limit=9)) for kind in kinds]
    assert left == [[], [], []]
    assert backends.blobs.list("", 9) == []
    assert sorted((backends.entities.get(("User", "ana"))[0] or row).values) == ["erased"]


def test_a_task_does_not_erase_an_account_that_was_not_deleted(api: Api, backends: "Backends") -> None:
    api.as_("ana").post_photo(caption="mine")

    deletion.finish_deletion(backends, "ana", outbox_id="0" * 16 + "-ana")

    assert captions(api.stream_of("ana")) == ["mine"]
