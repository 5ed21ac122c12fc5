"""Buckets and the lists of what is in them."""

import asyncio

import pytest
from google.api_core import exceptions
from google.cloud import storage
from tests.storage.conftest import BUCKET, RunningStorage

from gaelocal.storage.protocol.batch import answer_batch
from gaelocal.storage.protocol.calls import Call, Reply, Route


def names(bucket: storage.Bucket, **wanted: object) -> list[str]:
    return [blob.name for blob in bucket.list_blobs(**wanted)]


@pytest.fixture
def filled(bucket: storage.Bucket) -> storage.Bucket:
    for name in ("a", "b/1", "b/2", "b/c/3", "b0", "d/", "d/4", "é", "🌊"):
        bucket.blob(name).upload_from_string(name)
    return bucket


def test_a_bucket_is_made_changed_and_deleted(client: storage.Client) -> None:
    bucket = client.create_bucket("made-here", location="EU")
    bucket.labels = {"team": "photos"}
    bucket.cors = [{"origin": ["*"], "method": ["GET"]}]
    bucket.patch()

    read = client.get_bucket("made-here")
    assert (read.labels, read.location, read.metageneration) == ({"team": "photos"}, "EU", 2)
    assert read.cors == [{"origin": ["*"], "method": ["GET"]}]
    read.delete()
    assert client.lookup_bucket("made-here") is None


def test_the_default_bucket_is_there_and_buckets_are_listed_in_order(client: storage.Client) -> None:
    for name in ("zebra", "alpha"):
        client.create_bucket(name)

    assert [bucket.name for bucket in client.list_buckets()] == ["alpha", BUCKET, "zebra"]
    assert [bucket.name for bucket in client.list_buckets(prefix="al")] == ["alpha"]
    assert [bucket.name for bucket in client.list_buckets(page_size=1)] == ["alpha", BUCKET, "zebra"]


def test_a_bucket_that_exists_cannot_be_made_again(client: storage.Client) -> None:
    with pytest.raises(exceptions.Conflict):
        client.create_bucket(BUCKET)


@pytest.mark.parametrize(
    "name", ["ab", "UPPER", "a/b", "two..dots", "x" * 64, "with space", "goog-photos", "192.168.5.4"]
)
def test_a_bad_bucket_name_is_refused(client: storage.Client, name: str) -> None:
    with pytest.raises(exceptions.BadRequest, match="Invalid bucket name"):
        client.create_bucket(client.bucket(name))


def test_a_bucket_with_objects_cannot_be_deleted(client: storage.Client, filled: storage.Bucket) -> None:
    with pytest.raises(exceptions.Conflict, match="not empty"):
        client.bucket(BUCKET).delete()


def test_what_is_in_a_missing_bucket_is_not_found(client: storage.Client) -> None:
    with pytest.raises(exceptions.NotFound):
        client.get_bucket("missing")
    with pytest.raises(exceptions.NotFound):
        list(client.list_blobs("missing"))
    with pytest.raises(exceptions.NotFound):
        client.bucket("missing").delete()


def test_objects_are_listed_in_the_order_of_their_utf8(filled: storage.Bucket) -> None:
    assert names(filled) == ["a", "b/1", "b/2", "b/c/3", "b0", "d/", "d/4", "é", "🌊"]


def test_a_prefix_and_offsets_narrow_the_list(filled: storage.Bucket) -> None:
    assert names(filled, prefix="b/") == ["b/1", "b/2", "b/c/3"]
    assert names(filled, start_offset="b/2", end_offset="d/") == ["b/2", "b/c/3", "b0"]
    assert names(filled, prefix="nothing") == []


def test_a_delimiter_folds_folders(filled: storage.Bucket) -> None:
    top = filled.list_blobs(delimiter="/")
    below = filled.list_blobs(prefix="b/", delimiter="/")

    assert [blob.name for blob in top] == ["a", "b0", "é", "🌊"]
    assert top.prefixes == {"b/", "d/"}
    assert [blob.name for blob in below] == ["b/1", "b/2"]
    assert below.prefixes == {"b/c/"}


def test_the_object_of_a_folder_is_listed_when_asked_for(filled: storage.Bucket) -> None:
    assert "d/" in names(filled, delimiter="/", include_trailing_delimiter=True)


@pytest.mark.parametrize("page_size", [1, 2, 3, 100])
def test_pages_neither_skip_nor_repeat(filled: storage.Bucket, page_size: int) -> None:
    flat = filled.list_blobs(page_size=page_size)
    folded = filled.list_blobs(page_size=page_size, delimiter="/")

    assert [blob.name for page in flat.pages for blob in page] == names(filled)
    assert [blob.name for page in folded.pages for blob in page] == ["a", "b0", "é", "🌊"]
    assert folded.prefixes == {"b/", "d/"}


def test_a_broken_page_token_is_a_bad_request(filled: storage.Bucket) -> None:
    with pytest.raises(exceptions.BadRequest):
        names(filled, page_token="no token!")


def test_a_filter_that_is_not_known_is_not_passed_over(filled: storage.Bucket) -> None:
    with pytest.raises(exceptions.MethodNotImplemented):
        names(filled, filter_="contexts.a=b")


def test_everything_is_there_after_a_restart(cloud: RunningStorage, filled: storage.Bucket) -> None:
    cloud.restart()

    assert len(names(filled)) == 9
    assert filled.blob("🌊").download_as_text() == "🌊"


def test_a_batch_answers_each_of_its_calls(client: storage.Client, filled: storage.Bucket) -> None:
    with client.batch(raise_exception=False) as batch:
        filled.blob("a").delete()
        filled.blob("missing").delete()
        changed = filled.blob("b/1")
        changed.metadata = {"né": "🌊"}
        changed.patch()
        filled.blob("🌊").delete()

    assert [answer.status_code for answer in batch._responses] == [204, 404, 200, 204]
    assert names(filled) == ["b/1", "b/2", "b/c/3", "b0", "d/", "d/4", "é"]
    assert filled.get_blob("b/1").metadata == {"né": "🌊"}


def test_delete_blobs_tells_which_were_missing(filled: storage.Bucket) -> None:
    missing = []
    filled.delete_blobs(
        [filled.blob("a"), filled.blob("zz")], on_error=lambda blob: missing.append(blob.name)
    )

    assert missing == ["zz"]


def test_other_clients_do_not_wait_for_a_whole_batch() -> None:
    order: list[str] = []

    async def note(_call: Call) -> Reply:
        order.append("batch")
        return Reply()

    async def another() -> None:
        order.append("another")

    async def both() -> None:
        body = b"--x\r\n\r\nGET /note HTTP/1.1\r\n\r\n\r\n" * 3 + b"--x--"
        headers = {"Content-Type": "multipart/mixed; boundary=x"}
        other = asyncio.create_task(another())
        await answer_batch([Route("GET", "note", note)], headers, body, "http://localhost")
        await other

    asyncio.run(both())

    assert order == ["batch", "another", "batch", "batch"]
