"""Photos in the API: post, read, change, delete."""

from tests.pictures import a_jpeg
from tests.services.api_backend.actors import captions, code_of
from tests.services.api_backend.conftest import Api


def test_a_posted_photo_has_the_documented_fields(api: Api) -> None:
    answer = api.as_("ana").post_photo(a_jpeg(width=64, height=48), caption="sea")

    photo = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/photos/{photo['id']}"
    assert (photo["user"], photo["caption"], photo["status"]) == ("ana", "sea", "processing")
    assert (photo["width"], photo["height"], photo["placeholder"]) == (64, 48, None)
    assert (photo["image_url"], photo["renditions"]) == (f"/image/{photo['id']}/", [])
    assert len(photo["created"]) == len("2026-11-20T09:31:00.123456Z")


def test_an_acknowledged_photo_is_in_the_next_read(api: Api) -> None:
    ana = api.as_("ana")

    seen = []
    for number in range(3):
        ana.post_photo(caption=str(number))
        seen.append(captions(api.stream_of("ana")))

    assert seen == [["0"], ["1", "0"], ["2", "1", "0"]]


def test_width_and_height_respect_the_orientation(api: Api) -> None:
    photo = api.as_("ana").post_photo(a_jpeg(width=64, height=48, orientation=6)).get_json()

    assert (photo["width"], photo["height"]) == (48, 64)


def test_a_photo_is_read_by_anyone(api: Api) -> None:
    photo = api.as_("ana").post_photo().get_json()

    assert api.photo(photo["id"]).get_json() == photo


def test_an_unchanged_photo_is_a_304(api: Api) -> None:
    photo_id = api.as_("ana").post_photo().get_json()["id"]
    etag = api.photo(photo_id).headers["ETag"]

    again = api.photo(photo_id, {"If-None-Match": etag})

    assert (again.status_code, again.get_data()) == (304, b"")


def test_the_owner_changes_the_caption(api: Api) -> None:
    ana = api.as_("ana")
    photo_id = ana.post_photo(caption="sea").get_json()["id"]

    api.settle("ana")

    changed = ana.patch_photo(photo_id, "lake")

    assert (changed.status_code, changed.get_json()["caption"]) == (200, "lake")
    assert captions(api.everyone()) == ["lake"]


def test_a_change_with_an_old_etag_is_refused(api: Api) -> None:
    ana = api.as_("ana")
    answer = ana.post_photo()
    photo_id, etag = answer.get_json()["id"], answer.headers["ETag"]
    ana.patch_photo(photo_id, "first", {"If-Match": etag})

    late = ana.patch_photo(photo_id, "second", {"If-Match": etag})

    assert code_of(late) == (412, "precondition_failed")
    assert api.photo(photo_id).get_json()["caption"] == "first"


def test_a_weak_etag_is_accepted_in_if_match(api: Api) -> None:
    ana = api.as_("ana")
    answer = ana.post_photo()
    photo_id, weak = answer.get_json()["id"], f"W/{answer.headers['ETag']}"

    assert ana.patch_photo(photo_id, "first", {"If-Match": weak}).status_code == 200
    assert code_of(ana.patch_photo(photo_id, "second", {"If-Match": weak})) == (412, "precondition_failed")


def test_a_photo_that_changed_since_it_was_read_is_not_deleted(api: Api) -> None:
    ana = api.as_("ana")
    answer = ana.post_photo()
    photo_id, etag = answer.get_json()["id"], answer.headers["ETag"]
    newer = ana.patch_photo(photo_id, "new").headers["ETag"]

    late = ana.delete_photo(photo_id, {"If-Match": etag})

    assert code_of(late) == (412, "precondition_failed")
    assert ana.delete_photo(photo_id, {"If-Match": newer}).status_code == 204


def test_if_match_star_accepts_any_revision(api: Api) -> None:
    ana = api.as_("ana")
    photo_id = ana.post_photo().get_json()["id"]

    assert ana.patch_photo(photo_id, "new", {"If-Match": "*"}).status_code == 200
    assert ana.delete_photo(photo_id, {"If-Match": "*"}).status_code == 204


def test_if_match_accepts_a_list_of_etags(api: Api) -> None:
    ana = api.as_("ana")
    answer = ana.post_photo()
    photo_id, etag = answer.get_json()["id"], answer.headers["ETag"]

    none, one = (ana.delete_photo(photo_id, {"If-Match": tags}) for tags in ('"x", "y"', f'"x", {etag}'))

    assert code_of(none) == (412, "precondition_failed")
    assert one.status_code == 204


def test_a_stranger_cannot_change_or_delete_a_photo(api: Api) -> None:
    photo_id = api.as_("ana").post_photo(caption="sea").get_json()["id"]
    bob = api.as_("bob")
    api.settle("ana")

    refused = [code_of(bob.patch_photo(photo_id, "mine")), code_of(bob.delete_photo(photo_id))]

    assert refused == [(403, "forbidden"), (403, "forbidden")]
    assert captions(api.everyone()) == ["sea"]


def test_a_deleted_photo_is_gone_from_every_stream_at_once(api: Api) -> None:
    ana = api.as_("ana")
    gone, kept = (ana.post_photo(caption=caption).get_json()["id"] for caption in ("gone", "kept"))
    api.settle("ana")
    assert captions(api.everyone()) == captions(api.stream_of("ana")) == ["kept", "gone"]

    deleted = ana.delete_photo(gone)

    assert (deleted.status_code, deleted.get_data()) == (204, b"")
    assert captions(api.everyone()) == captions(api.stream_of("ana")) == ["kept"]
    assert code_of(api.photo(gone)) == code_of(ana.delete_photo(gone)) == (404, "not_found")
    assert api.photo(kept).status_code == 200


def test_an_unknown_photo_is_not_found(api: Api) -> None:
    answers = [api.photo(photo_id) for photo_id in ("nonsense", "0" * 16 + "-ana", "ä" * 20)]

    assert {code_of(answer) for answer in answers} == {(404, "not_found")}
