"""Writes that a kill interrupts are completed or rolled back at the next start."""

from pathlib import Path

import pytest
from google.cloud import storage
from tests.storage.conftest import RunningStorage

from tests.waiting import eventually


@pytest.fixture
def blob(bucket: storage.Bucket) -> storage.Blob:
    made = bucket.blob("photo")
    made.upload_from_string(b"sea")
    return made


def only_file(cloud: RunningStorage) -> Path:
    (file,) = cloud.files()
    return cloud.data / file


def test_a_committed_object_whose_file_had_not_moved_is_settled(
    cloud: RunningStorage, blob: storage.Blob
) -> None:
    file = only_file(cloud)
    cloud.stop()
    file.rename(cloud.data / "incoming" / file.name)
    cloud.start()

    assert blob.download_as_bytes() == b"sea"
    assert only_file(cloud) == file


def test_a_draft_that_no_object_names_is_discarded(cloud: RunningStorage, blob: storage.Blob) -> None:
    file = only_file(cloud)
    cloud.stop()
    (cloud.data / "incoming" / ("0" * 32)).write_bytes(b"half")
    cloud.start()

    assert only_file(cloud) == file


def test_a_file_whose_object_was_deleted_is_erased(cloud: RunningStorage, blob: storage.Blob) -> None:
    file = only_file(cloud)
    blob.delete()
    cloud.stop()
    file.write_bytes(b"sea")
    with cloud.rows() as rows:
        rows.execute("INSERT INTO doomed VALUES (?)", (file.name,))
    cloud.start()

    assert cloud.files() == []


def test_a_broken_upload_leaves_nothing(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    begun = f"POST /upload/storage/v1/b/{bucket.name}/o?uploadType=media&name=x HTTP/1.1\r\nHost: x\r\n"
    with cloud.said(begun.encode() + b"Content-Length: 100000\r\n\r\nhalf"):
        eventually(cloud.files)

    eventually(lambda: cloud.files() == [])
    assert not bucket.blob("x").exists()


def test_a_broken_piece_keeps_what_arrived(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    session = bucket.blob("x").create_resumable_upload_session(size=300_000)
    path = session.partition(cloud.server.url)[2].encode()
    with cloud.said(b"PUT %b HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n" % path + b"x" * 1000):
        eventually(cloud.files)

    eventually(lambda: cloud.bytes_kept() == 1000)
