"""Pages of other origins use a bucket only as its CORS configuration says; stored media run no scripts."""

import gzip

import pytest
import requests
from google.cloud import storage
from tests.storage.conftest import BUCKET, RunningStorage

APP = "https://app.example"
OTHER = "https://other.example"
PAGE = {"Origin": APP, "Sec-Fetch-Site": "cross-site"}
RULE = {
    "origin": [APP],
    "method": ["GET", "PUT"],
    "responseHeader": ["Content-Type", "x-goog-meta-*"],
    "maxAgeSeconds": 60,
}
OBJECT_PATHS = [
    f"/{BUCKET}/photo",
    f"/storage/v1/b/{BUCKET}/o/photo",
    f"/download/storage/v1/b/{BUCKET}/o/photo?alt=media",
]
KNOWN = {"Authorization": "Bearer x"}


@pytest.fixture
def shared(bucket: storage.Bucket) -> storage.Bucket:
    bucket.cors = [RULE]
    bucket.patch()
    bucket.blob("photo").upload_from_string("x", predefined_acl="publicRead")
    return bucket


def call(cloud: RunningStorage, method: str, path: str, **more: object) -> requests.Response:
    return requests.request(method, f"{cloud.server.url}{path}", timeout=60, **more)


def preflight(
    cloud: RunningStorage, path: str, origin: str, method: str, headers: str = ""
) -> requests.Response:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }
    return call(cloud, "OPTIONS", path, headers=asked)


@pytest.mark.parametrize("path", OBJECT_PATHS)
def test_a_configured_origin_reads_objects(cloud: RunningStorage, shared: storage.Bucket, path: str) -> None:
    read = call(cloud, "GET", path, headers=PAGE)

    assert (read.status_code, read.headers["Access-Control-Allow-Origin"]) == (200, APP)
    assert "Content-Type" in read.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("path", OBJECT_PATHS)
@pytest.mark.parametrize(
    "headers", [{"Origin": OTHER}, {"Origin": "null"}, {"Origin": APP + ".evil.example"}]
)
def test_any_other_origin_reads_nothing(
    cloud: RunningStorage, shared: storage.Bucket, path: str, headers: dict[str, str]
) -> None:
    read = call(cloud, "GET", path, headers=headers)

    assert (read.status_code, "Access-Control-Allow-Origin" in read.headers) == (403, False)


def test_a_preflight_returns_the_allowed_methods(cloud: RunningStorage, shared: storage.Bucket) -> None:
    allowed = preflight(
        cloud, f"/{BUCKET}/photo", APP, "PUT", "content-type,x-goog-meta-a,x-goog-acl"
    ).headers

    assert allowed["Access-Control-Allow-Origin"] == APP
    assert "PUT" in allowed["Access-Control-Allow-Methods"]
    assert allowed["Access-Control-Allow-Headers"] == "content-type,x-goog-meta-a"
    assert allowed["Access-Control-Max-Age"] == "60"
    for origin, method in ((APP, "DELETE"), (OTHER, "PUT")):
        refused = preflight(cloud, f"/{BUCKET}/photo", origin, method)
        assert "Access-Control-Allow-Origin" not in refused.headers


def test_a_method_that_is_not_configured_is_refused(cloud: RunningStorage, shared: storage.Bucket) -> None:
    assert call(cloud, "DELETE", f"/storage/v1/b/{BUCKET}/o/photo", headers=PAGE).status_code == 403
    assert shared.blob("photo").exists()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/storage/v1/b"),
        ("GET", f"/storage/v1/b/{BUCKET}"),
        ("PUT", f"/storage/v1/b/{BUCKET}"),
        ("PUT", f"/storage/v1/b/{BUCKET}/iam"),
        ("GET", "/"),
        ("POST", "/batch/storage/v1"),
        ("POST", "/batch/storage/v1?upload_id=x"),
        ("POST", "/storage/v1/b?upload_id=x"),
        ("POST", f"/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name=a&upload_id=x"),
        ("POST", f"/upload/storage/v1/b/{BUCKET}/o?uploadType=resumable&name=a"),
    ],
)
def test_a_configuration_opens_objects_and_nothing_else(
    cloud: RunningStorage, shared: storage.Bucket, method: str, path: str
) -> None:
    assert call(cloud, method, path, headers=PAGE).status_code == 403


def test_an_error_is_readable_for_a_configured_origin(cloud: RunningStorage, shared: storage.Bucket) -> None:
    missing = call(cloud, "GET", f"/{BUCKET}/none", headers=PAGE | KNOWN)

    assert (missing.status_code, missing.headers.get("Access-Control-Allow-Origin")) == (404, APP)


def test_a_session_answers_its_own_origin_only(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    session = bucket.blob("a").create_resumable_upload_session(size=2, origin=APP)

    refused = requests.put(session, b"xy", headers={"Origin": OTHER}, timeout=60)
    taken = requests.put(session, b"xy", headers=PAGE, timeout=60)
    asked_again = requests.put(session, headers=PAGE | {"Content-Range": "bytes */2"}, timeout=60)

    assert (refused.status_code, "Access-Control-Allow-Origin" in refused.headers) == (403, False)
    assert (taken.status_code, taken.headers["Access-Control-Allow-Origin"]) == (200, APP)
    assert (asked_again.status_code, asked_again.headers["Access-Control-Allow-Origin"]) == (200, APP)


def test_a_session_without_an_origin_is_closed_to_pages(bucket: storage.Bucket) -> None:
    session = bucket.blob("a").create_resumable_upload_session(size=2)

    assert requests.put(session, b"xy", headers={"Origin": APP}, timeout=60).status_code == 403
    assert not bucket.blob("a").exists()


def test_a_page_may_show_and_link_but_not_read(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    bucket.blob("photo").upload_from_string("x", predefined_acl="publicRead")
    site = {"Sec-Fetch-Site": "cross-site"}

    assert (
        call(cloud, "GET", f"/{BUCKET}/photo", headers=site | {"Sec-Fetch-Dest": "image"}).status_code == 200
    )
    assert (
        call(cloud, "GET", f"/{BUCKET}/photo", headers=site | {"Sec-Fetch-Mode": "navigate"}).status_code
        == 200
    )
    assert (
        call(cloud, "GET", f"/{BUCKET}/photo", headers=site | {"Sec-Fetch-Dest": "script"}).status_code == 403
    )


@pytest.mark.parametrize("path", [f"/{BUCKET}/page", f"/download/storage/v1/b/{BUCKET}/o/page?alt=media"])
@pytest.mark.parametrize("range_header", [{}, {"Range": "bytes=0-1"}])
def test_media_run_no_scripts(
    cloud: RunningStorage, bucket: storage.Bucket, path: str, range_header: dict[str, str]
) -> None:
    bucket.blob("page").upload_from_string("<script>", content_type="text/html")

    headers = call(cloud, "GET", path, headers=KNOWN | range_header).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]


@pytest.fixture
def packed(bucket: storage.Bucket) -> bytes:
    text = gzip.compress(b"words " * 1000)
    blob = bucket.blob("packed")
    blob.content_encoding = "gzip"
    blob.cache_control = "no-transform"
    blob.upload_from_string(text, content_type="text/plain")
    return text


def test_no_transform_keeps_gzip_packed(cloud: RunningStorage, packed: bytes) -> None:
    headers = KNOWN | {"Accept-Encoding": "identity"}
    read = requests.get(f"{cloud.server.url}/{BUCKET}/packed", headers=headers, stream=True, timeout=60)

    assert (read.raw.read(), read.headers["Content-Encoding"]) == (packed, "gzip")
