"""Requests fail in time when a Google service is unavailable."""

from timeline.gcp import datastore, storage

LONGEST = 8.0


def test_a_post_without_cloud_storage_fails_in_time() -> None:
    assert storage.RETRY.timeout + sum(storage.TIMEOUTS) <= LONGEST
    assert storage.RETRY.timeout >= 1


def test_a_read_without_datastore_fails_in_time() -> None:
    assert datastore.RETRY_SECONDS + datastore.RPC_SECONDS + datastore.ROLLBACK_SECONDS <= LONGEST
    assert datastore.RETRY_SECONDS >= 1
