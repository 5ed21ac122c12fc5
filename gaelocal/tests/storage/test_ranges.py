"""`Range` together with `If-Range` (RFC 9110, 13.1.5)."""

from collections.abc import Callable

import pytest
import requests
from google.cloud import storage
from tests.storage.conftest import BUCKET, RunningStorage

JSON_API = f"/download/storage/v1/b/{BUCKET}/o/photo?alt=media"
XML_API = f"/{BUCKET}/photo"
Download = Callable[..., requests.Response]


@pytest.fixture(params=[JSON_API, XML_API])
def download(request: pytest.FixtureRequest, cloud: RunningStorage, bucket: storage.Bucket) -> Download:
    """Return how to get the photo of ten bytes from one of the two APIs."""
    bucket.blob("photo").upload_from_string(b"0123456789")

    def get(**headers: str) -> requests.Response:
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        known = {"Authorization": "Bearer x"}
        return requests.get(cloud.server.url + request.param, headers=sent | known, timeout=60)

    return get


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified"])
def test_a_range_of_the_object_that_the_client_knows_is_sent(download: Download, validator: str) -> None:
    known = download().headers[validator]

    answer = download(Range="bytes=2-4", If_Range=known)

    assert (answer.status_code, answer.content) == (206, b"234")


def test_an_etag_without_quotation_marks_is_the_same_etag(download: Download) -> None:
    etag = download().headers["ETag"].strip('"')

    answers = [download(Range="bytes=2-4", If_Range=text) for text in (etag, f'"{etag}"')]

    assert [answer.status_code for answer in answers] == [206, 206]


@pytest.mark.parametrize(
    "validator",
    [
        '"stale"',
        'W/"{etag}"',
        "Thu, 01 Jan 2015 00:00:00 GMT",
        "Wed, 01 Jan 2098 00:00:00 GMT",
        "nonsense",
        "",
    ],
)
@pytest.mark.parametrize("wanted", ["bytes=2-4", "bytes=50-60"])
def test_everything_is_sent_if_the_object_may_be_another(
    download: Download, validator: str, wanted: str
) -> None:
    etag = download().headers["ETag"].strip('"')

    answer = download(Range=wanted, If_Range=validator.format(etag=etag))

    assert (answer.status_code, answer.content) == (200, b"0123456789")
    assert "Content-Range" not in answer.headers
