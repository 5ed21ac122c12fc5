"""The front door refuses invalid uploads and blob keys before anything is stored."""

import asyncio
from pathlib import Path

import pytest

from gaelocal.appengine.http import Body, Request, Response
from gaelocal.bundled.blob_pages import BlobPages
from gaelocal.bundled.blobs import BlobStore, blob_key, place_of
from gaelocal.bundled.datastore.client import DatastoreClient

FORM = (
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\n0123456789\r\n--b--\r\n"
)


class NoFiles:
    """A storage without objects."""

    def file_of(self, bucket: str, name: str) -> Path:
        raise LookupError(f"No such object: {bucket}/{name}")

    def content_type_of(self, bucket: str, name: str) -> str:
        raise LookupError(f"No such object: {bucket}/{name}")


@pytest.fixture
def blobs() -> BlobStore:
    return BlobStore(NoFiles(), "http://127.0.0.1:9", "bucket", DatastoreClient("127.0.0.1:9", "demo"))


def a_request(path: str, method: str = "POST", body: bytes = FORM, kind: bytes = b"") -> Request:
    headers = [(b"Content-Type", kind or b"multipart/form-data; boundary=b")]
    fields = {name.lower(): value for name, value in headers}
    return Request(method, path, path, "localhost", headers, fields, Body(body), "127.0.0.1", keep_alive=True)


def status_of(blobs: BlobStore, request: Request) -> int | None:
    answered = asyncio.run(BlobPages(blobs).respond(request))
    return answered.status if isinstance(answered, Response) else None


def an_upload(blobs: BlobStore, limits: tuple[int, int] = (0, 0), seconds: int = 0) -> str:
    return f"/_ah/upload/{blobs.begin_upload('/done', '', limits, seconds)}"


def test_a_blob_key_tells_bucket_and_name() -> None:
    assert place_of(blob_key("/gs/bucket/a/b ä.png")) == ("bucket", "a/b ä.png")


@pytest.mark.parametrize("key", ["", "x", "encoded_gs_key:", "encoded_gs_key:!!!", blob_key("/other/b/c")])
def test_another_text_is_no_blob_key(key: str) -> None:
    with pytest.raises(LookupError):
        place_of(key)


def test_other_paths_are_for_the_service(blobs: BlobStore) -> None:
    assert status_of(blobs, a_request("/done")) is None


def test_an_upload_address_is_good_once(blobs: BlobStore) -> None:
    path = an_upload(blobs, limits=(1, 0))

    assert [status_of(blobs, a_request(path)), status_of(blobs, a_request(path))] == [413, 404]


def test_an_upload_address_ends(blobs: BlobStore) -> None:
    assert status_of(blobs, a_request(an_upload(blobs, seconds=-1))) == 404


@pytest.mark.parametrize("limits", [(9, 0), (0, 9)])
def test_an_upload_over_its_limits_is_refused(blobs: BlobStore, limits: tuple[int, int]) -> None:
    assert status_of(blobs, a_request(an_upload(blobs, limits))) == 413


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (b"text/plain", FORM),
        (b"multipart/form-data", FORM),
        (b"multipart/form-data; boundary=c", FORM),
        (b"multipart/form-data; boundary*=utf-8''%E2%82%AC", FORM),
    ],
)
def test_what_is_no_form_is_refused(blobs: BlobStore, kind: bytes, body: bytes) -> None:
    assert status_of(blobs, a_request(an_upload(blobs), body=body, kind=kind)) == 400


def test_a_form_of_too_many_parts_is_refused(blobs: BlobStore) -> None:
    body = FORM.replace(b"--b--", b"--b\r\n\r\n\r\n" * 1000 + b"--b--")

    assert status_of(blobs, a_request(an_upload(blobs), body=body)) == 413


def test_a_storage_that_does_not_answer_is_an_error_response(blobs: BlobStore) -> None:
    assert status_of(blobs, a_request(an_upload(blobs))) == 500


def test_a_missing_image_is_a_404(blobs: BlobStore) -> None:
    path = f"/_ah/img/{blob_key('/gs/bucket/none.png')}=s32"

    assert status_of(blobs, a_request(path, "GET")) == 404
