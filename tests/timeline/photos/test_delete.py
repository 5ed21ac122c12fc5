"""Delete with a grace period: restore, erasure, and both at once."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.cloud import body_of
from tests.timeline.factories import a_photo, a_user, an_upload, later, with_lost_answers
from timeline import outbox, sweep
from timeline.account_deletion import deletion
from timeline.errors import Forbidden, ImageBroken, NotFound
from timeline.interfaces import Scan
from timeline.photos import renditions, tombstones, webp
from timeline.photos.create import create_photo
from timeline.photos.decoding_queues import LARGE_QUEUE
from timeline.photos.delete import delete_photo, erase_files, restore_photo
from timeline.photos.model import Photo, original_name
from timeline.photos.processing import mark_failed, retry
from timeline.photos.read import get_photo
from timeline.photos.renditions import Job
from timeline.photos.writes import webp_entry_id
from timeline.pictures.sizes import SIZES
from timeline.streams import pages

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends

Erasure = Callable[[], dict[str, Any]]


@pytest.fixture
def erasure(cloud: "Cloud", backends: "Backends") -> Erasure:
    """Return the body of the newest erase task."""

    def newest() -> dict[str, Any]:
        tasks = cloud.tasks(backends.settings.google_cloud_project, "erase")
        body: dict[str, Any] = body_of(max(tasks, key=lambda task: task.create_time))
        return body

    return newest


def erase(backends: "Backends", body: dict[str, Any]) -> None:
    erase_files(backends, body["prefixes"], body["outbox_id"])


def job_of(photo: Photo) -> Job:
    return Job(photo_id=photo.id, outbox_id=photo.id)


def a_ready_photo(backends: "Backends") -> Photo:
    photo = renditions.make_renditions(backends, job_of(a_photo(backends)))
    assert photo is not None
    return photo


def blobs(backends: "Backends") -> int:
    return len(backends.blobs.list("", 99))


def rows(backends: "Backends", kind: str) -> int:
    return len(backends.entities.scan(Scan(kind=kind, parent=("User", "ana"), limit=99)))


def owed(backends: "Backends") -> int:
    """Return the outbox entries except those for WebP, which every ready photo has."""
    promises = backends.entities.scan(Scan(kind=outbox.KIND, parent=("User", "ana"), limit=99))
    return len([row for row in promises if row.values["queue"] != "webp"])


def test_a_deleted_photo_comes_back_unchanged(backends: "Backends") -> None:
    photo = a_ready_photo(backends)
    delete_photo(backends, photo.id, "ana")
    assert pages.stream_of(backends, "ana").photos == ()

    restored = restore_photo(backends, photo.id, "ana")

    assert restored == get_photo(backends, photo.id) == photo
    assert pages.stream_of(backends, "ana").photos == pages.everyone(backends).photos == (photo,)
    assert (rows(backends, tombstones.KIND), owed(backends)) == (0, 0)


def test_the_erase_task_waits_for_the_grace_period(cloud: "Cloud", backends: "Backends") -> None:
    delete_photo(backends, a_photo(backends).id, "ana")

    (task,) = cloud.tasks(backends.settings.google_cloud_project, "erase")

    waits = task.schedule_time - task.create_time
    assert abs(waits - tombstones.GRACE).total_seconds() < 10


def test_restoring_twice_is_harmless(backends: "Backends") -> None:
    photo = a_ready_photo(backends)
    delete_photo(backends, photo.id, "ana")

    assert [restore_photo(backends, photo.id, "ana") for _ in range(2)] == [photo, photo]


def test_a_restore_with_a_lost_response_is_harmless(backends: "Backends") -> None:
    photo = a_ready_photo(backends)
    delete_photo(backends, photo.id, "ana")

    assert restore_photo(with_lost_answers(backends), photo.id, "ana") == photo


def test_only_the_owner_can_restore(backends: "Backends") -> None:
    photo = a_photo(backends)
    a_user(backends, "ben")
    delete_photo(backends, photo.id, "ana")

    with pytest.raises(Forbidden):
        restore_photo(backends, photo.id, "ben")


def test_a_photo_cannot_be_restored_after_the_grace_period(backends: "Backends") -> None:
    photo = a_photo(backends)
    delete_photo(backends, photo.id, "ana")

    with pytest.raises(NotFound, match="too late"):
        restore_photo(later(backends, seconds=61), photo.id, "ana")


def test_an_unknown_photo_cannot_be_restored(backends: "Backends") -> None:
    photo = a_photo(backends)
    never = photo.id.replace(photo.id[:4], "0000", 1)

    with pytest.raises(NotFound):
        restore_photo(backends, never, "ana")


def test_files_and_tombstone_are_erased_after_the_grace_period(
    backends: "Backends", erasure: Erasure
) -> None:
    photo = a_ready_photo(backends)
    delete_photo(backends, photo.id, "ana")

    for _ in range(2):
        erase(backends, erasure())

    assert (blobs(backends), rows(backends, tombstones.KIND), owed(backends)) == (0, 0, 0)
    with pytest.raises(NotFound):
        restore_photo(backends, photo.id, "ana")


def test_the_erase_task_keeps_a_restored_photo(backends: "Backends", erasure: Erasure) -> None:
    photo = a_ready_photo(backends)
    delete_photo(backends, photo.id, "ana")
    restore_photo(backends, photo.id, "ana")

    erase(backends, erasure())

    assert blobs(backends) == 1 + len(SIZES)
    assert get_photo(backends, photo.id) == photo


def test_the_task_of_an_earlier_deletion_keeps_the_tombstone(backends: "Backends", erasure: Erasure) -> None:
    photo = a_ready_photo(backends)
    delete_photo(backends, photo.id, "ana")
    first = erasure()
    restore_photo(backends, photo.id, "ana")
    delete_photo(backends, photo.id, "ana")

    erase(backends, first)

    assert restore_photo(backends, photo.id, "ana") == photo
    assert blobs(backends) == 1 + len(SIZES)


def test_a_rendition_task_keeps_the_files_of_a_restorable_photo(backends: "Backends") -> None:
    photo = a_ready_photo(backends)
    delete_photo(backends, photo.id, "ana")

    assert renditions.make_renditions(backends, job_of(photo)) is None

    assert blobs(backends) == 1 + len(SIZES)


def test_a_photo_restored_while_processing_gets_renditions(cloud: "Cloud", backends: "Backends") -> None:
    photo = a_photo(backends)
    delete_photo(backends, photo.id, "ana")
    assert renditions.make_renditions(backends, job_of(photo)) is None

    restore_photo(backends, photo.id, "ana")

    tasks = cloud.tasks(backends.settings.google_cloud_project, LARGE_QUEUE)
    bodies = [body_of(task) for task in tasks]
    (anew,) = [body for body in bodies if body["outbox_id"] != photo.id]
    made = renditions.make_renditions(backends, Job(photo_id=photo.id, outbox_id=anew["outbox_id"]))
    assert made is not None
    assert made.is_ready
    assert owed(backends) == 0


def test_a_photo_restored_after_its_webp_task_ran_in_vain_gets_webp(
    cloud: "Cloud", backends: "Backends"
) -> None:
    photo = a_ready_photo(backends)
    delete_photo(backends, photo.id, "ana")
    assert webp.make_webp(backends, Job(photo_id=photo.id, outbox_id=webp_entry_id(photo.id))) is None

    restore_photo(backends, photo.id, "ana")

    bodies = map(body_of, cloud.tasks(backends.settings.google_cloud_project, "webp"))
    (anew,) = [body for body in bodies if body["outbox_id"] != webp_entry_id(photo.id)]
    made = webp.make_webp(backends, Job(photo_id=photo.id, outbox_id=anew["outbox_id"]))
    assert made is not None
    assert made.has_webp
    assert rows(backends, outbox.KIND) == 0


def test_a_restored_photo_with_all_renditions_gets_no_task(cloud: "Cloud", backends: "Backends") -> None:
    photo = a_ready_photo(backends)
    webp.make_webp(backends, Job(photo_id=photo.id, outbox_id=webp_entry_id(photo.id)))
    delete_photo(backends, photo.id, "ana")

    restore_photo(backends, photo.id, "ana")

    assert rows(backends, outbox.KIND) == 0


def test_the_sweep_keeps_the_files_of_a_restorable_photo(backends: "Backends") -> None:
    photo = a_ready_photo(backends)
    delete_photo(backends, photo.id, "ana")

    swept = sweep.sweep(later(backends, hours=2))

    assert swept.blobs_erased == 0
    assert restore_photo(backends, photo.id, "ana") == photo


def test_a_tombstone_is_erased_with_its_account(backends: "Backends") -> None:
    caller = a_user(backends)
    photo = a_ready_photo(backends)
    delete_photo(backends, photo.id, "ana")
    deletion.delete_account(backends, caller)
    with pytest.raises(NotFound):
        restore_photo(backends, photo.id, "ana")

    deletion.finish_deletion(backends, "ana", photo.id)

    assert (blobs(backends), rows(backends, tombstones.KIND)) == (0, 0)


def test_a_prefix_that_names_no_photo_erases_nothing(backends: "Backends") -> None:
    a_photo(backends)

    with pytest.raises(NotFound):
        erase_files(backends, ["originals/ana/"], "0-ana")

    assert blobs(backends) == 1


def test_either_restore_or_erasure_wins(backends: "Backends", erasure: Erasure) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def undo(photo: Photo) -> bool:
        try:
            return restore_photo(backends, photo.id, "ana") == photo
        except NotFound:
            return False

    for _ in range(6):
        photo = a_ready_photo(backends)
        delete_photo(backends, photo.id, "ana")
        body = erasure()
        with ThreadPoolExecutor(2) as pool:
            is_back, _ = pool.submit(undo, photo), pool.submit(erase, backends, body)

        left = backends.blobs.list(original_name(photo.id), 9)
        assert len(left) == is_back.result()


def test_a_failed_photo_is_tried_again(cloud: "Cloud", backends: "Backends") -> None:
    photo = a_photo(backends)
    failed = mark_failed(backends, photo.id, ImageBroken(), photo.id)

    again = retry(backends, photo.id, "ana")

    assert (failed.status, failed.failure_code) == ("failed", "image_broken")
    assert (again.status, again.failure, again.failure_code) == ("processing", None, None)
    (task,) = [
        body
        for body in map(body_of, cloud.tasks(backends.settings.google_cloud_project, LARGE_QUEUE))
        if body["outbox_id"] != photo.id
    ]
    made = renditions.make_renditions(backends, Job(photo_id=photo.id, outbox_id=task["outbox_id"]))
    assert made is not None
    assert made.is_ready
    assert owed(backends) == 0


@pytest.mark.parametrize("action", [retry, restore_photo])
def test_a_photo_that_is_neither_failed_nor_deleted_gets_no_further_task(
    cloud: "Cloud", backends: "Backends", action: Callable[["Backends", str, str], Photo]
) -> None:
    photo = a_photo(backends)

    assert [action(backends, photo.id, "ana") for _ in range(3)] == [photo] * 3

    assert cloud.tasks(backends.settings.google_cloud_project, LARGE_QUEUE) == []


@pytest.mark.parametrize("action", ["retry", "restore"])
def test_a_new_task_is_created_although_the_reply_to_the_commit_was_lost(
    cloud: "Cloud", backends: "Backends", action: str
) -> None:
    photo = a_photo(backends)
    if action == "retry":
        mark_failed(backends, photo.id, ImageBroken(), photo.id)
        retry(with_lost_answers(backends), photo.id, "ana")
    else:
        delete_photo(backends, photo.id, "ana")
        restore_photo(with_lost_answers(backends), photo.id, "ana")

    assert len(cloud.tasks(backends.settings.google_cloud_project, LARGE_QUEUE)) == 1


def test_only_failed_photos_are_tried_again_and_only_by_their_owner(backends: "Backends") -> None:
    ready = a_ready_photo(backends)
    a_user(backends, "ben")

    assert retry(backends, ready.id, "ana") == ready
    with pytest.raises(Forbidden):
        retry(backends, ready.id, "ben")


def test_a_photo_posted_again_after_its_deletion_stays_deleted(backends: "Backends") -> None:
    a_user(backends)
    posted = create_photo(backends, "ana", an_upload(key="k")).photo
    delete_photo(backends, posted.id, "ana")

    replayed = create_photo(backends, "ana", an_upload(key="k"))

    assert replayed.is_replayed
    assert pages.stream_of(backends, "ana").photos == ()
