"""The account: created by the first request, changed by its owner, public without the email address."""

import uuid
from collections.abc import Callable

from tests import pictures
from tests.journeys.conformance.callers import Caller, code_of


def test_the_first_request_creates_an_account(ana: Caller, nobody: Caller) -> None:
    account = ana.get("/api/v1/me").json()

    seen = nobody.get(f"/api/v1/users/{account['user']}").json()

    assert set(seen) == {"user", "display_name", "created"}
    assert seen["display_name"] == account["display_name"]


def test_a_change_is_stored(ana: Caller) -> None:
    before = ana.get("/api/v1/me").json()
    change = {"display_name": f"Ana {uuid.uuid4().hex[:6]}", "summary": "weekly", "timezone": "Asia/Tokyo"}

    changed = ana.ask("PATCH", "/api/v1/me", json=change)

    assert changed.status_code == 200
    assert ana.get("/api/v1/me").json() == {**before, **change}
    back = {name: before[name] for name in change}
    assert ana.ask("PATCH", "/api/v1/me", json=back).json() == before


def test_invalid_account_changes_are_refused(ana: Caller) -> None:
    assert code_of(ana.ask("PATCH", "/api/v1/me", json={"timezone": "Moon"})) == (422, "invalid_account")
    assert code_of(ana.ask("PATCH", "/api/v1/me", json={"role": "admin"})) == (400, "invalid_request")
    assert code_of(ana.ask("PATCH", "/api/v1/me", data="{")) == (415, "unsupported_media_type")


def test_the_photos_of_a_deleted_account_are_deleted(as_: Callable[[str], Caller], nobody: Caller) -> None:
    leaver = as_(f"leaver-{uuid.uuid4().hex[:8]}")
    photo = leaver.post_photo(pictures.a_jpeg()).json()

    erased = leaver.ask("DELETE", "/api/v1/me")

    assert erased.status_code == 202
    assert code_of(nobody.get(f"/api/v1/users/{photo['user']}")) == (404, "not_found")
    assert code_of(nobody.get(f"/api/v1/photos/{photo['id']}")) == (404, "not_found")
    assert code_of(leaver.get("/api/v1/me")) == (401, "unauthenticated")
