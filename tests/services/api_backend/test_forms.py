"""Multipart forms as clients other than browsers write them."""

import pytest

from tests.pictures import a_jpeg
from tests.services.api_backend.actors import ROOT, Actor, captions, code_of
from tests.services.api_backend.conftest import Api

CAPTION = b'form-data; name="caption"'
IMAGE = b'form-data; name="image"; filename="photo.jpg"'
Part = tuple[bytes, bytes]


@pytest.fixture
def ana(api: Api) -> Actor:
    return api.as_("ana")


def post(actor: Actor, *parts: Part, end: bytes = b"--B--\r\n") -> tuple[int, str]:
    """Each part is what follows `Content-Disposition: `, and the content."""
    body = b"".join(
        b"--B\r\nContent-Disposition: " + head + b"\r\n\r\n" + content + b"\r\n" for head, content in parts
    )
    form_type = "multipart/form-data; boundary=B"
    answer = actor.call("POST", f"{ROOT}/photos", data=body + end, content_type=form_type)
    return (201, "") if answer.status_code == 201 else code_of(answer)


@pytest.mark.parametrize("name", [b"\xe9t\xe9.jpg", b"\x8eR.jpg", b"\xff\xfe"], ids=ascii)
def test_a_file_name_in_any_encoding_is_accepted(api: Api, ana: Actor, name: bytes) -> None:
    head = b'form-data; name="image"; filename="' + name + b'"'

    assert post(ana, (head, a_jpeg()), (CAPTION, b"sea")) == (201, "")
    assert captions(api.stream_of("ana")) == ["sea"]


@pytest.mark.parametrize("kind", [b"image/jpeg", b"application/octet-stream"])
@pytest.mark.parametrize("more", [0, 700_000])
def test_a_file_without_a_name_is_accepted(ana: Actor, kind: bytes, more: int) -> None:
    head = b'form-data; name="image"\r\nContent-Type: ' + kind

    assert post(ana, (head, a_jpeg() + bytes(more))) == (201, "")


def test_a_file_with_a_type_and_an_empty_name_is_accepted(ana: Actor) -> None:
    assert post(ana, (IMAGE.replace(b"photo.jpg", b""), a_jpeg())) == (201, "")


def test_a_second_image_is_refused_instead_of_ignored(api: Api, ana: Actor) -> None:
    assert post(ana, (IMAGE, a_jpeg()), (IMAGE, a_jpeg())) == (400, "invalid_request")
    assert captions(api.stream_of("ana")) == []


def test_a_caption_in_a_file_is_refused_instead_of_ignored(ana: Actor) -> None:
    assert post(ana, (IMAGE, a_jpeg()), (CAPTION + b'; filename="c.txt"', b"sea")) == (400, "invalid_request")


@pytest.mark.parametrize("size", [600_000, 3_000_000])
def test_a_long_text_field_is_refused(ana: Actor, size: int) -> None:
    assert post(ana, (CAPTION, b"x" * size), (IMAGE, a_jpeg())) == (413, "request_too_large")


@pytest.mark.parametrize("end", [b"", b"--B", b"--C--\r\n"])
def test_a_form_that_is_cut_off_stores_nothing(api: Api, ana: Actor, end: bytes) -> None:
    assert post(ana, (IMAGE, a_jpeg()), end=end) == (400, "image_missing")
    assert captions(api.stream_of("ana")) == []


def test_a_part_without_a_disposition_is_refused(ana: Actor) -> None:
    body = b"--B\r\nContent-Type: image/jpeg\r\n\r\n" + a_jpeg() + b"\r\n--B--\r\n"
    form_type = "multipart/form-data; boundary=B"

    answer = ana.call("POST", f"{ROOT}/photos", data=body, content_type=form_type)

    assert code_of(answer) == (400, "image_missing")
