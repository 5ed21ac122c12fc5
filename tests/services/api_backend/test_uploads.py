"""Uploads in pieces: from the first request to the photo."""

from typing import TYPE_CHECKING

import requests

from tests.pictures import a_noisy_jpeg
from tests.services.api_backend.actors import ROOT, Actor, captions
from tests.services.api_backend.conftest import Api
from timeline.photos import original_name

if TYPE_CHECKING:
    from timeline.backends import Backends

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


def finish(actor: Actor, upload_id: str, caption: str = "sea", **more: object) -> "object":
    headers = {"Idempotency-Key": str(more.pop("key"))} if "key" in more else {}
    body = {"upload_id": upload_id, "caption": caption, **more}
    return actor.call("POST", f"{ROOT}/photos", headers, json=body)


def blobs(backends: "Backends") -> list[str]:
    return [blob.name for blob in backends.blobs.list("", 99)]


def test_an_upload_in_pieces_becomes_a_photo(api: Api, backends: "Backends") -> None:
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
