"""Requests whose whole body is gzip, as Google's Java client sends them by default."""

import gzip
import json
import os
import zlib

import pytest
import requests
from google.cloud import storage
from tests.storage.conftest import BUCKET, RunningStorage

JSON = "application/json; charset=UTF-8"
RELATED = "multipart/related; boundary=__END_OF_PART__"
MEDIA = b"a photo\r\n" * 40_000


def send(cloud: RunningStorage, method: str, path: str, body: bytes, kind: str = JSON) -> requests.Response:
    headers = {"Content-Encoding": "gzip", "Content-Type": kind}
    return requests.request(method, f"{cloud.server.url}{path}", data=body, headers=headers, timeout=60)


def zipped(value: object) -> bytes:
    return gzip.compress(json.dumps(value).encode())


def related(media: bytes) -> bytes:
    """Return metadata and media in one body, as the Java client writes them."""
    head = f"--__END_OF_PART__\r\nContent-Type: {JSON}\r\n\r\n".encode() + b'{"name": "a.txt"}\r\n'
    rest = (
        b"--__END_OF_PART__\r\nContent-Type: text/plain\r\ncontent-transfer-encoding: binary\r\n\r\n" + media
    )
    return head + rest + b"\r\n--__END_OF_PART__--\r\n"


def test_a_bucket_is_created(cloud: RunningStorage, client: storage.Client) -> None:
    created = send(cloud, "POST", "/storage/v1/b?project=photos", zipped({"name": "from-java"}))

    assert created.status_code == 200
    assert client.get_bucket("from-java").name == "from-java"


def test_an_object_is_patched(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    bucket.blob("a").upload_from_string("a")

    send(cloud, "PATCH", f"/storage/v1/b/{BUCKET}/o/a", zipped({"metadata": {"taken": "today"}}))

    assert bucket.get_blob("a").metadata == {"taken": "today"}


@pytest.mark.parametrize("media", [b"", MEDIA, zlib.compress(MEDIA), bytes(3_000_000)])
def test_metadata_and_media_are_stored(cloud: RunningStorage, bucket: storage.Bucket, media: bytes) -> None:
    path = f"/upload/storage/v1/b/{BUCKET}/o?uploadType=multipart"

    sent = send(cloud, "POST", path, gzip.compress(related(media)), RELATED)

    assert sent.json()["size"] == str(len(media))
    stored = bucket.get_blob("a.txt")
    assert (stored.content_encoding, stored.content_type) == (None, "text/plain")
    assert stored.download_as_bytes() == media


def test_an_upload_session_is_begun(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    path = f"/upload/storage/v1/b/{BUCKET}/o?uploadType=resumable&name=a"

    begun = send(cloud, "POST", path, zipped({"contentType": "text/plain"}))
    requests.put(begun.headers["Location"], data=b"text", timeout=60)

    assert bucket.get_blob("a").content_type == "text/plain"


def test_chunks_of_a_stream_are_stored_decompressed(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    media = os.urandom(300_000)
    session = bucket.blob("a").create_resumable_upload_session(content_type="text/plain")

    def put(first: int, end: int, total: str) -> requests.Response:
        body = gzip.compress(media[first:end])
        headers = {"Content-Range": f"bytes {first}-{end - 1}/{total}", "Content-Encoding": "gzip"}
        return requests.put(session, data=iter([body]), headers=headers, timeout=60)

    begun, done = put(0, 262_144, "*"), put(262_144, 300_000, "300000")

    assert (begun.status_code, begun.headers["Range"]) == (308, "bytes=0-262143")
    assert (done.status_code, bucket.get_blob("a").content_encoding) == (200, None)
    assert bucket.blob("a").download_as_bytes() == media


@pytest.mark.parametrize(
    "body",
    [b"{}", zipped({"name": "x" * 100})[:-20], gzip.compress(b"[")],
    ids=["not compressed", "cut off", "not JSON"],  # a gzip header holds the time
)
def test_what_is_not_gzip_or_not_json_is_a_bad_request(cloud: RunningStorage, body: bytes) -> None:
    assert send(cloud, "POST", "/storage/v1/b?project=photos", body).status_code == 400


def test_a_small_body_that_stands_for_a_large_one_is_refused(cloud: RunningStorage) -> None:
    body = gzip.compress(b" " * 50_000_000)

    refused = send(cloud, "POST", "/storage/v1/b?project=photos", body)

    assert (refused.status_code, refused.json()["error"]["message"]) == (400, "The request is too large.")
