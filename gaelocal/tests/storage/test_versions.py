"""Versioning, soft delete, holds and retention: what is deleted, and what may not be."""

import datetime

import pytest
from google.api_core import exceptions
from google.cloud import storage
from tests.storage.conftest import RunningStorage

WEEK = 7 * 24 * 3600


@pytest.fixture
def versioned(bucket: storage.Bucket) -> storage.Bucket:
    bucket.versioning_enabled = True
    bucket.patch()
    return bucket


def versions(bucket: storage.Bucket, **wanted: object) -> list[tuple[str, int]]:
    return [(blob.name, blob.generation) for blob in bucket.list_blobs(**wanted)]


def written(bucket: storage.Bucket, text: str, name: str = "photo") -> int:
    blob = bucket.blob(name)
    blob.upload_from_string(text)
    return int(blob.generation)


def test_a_replaced_object_stays_as_a_noncurrent_version(versioned: storage.Bucket) -> None:
    first, second = written(versioned, "one"), written(versioned, "two")

    assert versions(versioned, versions=True) == [("photo", first), ("photo", second)]
    assert versioned.blob("photo", generation=first).download_as_text() == "one"
    assert versioned.blob("photo").download_as_text() == "two"
    assert versioned.get_blob("photo", generation=first).time_deleted is not None


def test_sources_that_a_composition_deletes_stay_as_noncurrent_versions(versioned: storage.Bucket) -> None:
    generation = written(versioned, "one")

    versioned.blob("both").compose([versioned.blob("photo")], delete_source_objects=True)

    assert [name for name, _ in versions(versioned)] == ["both"]
    assert ("photo", generation) in versions(versioned, versions=True)


def test_deleting_by_name_keeps_the_version_and_by_generation_erases_it(
    cloud: RunningStorage, versioned: storage.Bucket
) -> None:
    generation = written(versioned, "one")

    versioned.blob("photo").delete()
    assert (versions(versioned), len(versions(versioned, versions=True))) == ([], 1)
    versioned.blob("photo", generation=generation).delete()

    assert versions(versioned, versions=True) == []
    assert cloud.files() == []


@pytest.mark.parametrize("page_size", [1, 2, 3])
def test_pages_of_versions_neither_skip_nor_repeat(versioned: storage.Bucket, page_size: int) -> None:
    expected = [(name, written(versioned, "x", name)) for name in ("a", "a", "a", "b", "c", "c")]

    assert versions(versioned, versions=True, page_size=page_size) == expected


def test_a_copy_of_a_version_shares_its_bytes_until_both_are_gone(
    cloud: RunningStorage, versioned: storage.Bucket
) -> None:
    first = written(versioned, "one")
    versioned.blob("photo").delete()
    versioned.copy_blob(versioned.blob("photo"), versioned, "restored", source_generation=first)
    versioned.blob("photo", generation=first).delete()

    assert versioned.blob("restored").download_as_text() == "one"
    assert len(cloud.files()) == 1


def test_a_soft_deleted_object_is_restored_or_ends(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    bucket.soft_delete_policy.retention_duration_seconds = WEEK
    bucket.patch()
    kept, ended = written(bucket, "kept"), written(bucket, "ended", "other")
    bucket.blob("photo").delete()
    bucket.blob("other").delete()

    assert versions(bucket, soft_deleted=True) == [("other", ended), ("photo", kept)]
    assert versions(bucket, versions=True) == []
    assert bucket.restore_blob("photo", generation=kept).download_as_text() == "kept"
    cloud.clock.now += WEEK + 1
    cloud.restart()

    assert versions(bucket, soft_deleted=True) == []
    assert len(cloud.files()) == 1


def test_an_object_on_hold_is_neither_deleted_nor_replaced(bucket: storage.Bucket) -> None:
    written(bucket, "one")
    blob = bucket.get_blob("photo")
    blob.temporary_hold = True
    blob.patch()

    with pytest.raises(exceptions.Forbidden, match="Temporary hold"):
        bucket.blob("photo").delete()
    with pytest.raises(exceptions.Forbidden, match="Temporary hold"):
        written(bucket, "two")
    blob.temporary_hold = False
    blob.patch()
    blob.delete()


def test_a_retention_period_ends(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    bucket.retention_period = 60
    bucket.patch()
    written(bucket, "one")

    with pytest.raises(exceptions.Forbidden, match="retention"):
        bucket.blob("photo").delete()
    cloud.clock.now += 61
    bucket.blob("photo").delete()


def test_a_locked_retention_period_can_only_grow(bucket: storage.Bucket) -> None:
    bucket.retention_period = 60
    bucket.patch()
    bucket.lock_retention_policy()

    for refused in (None, 30):
        bucket.reload()
        bucket.retention_period = refused
        with pytest.raises(exceptions.Forbidden):
            bucket.patch()
    bucket.reload()
    bucket.retention_period = 90
    bucket.patch()


def test_an_event_based_hold_starts_the_retention_period_when_it_is_released(
    cloud: RunningStorage, bucket: storage.Bucket
) -> None:
    bucket.retention_period, bucket.default_event_based_hold = 60, True
    bucket.patch()
    written(bucket, "one")
    cloud.clock.now += 1000
    blob = bucket.get_blob("photo")
    blob.event_based_hold = False
    blob.patch()

    with pytest.raises(exceptions.Forbidden, match="retention"):
        blob.delete()
    cloud.clock.now += 61
    blob.delete()


def test_lifecycle_rules_are_applied(cloud: RunningStorage, versioned: storage.Bucket) -> None:
    versioned.add_lifecycle_delete_rule(number_of_newer_versions=1, is_live=False)
    versioned.add_lifecycle_set_storage_class_rule("COLDLINE", age=30, matches_prefix=["old/"])
    versioned.patch()
    written(versioned, "one")
    latest = written(versioned, "two")
    aged = written(versioned, "x", "old/photo")
    cloud.clock.now += 31 * 24 * 3600
    cloud.restart()

    assert versions(versioned, versions=True) == [("old/photo", aged), ("photo", latest)]
    classes = [blob.storage_class for blob in versioned.list_blobs()]
    assert classes == ["COLDLINE", "STANDARD"]


def test_a_custom_time_does_not_go_back(bucket: storage.Bucket) -> None:
    blob = bucket.blob("photo")
    blob.custom_time = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)
    blob.upload_from_string("x")

    blob.custom_time = datetime.datetime(2026, 4, 1, tzinfo=datetime.UTC)
    with pytest.raises(exceptions.BadRequest, match="customTime"):
        blob.patch()


def test_a_soft_deleted_bucket_is_restored_with_its_settings(client: storage.Client) -> None:
    made = client.bucket("comes-back")
    made.soft_delete_policy.retention_duration_seconds = WEEK
    made.labels = {"team": "photos"}
    made = client.create_bucket(made)
    made.delete()

    assert client.lookup_bucket("comes-back") is None
    client.restore_bucket("comes-back", generation=made.generation)
    assert client.get_bucket("comes-back").labels == {"team": "photos"}
