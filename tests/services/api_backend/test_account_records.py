"""Exports, sessions and deletion receipts of an account."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import requests

from api_backend import create_app
from tests.pictures import a_jpeg
from tests.services.api_backend.actors import ROOT, Actor, code_of
from tests.services.api_backend.conftest import Api
from timeline.accounts import sessions
from timeline.gcp.memcache import Memcache

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends

EXPORT, SESSIONS = f"{ROOT}/me/export", f"{ROOT}/me/sessions"
NOWHERE = "127.0.0.1:1"
Work = Callable[[str], None]


@pytest.fixture
def work(cloud: "Cloud", backends: "Backends") -> Work:
    """Run the waiting tasks of a queue."""
    from tasks_backend import create_app as create_worker

    def run(queue: str) -> None:
        project = backends.settings.google_cloud_project
        answers = cloud.run_tasks(project, create_worker(backends), queue)
        assert {status for _, status in answers} <= {200, 204}

    return run


@pytest.fixture
def without_cache(backends: "Backends", cloud: "Cloud") -> Api:
    return Api(create_app(replace(backends, cache=Memcache(NOWHERE, ""))), cloud.token_for)


def asked(actor: Actor) -> dict[str, Any]:
    answer = actor.call("POST", EXPORT)
    assert answer.status_code == 202, answer.get_data(as_text=True)
    return dict(answer.get_json())


def signed_in(backends: "Backends", actor: Actor, *devices: str) -> list[str]:
    """Create browser sessions and return their IDs."""
    handle = actor.me().get_json()["user"]
    return [sessions.open_session(backends, handle, device) for device in devices]


def devices_of(actor: Actor) -> list[str]:
    return [session["device"] for session in actor.get(SESSIONS).get_json()["results"]]


def test_an_export_is_requested_and_downloaded(api: Api, work: Work) -> None:
    ana = api.as_("ana")
    ana.post_photo(a_jpeg(80, 60))

    answer = ana.call("POST", EXPORT)
    during = ana.get(EXPORT)
    work("export")
    after = ana.get(EXPORT)

    assert (answer.status_code, answer.headers["Location"]) == (202, EXPORT)
    assert during.get_json() == answer.get_json()
    told = during.get_json()
    assert (told["state"], told["done"], told["total"], told["url"]) == ("running", 0, 1, None)
    assert int(during.headers["Retry-After"]) > 0
    assert (after.get_json()["state"], after.headers["Cache-Control"]) == ("ready", "no-store")
    assert "Retry-After" not in after.headers
    fetched = requests.get(after.get_json()["url"], timeout=60)
    assert len(fetched.content) == after.get_json()["size"]
    with zipfile.ZipFile(io.BytesIO(fetched.content)) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".jpg")]
        assert archive.read(name) == a_jpeg(80, 60)


def test_a_running_export_is_returned_instead_of_a_new_one(api: Api, work: Work) -> None:
    ana = api.as_("ana")

    first, again = asked(ana), asked(ana)
    work("export")
    later = asked(ana)

    assert first["id"] == again["id"] != later["id"]


def test_a_user_cannot_read_the_export_of_another(api: Api, work: Work) -> None:
    ana, bob = api.as_("ana"), api.as_("bob")
    asked(ana)
    work("export")

    answers = [bob.get(EXPORT), api.get(EXPORT), api.call("POST", EXPORT)]

    assert [code_of(answer) for answer in answers] == [
        (404, "not_found"),
        (401, "unauthenticated"),
        (401, "unauthenticated"),
    ]


def test_a_receipt_is_readable_without_a_sign_in(api: Api, work: Work) -> None:
    ana = api.as_("ana")
    ana.post_photo(key="key")

    answer = ana.erase_me()
    receipt = answer.headers["Location"]
    during = api.get(receipt)
    work("erase")
    after = api.get(receipt)

    assert (answer.status_code, answer.get_data()) == (202, b"")
    assert receipt.startswith(f"{ROOT}/me/deletion/")
    told = during.get_json()
    assert (told["state"], told["finished"], told["removed"]) == ("erasing", None, [])
    assert int(during.headers["Retry-After"]) > 0
    told = after.get_json()
    assert (told["state"], told["erased"]) == ("erased", told["total"])
    counts = {each["what"]: each["count"] for each in told["removed"]}
    assert (counts["User"], counts["Photo"], counts["originals"]) == (1, 1, 1)
    assert "ana" not in after.get_data(as_text=True)
    assert (after.headers["Cache-Control"], after.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert "Retry-After" not in after.headers


@pytest.mark.parametrize("receipt_id", ["nonsense", "a" * 32, "../../ana", "%00"])
def test_an_unknown_receipt_is_not_found(api: Api, receipt_id: str) -> None:
    assert api.get(f"{ROOT}/me/deletion/{receipt_id}").status_code == 404


def test_every_receipt_has_its_own_address(api: Api) -> None:
    first, second = api.as_("ana"), api.as_("bob")
    first.me(), second.me()

    receipts = [each.erase_me().headers["Location"] for each in (first, second)]

    assert receipts[0] != receipts[1]
    assert [api.get(receipt).status_code for receipt in receipts] == [200, 200]


def test_sessions_are_listed_the_latest_first(api: Api, backends: "Backends") -> None:
    ana = api.as_("ana")
    _, latest = signed_in(backends, ana, "Firefox on Linux", "Safari on iPhone")

    first, _ = ana.get(SESSIONS).get_json()["results"]

    assert devices_of(ana) == ["Safari on iPhone", "Firefox on Linux"]
    assert (first["id"], sorted(first)) == (latest, ["device", "id", "opened"])
    assert devices_of(api.as_("bob")) == []


def test_a_session_is_ended_from_another_browser(api: Api, backends: "Backends") -> None:
    ana = api.as_("ana")
    gone, kept = signed_in(backends, ana, "gone", "kept")

    ended = ana.call("DELETE", f"{SESSIONS}/{gone}")

    assert (ended.status_code, ended.get_data()) == (204, b"")
    assert devices_of(ana) == ["kept"]
    assert [sessions.is_open(backends, "ana", each) for each in (gone, kept)] == [False, True]
    assert code_of(ana.call("DELETE", f"{SESSIONS}/{gone}")) == (404, "not_found")


def test_all_sessions_are_ended_at_once(api: Api, backends: "Backends") -> None:
    ana, bob = api.as_("ana"), api.as_("bob")
    signed_in(backends, ana, "one", "two")
    signed_in(backends, bob, "bob's")

    assert ana.call("DELETE", SESSIONS).status_code == 204

    assert (devices_of(ana), devices_of(bob)) == ([], ["bob's"])


@pytest.mark.parametrize("who", ["bob", ""])
def test_a_user_cannot_see_or_end_the_sessions_of_another(api: Api, backends: "Backends", who: str) -> None:
    ana = api.as_("ana")
    (theirs,) = signed_in(backends, ana, "ana's")
    other = api.as_(who) if who else api

    answers = [other.call("DELETE", f"{SESSIONS}/{theirs}"), other.call("DELETE", f"{SESSIONS}/nonsense")]

    expected = (404, "not_found") if who else (401, "unauthenticated")
    assert [code_of(answer) for answer in answers] == [expected, expected]
    assert devices_of(ana) == ["ana's"]
    assert "ana's" not in other.get(SESSIONS).get_data(as_text=True)


def test_all_of_this_works_without_the_cache(without_cache: Api, backends: "Backends", work: Work) -> None:
    ana = without_cache.as_("ana")
    (session,) = signed_in(backends, ana, "Firefox")
    asked(ana)
    work("export")

    statuses = [
        ana.get(EXPORT).status_code,
        ana.get(SESSIONS).status_code,
        ana.call("DELETE", f"{SESSIONS}/{session}").status_code,
        without_cache.get(ana.erase_me().headers["Location"]).status_code,
    ]

    assert statuses == [200, 200, 204, 200]
