"""GET /api/v1/sync and the newest photos."""

from typing import TYPE_CHECKING

from tests.services.api_backend.actors import ROOT, Actor, code_of
from tests.services.api_backend.conftest import Api
from timeline.photos import renditions
from timeline.photos.renditions import Job

if TYPE_CHECKING:
    from timeline.interfaces import Backends


def synced(actor: Actor, **query: str | int) -> dict[str, object]:
    answer = actor.call("GET", f"{ROOT}/sync", query_string=query)
    assert answer.status_code == 200
    return dict(answer.get_json())


def test_a_sync_returns_changes_and_deletions(api: Api) -> None:
    ana = api.as_("ana")
    kept, gone = (ana.post_photo(caption=caption).get_json() for caption in ("kept", "gone"))
    first = synced(ana)
    changed = ana.patch_photo(kept["id"], "changed").get_json()
    ana.delete_photo(gone["id"])

    second = synced(ana, since=str(first["next"]))

    assert (first["changed"], first["deleted"], first["has_more"]) == ([gone, kept], [], False)
    assert (second["changed"], second["deleted"], second["has_more"]) == ([changed], [gone["id"]], False)


def test_the_first_sync_comes_in_pages(api: Api) -> None:
    ana = api.as_("ana")
    posted = [ana.post_photo().get_json()["id"] for _ in range(3)]

    first = synced(ana, limit=2)
    second = synced(ana, limit=2, since=str(first["next"]))

    seen = [photo["id"] for page in (first, second) for photo in page["changed"]]  # type: ignore[attr-defined]
    assert (seen, first["has_more"], second["has_more"]) == (posted[::-1], True, False)


def test_an_unchanged_sync_is_a_304(api: Api) -> None:
    ana = api.as_("ana")
    ana.post_photo()
    path = f"{ROOT}/sync?since={synced(ana)['next']}"
    etag = ana.get(path).headers["ETag"]

    again = ana.get(path, {"If-None-Match": etag})

    assert (again.status_code, again.get_data()) == (304, b"")


def test_bad_tokens_and_limits_are_refused(api: Api) -> None:
    ana, bob = api.as_("ana"), api.as_("bob")
    bobs = synced(bob)["next"]

    refused = [code_of(ana.get(f"{ROOT}/sync?{query}")) for query in ("since=x", f"since={bobs}", "limit=0")]

    assert refused == [(400, "invalid_cursor"), (400, "invalid_cursor"), (400, "invalid_limit")]
    assert code_of(api.get(f"{ROOT}/sync")) == (401, "unauthenticated")


def test_a_processing_photo_has_retry_after(api: Api, backends: "Backends") -> None:
    posted = api.as_("ana").post_photo()
    photo_id = posted.get_json()["id"]
    waiting = api.photo(photo_id)
    renditions.make_renditions(backends, Job(photo_id=photo_id, outbox_id=photo_id))

    ready = api.photo(photo_id)

    assert posted.headers["Retry-After"] == waiting.headers["Retry-After"] == "1"
    assert ready.get_json()["status"] == "ready"
    assert "Retry-After" not in ready.headers


def test_newest_returns_ids_only(api: Api, backends: "Backends") -> None:
    ana = api.as_("ana")
    ready, _ = (ana.post_photo().get_json()["id"] for _ in range(2))
    renditions.make_renditions(backends, Job(photo_id=ready, outbox_id=ready))
    ana.settle("ana")

    for path in (f"{ROOT}/newest", f"{ROOT}/users/ana/newest"):
        answer = api.get(path)
        again = api.get(path, {"If-None-Match": answer.headers["ETag"]})
        assert answer.get_json() == {"ids": [ready]}
        assert again.status_code == 304
    assert code_of(api.get(f"{ROOT}/users/nobody/newest")) == (404, "not_found")
