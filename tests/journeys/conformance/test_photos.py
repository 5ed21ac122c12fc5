"""One photo: post, read, change, delete, and repeat a post."""

import uuid
from collections.abc import Iterator

import pytest

from tests import pictures
from tests.journeys.conformance.callers import PHOTOS, Caller, code_of, is_unchanged
from tests.waiting import eventually


@pytest.fixture
def photo_path(ana: Caller) -> Iterator[str]:
    """A photo of ana, deleted after the test."""
    answer = ana.post_photo(pictures.a_jpeg(), f"conforming {uuid.uuid4()}")
    path = f"{PHOTOS}/{answer.json()['id']}"
    yield path
    ana.ask("DELETE", path)


def test_a_photo_is_at_its_location(ana: Caller, nobody: Caller) -> None:
    posted = ana.post_photo(pictures.a_jpeg(width=640, height=480), "where")

    read = nobody.get(posted.headers["Location"])

    assert posted.status_code == 201
    assert read.json()["id"] == posted.json()["id"]
    assert (read.json()["user"], read.json()["caption"]) == (ana.handle(), "where")
    assert (read.json()["width"], read.json()["height"]) == (640, 480)
    assert ana.ask("DELETE", posted.headers["Location"]).status_code == 204


def test_an_acknowledged_photo_is_in_the_next_read(ana: Caller, photo_path: str) -> None:
    newest = ana.get(f"/api/v1/users/{ana.handle()}/photos?limit=1").json()["results"][0]

    assert photo_path.endswith(newest["id"])


def test_the_same_key_gives_the_same_photo(ana: Caller) -> None:
    image, key = pictures.a_jpeg(), str(uuid.uuid4())
    first = ana.post_photo(image, "once", key)

    again = ana.post_photo(image, "once", key)
    other = ana.post_photo(image, "twice", key)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert code_of(other) == (422, "idempotency_mismatch")
    assert ana.ask("DELETE", first.headers["Location"]).status_code == 204


def test_a_change_needs_the_current_etag(ana: Caller, photo_path: str) -> None:
    seen = eventually(lambda: a_tag_that_lets_change(ana, photo_path))

    late = ana.ask("PATCH", photo_path, {"If-Match": seen}, json={"caption": "late"})
    deleted = ana.ask("DELETE", photo_path, {"If-Match": seen})

    assert code_of(late) == code_of(deleted) == (412, "precondition_failed")
    assert ana.get(photo_path).json()["caption"] == "changed"


def a_tag_that_lets_change(ana: Caller, path: str) -> str:
    """Retry, because renditions that are made in between change the ETag."""
    seen = ana.get(path, headers={"Accept-Encoding": "identity"}).headers["ETag"]
    changed = ana.ask("PATCH", path, {"If-Match": seen}, json={"caption": "changed"})
    assert changed.status_code in (200, 412)
    return str(seen) if changed.status_code == 200 else ""


def test_an_unchanged_photo_is_a_304(ana: Caller, photo_path: str) -> None:
    assert eventually(lambda: is_unchanged(ana, photo_path))


def test_only_the_owner_can_change_a_photo(ben: Caller, photo_path: str) -> None:
    assert code_of(ben.ask("PATCH", photo_path, json={"caption": "mine"})) == (403, "forbidden")
    assert code_of(ben.ask("DELETE", photo_path)) == (403, "forbidden")


def test_a_deleted_photo_is_gone_from_the_next_read(ana: Caller) -> None:
    path = ana.post_photo(pictures.a_jpeg()).headers["Location"]

    assert ana.ask("DELETE", path).status_code == 204

    assert code_of(ana.get(path)) == (404, "not_found")
    assert code_of(ana.ask("DELETE", path)) == (404, "not_found")
    assert path.rpartition("/")[2] not in [photo["id"] for photo in ana.stream(ana.handle())]


@pytest.mark.parametrize(
    ("image", "refused"),
    [
        (b"", (400, "image_missing")),
        (b"this is no picture at all\n" * 9, (415, "image_unsupported")),
        (pictures.truncated(pictures.a_jpeg()), (422, "image_broken")),
        (pictures.a_png_header_only(width=10_000, height=6_000), (422, "image_too_many_pixels")),
        (b"\xff\xd8" + bytes(21_500_000), (413, "image_too_large")),
    ],
    ids=["empty", "text", "truncated", "60 megapixels", "21 MB"],
)
def test_an_invalid_image_is_refused_with_its_code(
    ana: Caller, image: bytes, refused: tuple[int, str]
) -> None:
    assert code_of(ana.post_photo(image)) == refused


def test_a_caption_has_at_most_500_characters(ana: Caller, photo_path: str) -> None:
    fits = ana.ask("PATCH", photo_path, json={"caption": "é" * 500})

    assert fits.status_code == 200
    assert code_of(ana.ask("PATCH", photo_path, json={"caption": "é" * 501})) == (422, "caption_too_long")
    assert code_of(ana.post_photo(pictures.a_jpeg(), "x" * 501)) == (422, "caption_too_long")
