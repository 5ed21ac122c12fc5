"""Resumable uploads: in pieces, across restarts, asked about, cancelled."""

import contextlib
import io
import os
from collections.abc import Iterator

import pytest
import requests
from google.api_core import exceptions
from google.cloud import storage
from tests.storage.conftest import RunningStorage

QUARTER = 256 * 1024
SENT = os.urandom(5 * QUARTER + 77)


@pytest.fixture
def session(bucket: storage.Bucket) -> str:
    return bucket.blob("big").create_resumable_upload_session(content_type="image/jpeg", size=len(SENT))


def put(session: str, content_range: str, body: bytes = b"", **headers: str) -> requests.Response:
    return requests.put(session, data=body, headers={"Content-Range": content_range, **headers}, timeout=60)


def put_piece(session: str, first: int, count: int) -> requests.Response:
    piece = SENT[first : first + count]
    return put(session, f"bytes {first}-{first + len(piece) - 1}/{len(SENT)}", piece)


def test_the_client_uploads_in_chunks(bucket: storage.Bucket) -> None:
    blob = bucket.blob("big", chunk_size=QUARTER)
    blob.metadata = {"owner": "ana"}

    blob.upload_from_file(io.BytesIO(SENT), content_type="image/jpeg")

    read = bucket.get_blob("big")
    assert read.download_as_bytes() == SENT
    assert (read.content_type, read.metadata) == ("image/jpeg", {"owner": "ana"})


def test_a_stream_of_unknown_length_is_uploaded(bucket: storage.Bucket) -> None:
    with bucket.blob("big").open("wb", chunk_size=QUARTER) as out:
        for start in range(0, len(SENT), 100_000):
            out.write(SENT[start : start + 100_000])

    assert bucket.blob("big").download_as_bytes() == SENT


def test_the_server_tells_how_far_it_is(session: str) -> None:
    nothing = put(session, f"bytes */{len(SENT)}")
    first = put_piece(session, 0, QUARTER)
    asked = put(session, "bytes */*")

    assert (nothing.status_code, "Range" in nothing.headers) == (308, False)
    assert (first.status_code, first.headers["Range"]) == (308, f"bytes=0-{QUARTER - 1}")
    assert (asked.status_code, asked.headers["Range"]) == (308, f"bytes=0-{QUARTER - 1}")


def test_an_upload_goes_on_after_a_restart(
    cloud: RunningStorage, bucket: storage.Bucket, session: str
) -> None:
    put_piece(session, 0, 2 * QUARTER)
    cloud.restart()
    asked = put(session, f"bytes */{len(SENT)}")
    last = put_piece(session, 2 * QUARTER, len(SENT))

    assert asked.headers["Range"] == f"bytes=0-{2 * QUARTER - 1}"
    assert last.status_code == 200
    assert bucket.blob("big").download_as_bytes() == SENT


def test_a_piece_sent_twice_counts_once(bucket: storage.Bucket, session: str) -> None:
    put_piece(session, 0, 2 * QUARTER)
    put_piece(session, QUARTER, 2 * QUARTER)
    last = put_piece(session, 0, len(SENT))

    assert last.status_code == 200
    assert bucket.blob("big").download_as_bytes() == SENT


def test_a_gap_is_refused(session: str) -> None:
    refused = put_piece(session, QUARTER, QUARTER)

    assert (refused.status_code, "exceeds already uploaded size" in refused.text) == (400, True)
    assert "Range" not in put(session, "bytes */*").headers


def test_a_small_piece_that_is_not_the_last_is_refused(session: str) -> None:
    refused = put_piece(session, 0, 1024)

    assert (refused.status_code, "required to be equal or greater than 262144" in refused.text) == (400, True)


def test_a_finished_upload_still_tells_its_object(cloud: RunningStorage, session: str) -> None:
    done = put_piece(session, 0, len(SENT))
    cloud.restart()
    again = put(session, f"bytes */{len(SENT)}")

    assert (again.status_code, again.json()["generation"]) == (200, done.json()["generation"])


def test_one_request_may_carry_it_all(bucket: storage.Bucket, session: str) -> None:
    done = requests.put(session, data=SENT, timeout=60)

    assert done.status_code == 200
    assert bucket.blob("big").download_as_bytes() == SENT


def test_an_empty_object_may_be_resumable(bucket: storage.Bucket) -> None:
    session = bucket.blob("empty").create_resumable_upload_session(size=0)

    assert put(session, "bytes */0").status_code == 200
    assert bucket.blob("empty").download_as_bytes() == b""


def test_a_cancelled_upload_is_gone(cloud: RunningStorage, session: str) -> None:
    put_piece(session, 0, QUARTER)

    cancelled = requests.delete(session, timeout=60)

    assert cancelled.status_code == 499
    assert put(session, "bytes */*").status_code == 404
    assert cloud.files() == []


def test_nobody_sees_an_upload_that_is_not_complete(bucket: storage.Bucket, session: str) -> None:
    put_piece(session, 0, 4 * QUARTER)

    assert not bucket.blob("big").exists()


def test_the_condition_is_tested_again_at_the_end(bucket: storage.Bucket) -> None:
    session = bucket.blob("big").create_resumable_upload_session(size=len(SENT), if_generation_match=0)
    bucket.blob("big").upload_from_string(b"faster")

    late = put_piece(session, 0, len(SENT))

    assert late.status_code == 412
    assert bucket.blob("big").download_as_bytes() == b"faster"


def test_a_wrong_hash_at_the_end_leaves_nothing(cloud: RunningStorage, session: str) -> None:
    wrong = requests.put(session, data=SENT, headers={"x-goog-hash": "crc32c=AAAAAA=="}, timeout=60)

    assert wrong.status_code == 400
    assert cloud.files() == []


def test_uploads_are_forgotten_after_a_week(cloud: RunningStorage, session: str) -> None:
    put_piece(session, 0, QUARTER)
    cloud.clock.now += 7 * 24 * 3600 + 1
    cloud.restart()

    assert put(session, "bytes */*").status_code == 404
    assert cloud.files() == []


def test_a_session_in_a_missing_bucket_cannot_begin(client: storage.Client) -> None:
    with pytest.raises(exceptions.NotFound):
        client.bucket("no-such-bucket").blob("x").create_resumable_upload_session()


def test_more_than_was_announced_is_not_stored(bucket: storage.Bucket, session: str) -> None:
    more = SENT + bytes(QUARTER)
    in_one = put(session, f"bytes 0-{len(more) - 1}/{len(more)}", more)
    without_length = requests.put(session, data=iter([more]), timeout=60)

    assert (in_one.status_code, without_length.status_code) == (400, 400)
    assert bucket.get_blob("big") is None


def test_a_web_page_sends_only_what_was_begun_for_it(bucket: storage.Bucket) -> None:
    page = "https://app.example.com"
    session = bucket.blob("big").create_resumable_upload_session(size=len(SENT), origin=page)
    asked = requests.options(
        session, headers={"Origin": page, "Access-Control-Request-Method": "PUT"}, timeout=60
    )
    sent = put_piece(session, 0, QUARTER)
    other = put(bucket.blob("other").create_resumable_upload_session(), "bytes */*")

    assert {answer.headers["Access-Control-Allow-Origin"] for answer in (asked, sent)} == {page}
    assert "Content-Range" in asked.headers["Access-Control-Allow-Headers"]
    assert "Range" in sent.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Origin" not in other.headers
    assert put_piece(session, QUARTER, len(SENT)).status_code == 200
    assert bucket.get_blob("big").metadata is None


def test_a_chunked_body_stops_at_the_announced_size(
    cloud: RunningStorage, bucket: storage.Bucket, session: str
) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 200 * len(SENT):
            sent += QUARTER
            yield bytes(QUARTER)

    with contextlib.suppress(requests.RequestException):
        assert requests.put(session, data=endless(), timeout=60).status_code == 400

    assert cloud.bytes_kept() <= len(SENT)
    assert not bucket.blob("big").exists()


def test_everything_in_one_request_of_unknown_length(bucket: storage.Bucket) -> None:
    session = bucket.blob("big").create_resumable_upload_session()

    done = put(session, "bytes 0-*/*", SENT)

    assert (done.status_code, bucket.blob("big").download_as_bytes() == SENT) == (200, True)
