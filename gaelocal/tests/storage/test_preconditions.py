"""Preconditions: who acts on what he no longer knows is refused, and nothing changes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from google.api_core import exceptions
from google.cloud import storage
from tests.storage.conftest import BUCKET, RunningStorage, client_of

BIG = b"x" * 9_000_000


@pytest.fixture
def blob(bucket: storage.Bucket) -> storage.Blob:
    made = bucket.blob("photo")
    made.upload_from_string(b"first")
    return made


def other(bucket: storage.Bucket) -> storage.Blob:
    return bucket.blob("photo")


REFUSED: dict[str, Callable[[storage.Bucket], object]] = {
    "create only": lambda b: other(b).upload_from_string(b"x", if_generation_match=0),
    "create only, resumable": lambda b: other(b).upload_from_string(BIG, if_generation_match=0),
    "another generation": lambda b: other(b).upload_from_string(b"x", if_generation_match=7),
    "another metageneration": lambda b: other(b).upload_from_string(b"x", if_metageneration_match=7),
    "delete": lambda b: other(b).delete(if_generation_match=7),
    "delete by metageneration": lambda b: other(b).delete(if_metageneration_match=7),
    "copy over": lambda b: b.copy_blob(other(b), b, "photo", if_generation_match=0),
    "copy from": lambda b: b.copy_blob(other(b), b, "copy", if_source_generation_match=7),
    "rewrite": lambda b: other(b).rewrite(other(b), if_generation_match=0),
    "compose": lambda b: other(b).compose([other(b)], if_generation_match=0),
    "read": lambda b: other(b).download_as_bytes(if_generation_match=7),
    "read metadata": lambda b: other(b).reload(if_metageneration_match=7),
    "delete bucket": lambda b: b.client._delete_resource(b.path, query_params={"ifMetagenerationMatch": 9}),
}


@pytest.mark.parametrize("act", REFUSED)
def test_a_failed_precondition_is_412_and_changes_nothing(
    cloud: RunningStorage, bucket: storage.Bucket, blob: storage.Blob, act: str
) -> None:
    with pytest.raises(exceptions.PreconditionFailed):
        REFUSED[act](bucket)

    read = bucket.get_blob("photo")
    assert (read.generation, read.download_as_bytes()) == (blob.generation, b"first")
    assert [file.name for file in bucket.list_blobs()] == ["photo"]
    assert len(cloud.files()) == 1


def test_a_patch_of_an_older_state_is_refused(bucket: storage.Bucket, blob: storage.Blob) -> None:
    late = bucket.get_blob("photo")
    blob.metadata = {"a": "1"}
    blob.patch(if_metageneration_match=1)

    late.metadata = {"a": "2"}
    with pytest.raises(exceptions.PreconditionFailed):
        late.patch(if_metageneration_match=late.metageneration)
    assert bucket.get_blob("photo").metadata == {"a": "1"}


def test_a_precondition_that_holds_is_accepted(bucket: storage.Bucket, blob: storage.Blob) -> None:
    bucket.blob("new").upload_from_string(b"x", if_generation_match=0)
    blob.upload_from_string(b"second", if_generation_match=blob.generation)
    blob.delete(if_generation_match=blob.generation, if_metageneration_match=1)

    assert [left.name for left in bucket.list_blobs()] == ["new"]


def test_a_read_of_what_is_known_already_is_not_modified(bucket: storage.Bucket, blob: storage.Blob) -> None:
    with pytest.raises(exceptions.NotModified):
        other(bucket).reload(if_generation_not_match=blob.generation)
    with pytest.raises(exceptions.NotModified):
        other(bucket).reload(if_etag_not_match=blob.etag)
    with pytest.raises(exceptions.PreconditionFailed):
        other(bucket).reload(if_etag_match="another")


def test_a_change_that_demands_difference_is_412(bucket: storage.Bucket, blob: storage.Blob) -> None:
    with pytest.raises(exceptions.PreconditionFailed):
        other(bucket).delete(if_generation_not_match=blob.generation)


def test_a_missing_object_is_404_whatever_the_condition(bucket: storage.Bucket) -> None:
    with pytest.raises(exceptions.NotFound):
        bucket.blob("missing").delete(if_generation_match=7)


def test_of_many_creators_at_once_exactly_one_wins(cloud: RunningStorage) -> None:
    def create(number: int) -> bool:
        mine = client_of(cloud.server.url)
        try:
            mine.bucket("photos.appspot.com").blob("photo").upload_from_string(
                str(number), if_generation_match=0
            )
        except exceptions.PreconditionFailed:
            return False
        finally:
            mine.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(create, range(16)))

    assert won.count(True) == 1
    assert len(cloud.files()) == 1


BEFORE, WRITTEN, AFTER = (f"Fri, 15 Jan 2027 0{hour}:00:00 GMT" for hour in (7, 8, 9))


@pytest.mark.parametrize("path", [f"/{BUCKET}/photo", f"/storage/v1/b/{BUCKET}/o/photo?alt=media"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-Modified-Since": WRITTEN}, 304),
        ({"If-Modified-Since": AFTER}, 304),
        ({"If-Modified-Since": BEFORE}, 200),
        ({"If-Modified-Since": AFTER, "If-None-Match": '"another"'}, 200),
        ({"If-Unmodified-Since": BEFORE}, 412),
        ({"If-Unmodified-Since": WRITTEN}, 200),
        ({"If-Modified-Since": "yesterday", "If-Unmodified-Since": "1 Jan 99999999999 00:00:00"}, 200),
    ],
)
def test_a_download_obeys_conditions_by_date(
    cloud: RunningStorage, blob: storage.Blob, path: str, headers: dict[str, str], status: int
) -> None:
    known = headers | {"Authorization": "Bearer x"}

    for method in ("GET", "HEAD"):
        answer = requests.request(method, cloud.server.url + path, headers=known, timeout=60)

        assert answer.status_code == status
