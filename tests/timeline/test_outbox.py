"""The outbox: entries are committed with the photo, delivered after it, and redelivered by the sweep."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from tests.cloud import body_of
from tests.timeline.factories import a_photo, a_user, an_upload, later, with_lost_answers
from timeline import idempotency, sweep
from timeline.account_deletion import deletion
from timeline.accounts import users
from timeline.errors import ImageBroken, NotFound
from timeline.gcp import memcache, tasks
from timeline.interfaces import BegunTransaction, Entity, Scan, Transaction
from timeline.photos.create import create_photo
from timeline.photos.delete import delete_photo, erase_files
from timeline.photos.duplicates import CreatedPhoto
from timeline.photos.edit import change_caption
from timeline.photos.model import Rendition, original_name, rendition_name
from timeline.photos.processing import RenditionSet, mark_failed, mark_ready
from timeline.photos.read import get_photo
from timeline.streams import pages

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends

T = TypeVar("T")
THUMB = Rendition(name="thumb", width=160, height=120, type="image/jpeg", digest="d1")
MADE = RenditionSet(renditions=(THUMB,), placeholder="cGxhY2U=", width=64, height=48)


def outbox_ids(backends: "Backends", user: str = "ana") -> list[str]:
    rows = backends.entities.scan(Scan(kind="Outbox", parent=("User", user), limit=50))
    return [f"{row.key[3]}-{user}" for row in rows]


def dead_letters(backends: "Backends") -> list[Entity]:
    return list(backends.entities.scan(Scan(kind="DeadLetter", parent=("User", "ana"), limit=50)))


def without_queues(backends: "Backends") -> "Backends":
    nowhere = replace(backends.settings, cloud_tasks_emulator_host="127.0.0.1:1")
    return replace(backends, tasks=tasks.connect(nowhere))


def queues(backends: "Backends") -> list[str]:
    rows = backends.entities.scan(Scan(kind="Outbox", parent=("User", "ana"), limit=50))
    return [row.values["queue"] for row in rows]


def test_a_posted_photo_creates_a_task_with_its_name(cloud: "Cloud", backends: "Backends") -> None:
    photo = a_photo(backends)

    (task,) = cloud.tasks(backends.settings.google_cloud_project, "renditions")
    assert task.app_engine_http_request.relative_uri == "/tasks/renditions/"
    assert body_of(task) == {"photo_id": photo.id, "outbox_id": outbox_ids(backends)[0], "trace": "0" * 32}


def test_finished_work_deletes_the_entry(backends: "Backends") -> None:
    photo = a_photo(backends)

    ready = mark_ready(backends, photo.id, MADE, outbox_ids(backends)[0])

    assert (ready.status, ready.renditions, ready.placeholder) == ("ready", (THUMB,), "cGxhY2U=")
    assert queues(backends) == ["webp"]
    assert get_photo(backends, photo.id) == ready


def test_a_task_that_runs_twice_changes_nothing_the_second_time(backends: "Backends") -> None:
    photo = a_photo(backends)
    (entry_id,) = outbox_ids(backends)

    first, second = (mark_ready(backends, photo.id, MADE, entry_id) for _ in range(2))

    assert first == second


def test_work_on_a_deleted_photo_raises_not_found(backends: "Backends") -> None:
    photo = a_photo(backends)
    delete_photo(backends, photo.id, "ana")

    with pytest.raises(NotFound):
        mark_ready(backends, photo.id, MADE, outbox_ids(backends)[0])


def test_failed_work_leaves_a_dead_letter(backends: "Backends") -> None:
    photo = a_photo(backends)
    (entry_id,) = outbox_ids(backends)

    failed = [mark_failed(backends, photo.id, ImageBroken("poison"), entry_id) for _ in range(2)]

    assert [(one.status, one.failure) for one in failed] == [("failed", "poison")] * 2
    assert [row.values["reason"] for row in dead_letters(backends)] == ["poison"]
    assert outbox_ids(backends) == []


def test_a_late_failure_does_not_undo_a_success(backends: "Backends") -> None:
    photo = a_photo(backends)
    (entry_id,) = outbox_ids(backends)
    mark_ready(backends, photo.id, MADE, entry_id)

    assert mark_failed(backends, photo.id, ImageBroken("late"), entry_id).is_ready


def test_a_post_without_cloud_tasks_is_acknowledged_and_swept(cloud: "Cloud", backends: "Backends") -> None:
    photo = a_photo(without_queues(backends))
    project = backends.settings.google_cloud_project
    assert cloud.tasks(project, "renditions") == []
    assert pages.stream_of(backends, "ana").photos == (photo,)

    early = sweep.sweep(backends)
    late = sweep.sweep(later(backends, minutes=4))
    again = sweep.sweep(later(backends, minutes=5))

    assert [swept.redelivered for swept in (early, late, again)] == [0, 1, 0]
    assert [body_of(task)["photo_id"] for task in cloud.tasks(project, "renditions")] == [photo.id]


def test_overdue_entries_are_redelivered_with_a_new_name(cloud: "Cloud", backends: "Backends") -> None:
    a_photo(backends)
    pages.stream_of(backends, "ana", limit=1)

    for minutes in (4, 14, 34):
        sweep.sweep(later(backends, minutes=minutes))

    names = [task.name for task in cloud.tasks(backends.settings.google_cloud_project, "renditions")]
    assert len(set(names)) == 4


def test_orphaned_blobs_are_erased_after_an_hour(backends: "Backends") -> None:
    photo = a_photo(backends)
    nobody = "ana/0000000000000000"
    for name in (f"originals/{nobody}", f"renditions/{nobody}/thumb-1.jpg", "originals/x"):
        backends.blobs.add(name, b"x", "image/jpeg")

    assert sweep.sweep(later(backends, minutes=50)).blobs_erased == 0
    assert sweep.sweep(later(backends, minutes=70)).blobs_erased == 3
    assert [blob.name for blob in backends.blobs.list("", 9)] == [original_name(photo.id)]


def test_idempotency_records_are_deleted_after_a_day(backends: "Backends") -> None:
    first = a_photo(backends, key="k-1")
    pages.stream_of(backends, "ana", limit=1)

    assert idempotency.delete_expired(later(backends, hours=23)) == 0
    assert a_photo(backends, key="k-1") == first
    assert idempotency.delete_expired(later(backends, hours=25)) == 1
    assert a_photo(backends, key="k-1") != first


def test_a_deleted_photo_has_its_bytes_erased(cloud: "Cloud", backends: "Backends") -> None:
    photo, kept = a_photo(backends), a_photo(backends)
    backends.blobs.add(rendition_name(photo.id, THUMB), b"thumb", "image/jpeg")
    delete_photo(backends, photo.id, "ana")
    (task,) = cloud.tasks(backends.settings.google_cloud_project, "erase")

    for _ in range(2):
        erase_files(backends, body_of(task)["prefixes"], body_of(task)["outbox_id"])

    assert [blob.name for blob in backends.blobs.list("", 9)] == [original_name(kept.id)]
    assert body_of(task)["outbox_id"] not in outbox_ids(backends)


def test_a_commit_with_a_lost_response_is_repeated_safely(backends: "Backends") -> None:
    unlucky = with_lost_answers(backends)
    caller = a_user(unlucky)

    posted = create_photo(unlucky, "ana", an_upload(key="k"))
    change_caption(unlucky, posted.photo.id, "lake", "ana")
    assert not posted.is_replayed
    assert [photo.caption for photo in pages.stream_of(unlucky, "ana").photos] == ["lake"]
    assert len(backends.blobs.list("", 9)) == 1

    delete_photo(unlucky, posted.photo.id, "ana")
    deletion.delete_account(unlucky, caller)
    with pytest.raises(NotFound):
        users.get_user(backends, "ana")


def test_a_repeated_post_delivers_the_undelivered_task(cloud: "Cloud", backends: "Backends") -> None:
    a_user(backends)
    first = create_photo(without_queues(backends), "ana", an_upload(key="k"))
    assert cloud.tasks(backends.settings.google_cloud_project, "renditions") == []

    again = [create_photo(backends, "ana", an_upload(key="k")) for _ in range(2)]

    assert {posted.photo for posted in again} == {first.photo}
    (task,) = cloud.tasks(backends.settings.google_cloud_project, "renditions")
    assert body_of(task)["photo_id"] == first.photo.id


class CommittedMeanwhile:
    """The real Datastore client; an earlier request with the same key commits right before a transaction."""

    def __init__(self, backends: "Backends", earlier: Callable[[], object]) -> None:
        self._entities = backends.entities
        self._earlier = [earlier]

    def transact(self, work: Callable[[Transaction], T], begun: BegunTransaction | None = None) -> T:
        while self._earlier:
            self._earlier.pop()()
        return self._entities.transact(work, begun)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._entities, name)


def test_a_post_that_finds_the_earlier_one_in_its_commit_delivers_the_task(
    cloud: "Cloud", backends: "Backends"
) -> None:
    a_user(backends)
    killed: list[CreatedPhoto] = []
    without_marker = memcache.connect(replace(backends.settings, memcache_host=""))
    before_its_task = replace(without_queues(backends), cache=without_marker)
    meanwhile = CommittedMeanwhile(
        backends, lambda: killed.append(create_photo(before_its_task, "ana", an_upload(key="k")))
    )

    posted = create_photo(replace(backends, entities=meanwhile), "ana", an_upload(key="k"))

    assert posted.is_replayed
    assert posted.photo == killed[0].photo
    (task,) = cloud.tasks(backends.settings.google_cloud_project, "renditions")
    assert body_of(task)["photo_id"] == posted.photo.id
