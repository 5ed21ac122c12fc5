"""Invalid input gets an error code, never a 500, and stores nothing."""

import io
import struct
import zlib
from typing import TYPE_CHECKING

import pytest

from tests.pictures import a_jpeg, a_picture, encoded
from tests.services.api_backend.actors import ROOT, Actor, captions, code_of
from tests.services.api_backend.conftest import Api
from timeline.interfaces import Scan

if TYPE_CHECKING:
    from timeline.interfaces import Backends

MB = 1024 * 1024


def a_png_that_claims(width: int, height: int) -> bytes:
    """A PNG header without pixels: the size must be read without decoding."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def post_form(actor: Actor, form: dict[str, object]) -> tuple[int, str]:
    return code_of(actor.call("POST", f"{ROOT}/photos", data=form, content_type="multipart/form-data"))


@pytest.fixture
def ana(api: Api, backends: "Backends") -> Actor:
    actor = api.as_("ana")
    actor.me()
    return actor


@pytest.fixture(autouse=True)
def nothing_is_left_behind(ana: Actor, backends: "Backends") -> object:
    yield
    for kind in ("Photo", "Outbox", "Idempotency"):
        assert backends.entities.scan(Scan(kind=kind, parent=("User", "ana"), limit=1)) == []
    assert backends.blobs.list("", 1) == []


def test_no_file_part(ana: Actor) -> None:
    assert post_form(ana, {"caption": "sea"}) == (400, "image_missing")


def test_a_file_in_the_wrong_field(ana: Actor) -> None:
    assert post_form(ana, {"picture": (io.BytesIO(a_jpeg()), "photo.jpg")}) == (400, "image_missing")


def test_a_text_field_instead_of_a_file(ana: Actor) -> None:
    assert post_form(ana, {"image": "photo.jpg"}) == (400, "image_missing")


def test_an_empty_file(ana: Actor) -> None:
    assert code_of(ana.post_photo(b"")) == (400, "image_missing")


def test_no_form_at_all(ana: Actor) -> None:
    answer = ana.call("POST", f"{ROOT}/photos", data=a_jpeg(), content_type="image/jpeg")

    assert code_of(answer) == (400, "image_missing")


@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")  # Werkzeug drops the half part it holds
def test_a_truncated_form(ana: Actor) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n' + a_jpeg()
    answer = ana.call("POST", f"{ROOT}/photos", data=body, content_type="multipart/form-data; boundary=b")

    assert code_of(answer) == (400, "image_missing")


def test_a_text_named_jpg(ana: Actor) -> None:
    assert code_of(ana.post_photo(b"just some words")) == (415, "image_unsupported")


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "PPM", "ICO"])
def test_an_unsupported_format(ana: Actor, kind: str) -> None:
    assert code_of(ana.post_photo(encoded(a_picture(), kind))) == (415, "image_unsupported")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9, 0.99])
def test_a_truncated_picture(ana: Actor, kind: str, share: float) -> None:
    whole = encoded(a_picture(320, 240), kind)

    assert code_of(ana.post_photo(whole[: int(len(whole) * share)])) == (422, "image_broken")


@pytest.mark.parametrize(("width", "height"), [(10_000, 6_000), (1, 60_000_000), (2**31 - 1, 2**31 - 1)])
def test_more_pixels_than_allowed(ana: Actor, width: int, height: int) -> None:
    assert code_of(ana.post_photo(a_png_that_claims(width, height))) == (422, "image_too_many_pixels")


@pytest.mark.parametrize("size", [20 * MB + 1, 25 * MB])
def test_more_bytes_than_allowed(ana: Actor, size: int) -> None:
    assert code_of(ana.post_photo(a_jpeg() + bytes(size))) == (413, "image_too_large")


def test_a_caption_of_501_characters(ana: Actor) -> None:
    assert code_of(ana.post_photo(caption="é" * 501)) == (422, "caption_too_long")


@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")  # Werkzeug drops the half form it holds
def test_a_caption_of_a_megabyte(ana: Actor) -> None:
    assert code_of(ana.post_photo(caption="x" * MB)) == (413, "request_too_large")


def test_json_of_more_than_64_kib(ana: Actor) -> None:
    answers = [
        ana.change_me(bio="x" * 100_000),
        ana.call("POST", f"{ROOT}/photos", json={"caption": "x" * MB}),
    ]

    assert [code_of(answer) for answer in answers] == [(413, "request_too_large")] * 2


def test_json_of_64_kib_is_read(ana: Actor) -> None:
    body = b'{"bio": "sea"' + b" " * (64 * 1024 - 14) + b"}"

    assert ana.call("PATCH", f"{ROOT}/me", data=body, content_type="application/json").status_code == 200


@pytest.mark.parametrize("key", ["", "with space", "x" * 201, "ключ"])
def test_an_invalid_idempotency_key(ana: Actor, key: str) -> None:
    assert code_of(ana.post_photo(key=key.encode().decode("latin-1"))) == (400, "invalid_idempotency_key")


@pytest.mark.parametrize("limit", ["0", "101", "abc", "-1", "1.5", "", "٣", "1e2", "9" * 400])
def test_an_invalid_limit(ana: Actor, limit: str) -> None:
    answers = [ana.everyone(limit=limit), ana.stream_of("ana", limit=limit)]

    assert [code_of(answer) for answer in answers] == [(400, "invalid_limit")] * 2


@pytest.mark.parametrize("cursor", ["", "x", "x" * 5_000, "a.b", "ä", "\0"])
def test_an_invalid_cursor(ana: Actor, cursor: str) -> None:
    answers = [ana.everyone(cursor=cursor), ana.stream_of("ana", cursor=cursor)]

    assert [code_of(answer) for answer in answers] == [(400, "invalid_cursor")] * 2


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"caption": 5}', b'{"other": "x"}', b'{"caption": null}']
)
def test_an_invalid_caption_change(ana: Actor, body: bytes) -> None:
    answer = ana.call("PATCH", f"{ROOT}/photos/{'0' * 16}-ana", data=body, content_type="application/json")

    assert code_of(answer) == (400, "invalid_request")


def test_an_unknown_path(ana: Actor) -> None:
    assert code_of(ana.get("/api/v2/photos")) == (404, "not_found")


def test_an_unsupported_method(ana: Actor) -> None:
    answer = ana.call("PUT", f"{ROOT}/photos")

    assert code_of(answer) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_every_problem_has_a_request_id(ana: Actor) -> None:
    answer = ana.get(f"{ROOT}/users/nobody")

    problem = answer.get_json()
    assert sorted(problem) == ["code", "detail", "request_id", "status", "title", "type"]
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert captions(ana.everyone()) == []
