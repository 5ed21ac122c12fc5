"""Objects, as the unmodified client writes, reads, changes and deletes them."""

import base64
import gzip
import hashlib
import io
import urllib.request
from datetime import UTC, datetime

import google_crc32c
import pytest
from google.api_core import exceptions
from google.cloud import storage

STRANGE_NAMES = [
    "a/b/c.jpg",
    "../../etc/passwd",
    "/leading",
    "trailing/",
    "sp ace+plus&amp;?#",
    "100%/%2F%25",
    "été/🌊",
    "a//b",
    "compose",
    "o/acl",
    "x" * 1024,
]


@pytest.mark.parametrize("name", STRANGE_NAMES)
def test_any_name_that_google_takes_comes_back_with_its_bytes(bucket: storage.Bucket, name: str) -> None:
    bucket.blob(name).upload_from_string(name.encode())

    assert bucket.blob(name).download_as_bytes() == name.encode()
    assert [blob.name for blob in bucket.list_blobs()] == [name]


@pytest.mark.parametrize("name", [".", "..", "a\nb", "x" * 1025, ".well-known/acme-challenge/x"])
def test_a_name_that_google_refuses_is_a_bad_request(bucket: storage.Bucket, name: str) -> None:
    with pytest.raises(exceptions.BadRequest):
        bucket.blob(name).upload_from_string(b"x")


@pytest.mark.parametrize("size", [0, 1, 256 * 1024 - 1, 256 * 1024, 3_000_001, 9_000_000])
def test_bytes_and_hashes_are_the_ones_sent(bucket: storage.Bucket, size: int) -> None:
    sent = bytes(range(256)) * (size // 256) + b"\r\n--x" * 64
    sent = sent[:size]

    blob = bucket.blob("photo")
    blob.upload_from_string(sent, content_type="image/jpeg")

    assert blob.md5_hash == base64.b64encode(hashlib.md5(sent).digest()).decode()
    assert blob.crc32c == base64.b64encode(google_crc32c.value(sent).to_bytes(4, "big")).decode()
    assert blob.size == size
    assert bucket.blob("photo").download_as_bytes() == sent


def test_metadata_written_with_the_bytes_is_read_back(bucket: storage.Bucket) -> None:
    blob = bucket.blob("photo")
    blob.cache_control = "public, max-age=31536000, immutable"
    blob.content_disposition = "inline"
    blob.content_language = "en"
    blob.custom_time = datetime(2026, 11, 20, 9, 31, tzinfo=UTC)
    blob.metadata = {"owner": "ana", "né": "🌊"}
    blob.upload_from_string(b"x", content_type="image/webp")

    read = bucket.get_blob("photo")

    assert read.content_type == "image/webp"
    assert read.cache_control == "public, max-age=31536000, immutable"
    assert (read.content_disposition, read.content_language) == ("inline", "en")
    assert read.custom_time == datetime(2026, 11, 20, 9, 31, tzinfo=UTC)
    assert read.metadata == {"owner": "ana", "né": "🌊"}
    assert read.id == f"{bucket.name}/photo/{read.generation}"
    assert read.time_created is not None


def test_a_patch_changes_only_what_it_names(bucket: storage.Bucket) -> None:
    blob = bucket.blob("photo")
    blob.metadata = {"a": "1", "b": "2"}
    blob.upload_from_string(b"x", content_type="image/png")

    blob.metadata = {"a": None, "c": "3"}
    blob.patch()

    read = bucket.get_blob("photo")
    assert read.metadata == {"b": "2", "c": "3"}
    assert (read.content_type, read.metageneration) == ("image/png", 2)


def test_an_update_replaces_everything_an_owner_may_write(bucket: storage.Bucket) -> None:
    blob = bucket.blob("photo")
    blob.cache_control = "no-store"
    blob.upload_from_string(b"x", content_type="image/png")

    fresh = bucket.blob("photo")
    fresh.content_type = "image/gif"
    fresh.update()

    read = bucket.get_blob("photo")
    assert (read.content_type, read.cache_control) == ("image/gif", None)
    assert read.download_as_bytes() == b"x"


def test_generations_grow_even_while_the_clock_stands_still(bucket: storage.Bucket) -> None:
    blob = bucket.blob("photo")

    generations = []
    for _ in range(3):
        blob.upload_from_string(b"x")
        generations.append(blob.generation)
        blob.delete()

    assert generations == sorted(set(generations))


def test_what_is_missing_is_not_found(client: storage.Client, bucket: storage.Bucket) -> None:
    assert bucket.get_blob("missing") is None
    assert not bucket.blob("missing").exists()
    with pytest.raises(exceptions.NotFound, match="No such object"):
        bucket.blob("missing").download_as_bytes()
    with pytest.raises(exceptions.NotFound, match="No such object"):
        bucket.blob("missing").delete()
    with pytest.raises(exceptions.NotFound, match="bucket does not exist"):
        client.bucket("no-such-bucket").blob("x").upload_from_string(b"x")


def test_a_replaced_generation_is_gone(bucket: storage.Bucket) -> None:
    blob = bucket.blob("photo")
    blob.upload_from_string(b"old")
    old = blob.generation
    blob.upload_from_string(b"new")

    assert bucket.get_blob("photo", generation=old) is None
    assert bucket.get_blob("photo", generation=blob.generation) is not None


def test_a_range_gives_its_bytes(bucket: storage.Bucket) -> None:
    bucket.blob("photo").upload_from_string(b"0123456789")

    assert bucket.blob("photo").download_as_bytes(start=2, end=4) == b"234"
    assert bucket.blob("photo").download_as_bytes(start=7) == b"789"
    assert bucket.blob("photo").download_as_bytes(start=7, end=99) == b"789"
    assert bucket.blob("photo").download_as_bytes(start=-3) == b"789"


def test_a_range_behind_the_end_is_not_satisfiable(bucket: storage.Bucket) -> None:
    bucket.blob("photo").upload_from_string(b"0123456789")

    with pytest.raises(exceptions.RequestRangeNotSatisfiable):
        bucket.blob("photo").download_as_bytes(start=10)


def test_a_download_in_chunks_gives_all_of_it(bucket: storage.Bucket) -> None:
    sent = bytes(range(256)) * 4096
    bucket.blob("photo").upload_from_string(sent)
    out = io.BytesIO()

    bucket.blob("photo", chunk_size=256 * 1024).download_to_file(out)

    assert out.getvalue() == sent


def test_a_copy_shares_the_bytes_and_outlives_its_source(bucket: storage.Bucket) -> None:
    source = bucket.blob("a")
    source.upload_from_string(b"same", content_type="image/png")

    copied = bucket.copy_blob(source, bucket, "b/c")
    source.delete()

    assert copied.content_type == "image/png"
    assert bucket.blob("b/c").download_as_bytes() == b"same"


def test_a_rewrite_may_change_the_metadata(bucket: storage.Bucket) -> None:
    source = bucket.blob("a")
    source.upload_from_string(b"same", content_type="image/png")
    target = bucket.blob("b")
    target.content_type = "image/gif"

    token, written, total = target.rewrite(source)

    assert (token, written, total) == (None, 4, 4)
    assert bucket.get_blob("b").content_type == "image/gif"


def test_a_rewrite_token_that_was_never_given_out_is_refused(bucket: storage.Bucket) -> None:
    source = bucket.blob("a")
    source.upload_from_string(b"same")

    with pytest.raises(exceptions.BadRequest):
        bucket.blob("b").rewrite(source, token="made-up")

    assert not bucket.blob("b").exists()


def test_a_move_leaves_nothing_under_the_old_name(bucket: storage.Bucket) -> None:
    source = bucket.blob("a")
    source.upload_from_string(b"same")

    bucket.move_blob(source, "b/new")

    assert [blob.name for blob in bucket.list_blobs()] == ["b/new"]
    assert bucket.blob("b/new").download_as_bytes() == b"same"


def test_a_composed_object_is_its_parts_one_after_the_other(bucket: storage.Bucket) -> None:
    parts = [bucket.blob(f"part{number}") for number in range(3)]
    for number, part in enumerate(parts):
        part.upload_from_string(str(number) * 3)

    whole = bucket.blob("whole")
    whole.content_type = "text/plain"
    whole.compose(parts)

    assert whole.download_as_bytes() == b"000111222"
    assert (whole.component_count, whole.md5_hash) == (3, None)


def test_a_composition_deletes_its_sources_if_asked_to(bucket: storage.Bucket) -> None:
    log, more = bucket.blob("log"), bucket.blob("more")
    log.upload_from_string("1")
    more.upload_from_string("2")

    log.compose([log, more, more], delete_source_objects=True)

    assert [blob.name for blob in bucket.list_blobs()] == ["log"]
    assert log.download_as_bytes() == b"122"


def test_a_composition_that_may_not_delete_a_source_changes_nothing(bucket: storage.Bucket) -> None:
    held = bucket.blob("held")
    held.upload_from_string("1")
    held.temporary_hold = True
    held.patch()

    with pytest.raises(exceptions.Forbidden):
        bucket.blob("new").compose([held], delete_source_objects=True)

    assert [blob.name for blob in bucket.list_blobs()] == ["held"]


def test_bytes_that_do_not_fit_their_hash_are_refused_and_leave_nothing(bucket: storage.Bucket) -> None:
    blob = bucket.blob("photo")
    blob.md5_hash = base64.b64encode(b"0" * 16).decode()

    with pytest.raises(exceptions.BadRequest, match="hash"):
        blob.upload_from_string(b"x", checksum=None)

    assert not bucket.blob("photo").exists()


def test_erased_objects_leave_no_file(cloud: object, bucket: storage.Bucket) -> None:
    blob = bucket.blob("photo")
    blob.upload_from_string(b"one")
    blob.upload_from_string(b"two")
    bucket.copy_blob(blob, bucket, "copy").delete()

    before = cloud.files()
    blob.delete()

    assert len(before) == 1
    assert cloud.files() == []


def test_a_gzip_object_is_decompressed_for_clients_without_gzip(
    cloud: object, bucket: storage.Bucket
) -> None:
    blob = bucket.blob("page")
    blob.content_encoding = "gzip"
    blob.upload_from_string(gzip.compress(b"hello" * 100), content_type="text/html")

    with urllib.request.urlopen(
        f"{cloud.server.url}/download/storage/v1/b/{bucket.name}/o/page?alt=media"
    ) as plain:
        assert plain.read() == b"hello" * 100
    assert bucket.blob("page").download_as_bytes() == b"hello" * 100
    assert bucket.blob("page").download_as_bytes(raw_download=True)[:2] == b"\x1f\x8b"
