"""Requests in the forms of clients that the other tests do not use, as they were recorded."""

import base64
import os
from pathlib import Path

import pytest
import requests
from google.cloud import storage
from google.cloud.storage import transfer_manager
from tests.storage.conftest import BUCKET, RunningStorage

QUARTER = 256 * 1024
BASE64 = b"text/plain\ncontent-transfer-encoding: base64"


def send(cloud: RunningStorage, path: str, body: bytes, kind: str = "application/json") -> requests.Response:
    return requests.post(f"{cloud.server.url}{path}", data=body, headers={"Content-Type": kind}, timeout=60)


def related(media: bytes, boundary: str, end: bytes) -> bytes:
    """Return an upload as gcsfs writes it; `end` ends its lines, but not the last one."""
    mark = b"--" + boundary.encode()
    head = [mark, b"Content-Type: application/json; charset=UTF-8", b"", b'{"name": "a.txt"}']
    return end.join([*head, mark, b"content-type: text/plain", b"", media, mark]) + b"--"


@pytest.mark.parametrize("media", [b"", b"text", b"\r\n\n\r--==0=\r\n--", os.urandom(700_001)])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("quoted", ['"==0=="', "'==0=='", "==0==", '"==0=="; charset=UTF-8'])
def test_gcsfs_uploads_metadata_and_media(
    cloud: RunningStorage, bucket: storage.Bucket, media: bytes, end: bytes, quoted: str
) -> None:
    body = related(media, "==0==", end)
    path = f"/upload/storage/v1/b/{BUCKET}/o?uploadType=multipart"

    sent = send(cloud, path, body, f"multipart/related; boundary={quoted}")

    assert sent.status_code == 200
    assert bucket.get_blob("a.txt").content_type == "text/plain"
    assert bucket.blob("a.txt").download_as_bytes() == media


@pytest.mark.parametrize("media", [b"", b"x", b"text", os.urandom(100_001)])
def test_a_page_uploads_base64_by_googles_javascript(
    cloud: RunningStorage, bucket: storage.Bucket, media: bytes
) -> None:
    path = f"/upload/storage/v1/b/{BUCKET}/o?uploadType=multipart&fields=name,size"
    kind = b"content-type: text/plain\r\nContent-Transfer-Encoding: base64"
    body = related(base64.encodebytes(media), "x", b"\r\n").replace(b"content-type: text/plain", kind)

    sent = send(cloud, path, body, 'multipart/mixed; boundary="x"')

    assert sent.json() == {"name": "a.txt", "size": str(len(media))}
    assert bucket.blob("a.txt").download_as_bytes() == media


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/related", related(b"x", "==0==", b"\n")),
        ("multipart/related; boundary=other", related(b"x", "==0==", b"\n")),
        ("multipart/related; boundary===0==", related(b"x", "==0==", b"\r\n")[:-9]),
        ("multipart/related; boundary===0==", b"--==0==\r\nA: b\r\n\r\n{}\r\n--==0==--\r\n"),
        ("multipart/related; boundary===0==", b"--==0==\r\n" + b"A: b\r\n" * 10_000),
        ("multipart/related; boundary===0==", b""),
        ("multipart/related; boundary=x", related(b"x", "x", b"\n").replace(b"text/plain", BASE64)),
    ],
)
def test_an_upload_that_lacks_a_part_is_a_bad_request(
    cloud: RunningStorage, bucket: storage.Bucket, kind: str, body: bytes
) -> None:
    path = f"/upload/storage/v1/b/{BUCKET}/o?uploadType=multipart&name=a"

    assert send(cloud, path, body, kind).status_code == 400
    assert not bucket.blob("a").exists()


def test_rclone_copies_with_null_as_the_new_metadata(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    bucket.blob("a").upload_from_string("a", content_type="text/plain")

    send(cloud, f"/storage/v1/b/{BUCKET}/o/a/rewriteTo/b/{BUCKET}/o/b", b"null\n")

    assert bucket.get_blob("b").content_type == "text/plain"


def test_opendal_finds_the_boundary_of_a_batch(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    bucket.blob("a").upload_from_string("a")
    call = "--x\r\nContent-Type: application/http\r\n\r\n"
    call += f"DELETE /storage/v1/b/{BUCKET}/o/a HTTP/1.1\r\n\r\n--x--"

    answer = send(cloud, "/batch/storage/v1", call.encode(), "multipart/mixed; boundary=x")

    _, _, boundary = answer.headers["Content-Type"].partition("boundary=")
    assert answer.text.startswith(f"--{boundary}\r\n")
    assert "204 No Content" in answer.text


def test_java_patches_in_a_batch(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    bucket.blob("a").upload_from_string("a")
    call = (
        "--x\r\nContent-Type: application/http\r\ncontent-id: 1\r\n\r\n"
        f"POST {cloud.server.url}/storage/v1/b/{BUCKET}/o/a HTTP/1.1\r\n"
        "Content-Type: application/json; charset=UTF-8\r\nX-HTTP-Method-Override: PATCH\r\n\r\n"
        '{"metadata":{"colour":"grün"}}\r\n--x--\r\n'
    )

    send(cloud, "/batch/storage/v1", call.encode(), 'multipart/mixed; boundary="x"')

    assert bucket.get_blob("a").metadata == {"colour": "grün"}


def test_a_library_of_google_may_leave_credentials_out(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    bucket.blob("a").upload_from_string("private")
    url = f"{cloud.server.url}/{BUCKET}/a"

    by_go = requests.get(url, headers={"X-Goog-Api-Client": "gl-go/1.24 gccl/1.64"}, timeout=60)

    assert by_go.text == "private"
    assert requests.get(url, timeout=60).status_code == 403


def test_python_uploads_parts_at_once(bucket: storage.Bucket, tmp_path: Path) -> None:
    file = tmp_path / "photo"
    file.write_bytes(os.urandom(11_000_000))

    transfer_manager.upload_chunks_concurrently(
        str(file), bucket.blob("photo"), chunk_size=5 * 1024 * 1024, worker_type=transfer_manager.THREAD
    )

    assert bucket.blob("photo").download_as_bytes() == file.read_bytes()


def test_go_asks_for_progress_without_status_308(session: str) -> None:
    headers = {"Content-Range": f"bytes 0-{QUARTER - 1}/*", "X-GUploader-No-308": "yes"}

    sent = requests.put(session, data=bytes(QUARTER), headers=headers, timeout=60)

    assert (sent.status_code, sent.headers["X-HTTP-Status-Code-Override"]) == (200, "308")
    assert sent.headers["Range"] == f"bytes=0-{QUARTER - 1}"


@pytest.fixture
def session(bucket: storage.Bucket) -> str:
    return bucket.blob("big").create_resumable_upload_session()
