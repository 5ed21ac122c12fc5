"""Requests fail in time when a Google service is unavailable."""

from timeline.gcp import storage
from timeline.gcp.datastore_calls import RETRY_SECONDS, ROLLBACK_SECONDS, RPC_SECONDS

LONGEST = 8.0


def test_a_post_without_cloud_storage_fails_in_time() -> None:
    assert storage.RETRY.timeout + sum(storage.TIMEOUTS) <= LONGEST
    assert storage.RETRY.timeout >= 1


def test_a_read_without_datastore_fails_in_time() -> None:
    assert RETRY_SECONDS + RPC_SECONDS + ROLLBACK_SECONDS <= LONGEST
    assert RETRY_SECONDS >= 1
