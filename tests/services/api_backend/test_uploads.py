"""Resumable uploads, from the first request to the photo."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests
from werkzeug.test import TestResponse

from tests.pictures import (
    a_gif,
    a_heic,
    a_jpeg,
    a_noisy_jpeg,
    a_png,
    a_png_header_only,
    a_webp,
    an_avif,
    truncated,
)
from tests.services.api_backend.actors import ROOT, Actor, captions, code_of
from tests.services.api_backend.conftest import Api
from tests.timeline.factories import later
from timeline import sweep
from timeline.interfaces import Scan
from timeline.photos.create_from_upload import create_photo_from_upload
from timeline.photos.model import original_name

if TYPE_CHECKING:
    from timeline.interfaces import Backends

QUARTER = 256 * 1024
MB = 1024 * 1024


def begin(actor: Actor, size: int, kind: str = "image/jpeg", key: str | None = None) -> dict[str, str]:
    headers = {"Idempotency-Key": key} if key else {}
    answer = actor.call("POST", f"{ROOT}/uploads", headers, json={"content_type": kind, "size": size})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return dict(answer.get_json())


def put(url: str, content: bytes, **headers: str) -> requests.Response:
    return requests.put(url, data=content, headers=headers, timeout=60)


def uploaded(actor: Actor, image: bytes, kind: str = "image/jpeg") -> str:
    upload = begin(actor, len(image), kind)
    assert put(upload["upload_url"], image).status_code == 200
    return upload["id"]


def finish(
    actor: Actor, upload_id: str, caption: str = "sea", key: str | None = None, *, dedupe: bool = False
) -> TestResponse:
    headers = {"Idempotency-Key": key} if key else {}
    body = {"upload_id": upload_id, "caption": caption, "dedupe": dedupe}
    return actor.call("POST", f"{ROOT}/photos", headers, json=body)


def blobs(backends: "Backends") -> list[str]:
    return [blob.name for blob in backends.blobs.list("", 99)]


def test_an_upload_in_chunks_becomes_a_photo(api: Api, backends: "Backends") -> None:
    ana, image = api.as_("ana"), a_noisy_jpeg(1200, 900)
    upload = begin(ana, len(image))
    first = put(
        upload["upload_url"], image[:QUARTER], **{"Content-Range": f"bytes 0-{QUARTER - 1}/{len(image)}"}
    )
    asked = put(upload["upload_url"], b"", **{"Content-Range": f"bytes */{len(image)}"})
    rest = f"bytes {QUARTER}-{len(image) - 1}/{len(image)}"
    assert (first.status_code, asked.headers["Range"]) == (308, f"bytes=0-{QUARTER - 1}")
    assert put(upload["upload_url"], image[QUARTER:], **{"Content-Range": rest}).status_code == 200

    answer = finish(ana, upload["id"])

    photo = answer.get_json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{ROOT}/photos/{photo['id']}")
    assert (photo["width"], photo["height"], photo["status"]) == (1200, 900, "processing")
    assert backends.blobs.read(original_name(photo["id"])) == image
    assert blobs(backends) == [original_name(photo["id"])]
    assert captions(api.stream_of("ana")) == ["sea"]


def test_an_upload_reports_its_state(api: Api) -> None:
    ana, image = api.as_("ana"), a_jpeg()
    upload = begin(ana, len(image))

    def state() -> tuple[str, str | None]:
        read = ana.get(f"{ROOT}/uploads/{upload['id']}").get_json()
        return read["state"], read["photo_id"]

    before = state()
    put(upload["upload_url"], image)
    stored = state()
    photo_id = finish(ana, upload["id"]).get_json()["id"]

    assert (before, stored, state()) == (("waiting", None), ("stored", None), ("posted", photo_id))


def test_an_incomplete_upload_becomes_no_photo(api: Api) -> None:
    ana, image = api.as_("ana"), a_noisy_jpeg(1200, 900)
    upload = begin(ana, len(image))
    part = {"Content-Range": f"bytes 0-{QUARTER - 1}/{len(image)}"}

    nothing = code_of(finish(ana, upload["id"]))
    put(upload["upload_url"], image[:QUARTER], **part)

    assert nothing == code_of(finish(ana, upload["id"])) == (409, "upload_unfinished")
    assert captions(api.stream_of("ana")) == []


@pytest.mark.parametrize(
    ("image", "refusal"),
    [
        (b"This is not a picture." * 20, (415, "image_unsupported")),
        (truncated(a_jpeg(width=640, height=480)), (422, "image_broken")),
        (truncated(a_gif(frames=3)), (422, "image_broken")),
        (truncated(a_webp()), (422, "image_broken")),
        (a_png_header_only(), (422, "image_too_many_pixels")),
    ],
)
def test_an_upload_is_refused_like_a_multipart_post(api: Api, image: bytes, refusal: tuple[int, str]) -> None:
    ana = api.as_("ana")

    refused = code_of(finish(ana, uploaded(ana, image)))

    assert refused == code_of(ana.post_photo(image)) == refusal
    assert captions(api.stream_of("ana")) == []


@pytest.mark.parametrize("image", [a_png(), a_gif(), a_webp(), a_jpeg(orientation=6), a_heic(), an_avif()])
def test_the_declared_type_may_differ_from_the_actual_one(api: Api, image: bytes) -> None:
    ana = api.as_("ana")

    posted = finish(ana, uploaded(ana, image)).get_json()

    by_form = ana.post_photo(image).get_json()
    assert (posted["width"], posted["height"]) == (by_form["width"], by_form["height"])


@pytest.mark.parametrize(
    ("named", "usual"),
    [
        ("image/jpg", "image/jpeg"),
        ("image/pjpeg", "image/jpeg"),
        ("IMAGE/JPEG", "image/jpeg"),
        ("image/jpeg; name=photo.jpg", "image/jpeg"),
        ("image/heif", "image/heic"),
        ("image/avif-sequence", "image/avif"),
    ],
)
def test_other_names_of_the_types_are_known(api: Api, named: str, usual: str) -> None:
    ana, image = api.as_("ana"), a_jpeg()

    upload = begin(ana, len(image), named)

    assert upload["content_type"] == usual
    assert put(upload["upload_url"], image, **{"Content-Type": named}).status_code == 200
    assert finish(ana, upload["id"]).status_code == 201


def test_only_the_beginning_and_end_of_a_large_upload_are_read(api: Api, backends: "Backends") -> None:
    """Only two ranges of the large file are read."""
    ana, image = api.as_("ana"), a_jpeg()
    film = image[:-2] + bytes(50 * MB - len(image)) + image[-2:]

    answer = finish(ana, uploaded(ana, film))

    assert answer.status_code == 201
    (blob,) = backends.blobs.list("originals/", 9)
    assert blob.size == 50 * MB


def test_a_too_large_upload_is_refused_before_it_is_sent(api: Api) -> None:
    ana = api.as_("ana")

    def asked(content_type: str, size: int) -> tuple[int, str]:
        return code_of(ana.call("POST", f"{ROOT}/uploads", json={"content_type": content_type, "size": size}))

    assert asked("image/jpeg", 50 * MB + 1) == (413, "image_too_large")
    assert asked("video/mp4", MB) == (415, "image_unsupported")
    assert asked("image/jpeg", 0) == (400, "invalid_request")


def test_an_upload_cannot_exceed_its_declared_size(api: Api) -> None:
    upload = begin(api.as_("ana"), 100)

    assert put(upload["upload_url"], a_jpeg(width=640, height=480)).status_code == 400


def test_an_upload_becomes_one_photo(api: Api) -> None:
    ana = api.as_("ana")
    upload_id = uploaded(ana, a_jpeg())

    first, second = (finish(ana, upload_id, caption) for caption in ("sea", "lake"))

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.get_data() == first.get_data()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert captions(api.stream_of("ana")) == ["sea"]


def test_eight_concurrent_posts_of_an_upload_are_one_photo(api: Api, backends: "Backends") -> None:
    actors = [api.as_("ana") for _ in range(8)]
    upload_id = uploaded(actors[0], a_jpeg())

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda actor: finish(actor, upload_id), actors))

    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.get_data() for answer in answers}) == 1
    assert len(captions(api.stream_of("ana"))) == len(blobs(backends)) == 1


def test_keys_work_for_uploads_and_for_their_photos(api: Api) -> None:
    ana, image = api.as_("ana"), a_jpeg()
    first, second = (begin(ana, len(image), key="u-1") for _ in range(2))
    put(first["upload_url"], image)
    photo, again = (finish(ana, first["id"], key="p-1") for _ in range(2))
    other = ana.call(
        "POST", f"{ROOT}/uploads", {"Idempotency-Key": "u-1"}, json={"content_type": "image/png", "size": 5}
    )

    assert first == second
    assert photo.get_data() == again.get_data()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert code_of(other) == (422, "idempotency_mismatch")
    assert code_of(finish(ana, uploaded(ana, image), key="p-1")) == (422, "idempotency_mismatch")


def test_only_the_owner_can_use_an_upload(api: Api) -> None:
    ana, bob = api.as_("ana"), api.as_("bob")
    upload_id = uploaded(ana, a_jpeg())
    path = f"{ROOT}/uploads/{upload_id}"

    refused = [bob.get(path), bob.call("DELETE", path), finish(bob, upload_id), bob.get(f"{ROOT}/uploads/x")]

    assert {code_of(answer) for answer in refused} == {(404, "not_found")}
    assert finish(ana, upload_id).status_code == 201


def test_a_cancelled_upload_leaves_nothing(api: Api, backends: "Backends") -> None:
    ana, image = api.as_("ana"), a_noisy_jpeg(1200, 900)
    upload = begin(ana, len(image))
    put(upload["upload_url"], image[:QUARTER], **{"Content-Range": f"bytes 0-{QUARTER - 1}/{len(image)}"})

    cancelled = ana.call("DELETE", f"{ROOT}/uploads/{upload['id']}")

    assert cancelled.status_code == 204
    assert put(upload["upload_url"], image).status_code >= 400
    assert code_of(finish(ana, upload["id"])) == (404, "not_found")
    assert blobs(backends) == []


def test_expired_uploads_are_erased(api: Api, backends: "Backends") -> None:
    ana, image = api.as_("ana"), a_jpeg()
    waiting = begin(ana, len(image))
    uploaded(ana, image)
    used = uploaded(ana, image)
    photo_id = finish(ana, used).get_json()["id"]
    early = sweep.sweep(later(backends, days=2))

    swept = sweep.sweep(later(backends, days=4))

    assert (early.uploads_deleted, swept.uploads_deleted) == (0, 3)
    assert blobs(backends) == [original_name(photo_id)]
    assert backends.entities.scan(Scan(kind="Upload", parent=("User", "ana"), limit=9)) == []
    assert put(waiting["upload_url"], image).status_code >= 400


def test_an_expired_upload_becomes_no_photo(api: Api, backends: "Backends") -> None:

    from timeline.errors import NotFound
    from timeline.photos.create_from_upload import FinishedUpload

    upload_id = uploaded(api.as_("ana"), a_jpeg())

    with pytest.raises(NotFound):
        create_photo_from_upload(later(backends, days=4), "ana", FinishedUpload(upload_id=upload_id))


def test_uploads_are_erased_with_their_account(api: Api, backends: "Backends") -> None:
    from timeline.account_deletion import deletion
    from timeline.accounts.users import Caller

    ana = api.as_("ana")
    upload_id = uploaded(ana, a_jpeg())
    caller = Caller(handle="ana", issuer="", subject="")
    deletion.delete_account(backends, caller)
    (row,) = backends.entities.scan(Scan(kind="Outbox", parent=("User", "ana"), limit=9))

    deletion.finish_deletion(backends, "ana", f"{row.key[3]}-ana")

    assert blobs(backends) == []
    assert upload_id
