"""A short version of the kill campaign in bench/, and the end of a campaign that finds a task missing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import grpc
import pytest
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from bench.campaigns import backends_of
from bench.kill_campaign import Sizes, run_campaign
from bench.readiness import describe_unready, outbox_size, unready_photos, wait_until_ready
from bench.remaining_work import WorkRemains, wait_until_idle
from tests import pictures
from tests.cloud import LOCATION
from tests.journeys.platform import Platform
from timeline.interfaces import Scan


def test_no_photo_is_lost_while_processes_are_killed(
    tmp_path: Path, datastore_words: tuple[str, ...]
) -> None:
    if datastore_words[1] != "embedded":
        pytest.skip("Google's emulators lose acknowledged writes when they are killed")

    losses = run_campaign(tmp_path, Sizes(photos=60, webp=0), seed=20261120)

    assert losses.acknowledged == 60
    assert losses.is_clean, losses


def test_a_campaign_waits_until_the_sweep_has_created_a_missing_task(
    tmp_path: Path, datastore_words: tuple[str, ...]
) -> None:
    platform = Platform(tmp_path, datastore_words)
    platform.start()
    try:
        person = platform.as_("ana")
        with paused_queue(platform, "renditions") as purge:
            photo_id = person.post_photo(pictures.a_jpeg()).json()["id"]
            purge()
        wait_until_ready(platform, [person], within=0)
        (heading, entry, *_) = describe_unready(platform, [person])
        assert heading == f"photo {photo_id}: processing, failure code None"
        assert "queue renditions" in entry
        with pytest.raises(WorkRemains, match=r"outbox entries: 1\n.*queue renditions"):
            wait_until_idle(platform, within=0)
        make_overdue(platform)

        wait_until_ready(platform, [person], within=60, with_webp=True)
        wait_until_idle(platform, within=60)

        assert unready_photos([person], with_webp=True) == []
        assert outbox_size(platform) == 0
    finally:
        platform.stop()


@contextmanager
def paused_queue(platform: Platform, name: str) -> Iterator[Callable[[], object]]:
    """Pause a queue during the block, which gets a function that deletes its tasks."""
    channel = grpc.insecure_channel(platform.addresses["tasks"])
    client = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
    queue = client.queue_path(platform.addresses["project"], LOCATION, name)
    client.pause_queue(name=queue)
    try:
        yield lambda: client.purge_queue(name=queue)
    finally:
        client.resume_queue(name=queue)
        channel.close()


def make_overdue(platform: Platform) -> None:
    """Let the outbox entries be due now instead of in three minutes."""
    with backends_of(platform) as backends:
        rows = backends.entities.scan(Scan(kind="Outbox", by="due", limit=9))
        now = datetime.now(UTC)
        overdue = [replace(row, values={**row.values, "due": now}) for row in rows]
        backends.entities.put(*overdue)
