"""POST /tasks/export/: pack all data of a user in pieces and join them."""

import contextlib
import io
import itertools
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
import requests
from PIL import Image

from tests import pictures
from tests.cloud import body_of
from tests.dying_backends import FailsAtWrite, Killed
from tests.services.tasks_backend.conftest import ISSUER, Scene, Worker, killed_before_creating_a_task
from timeline import outbox
from timeline.account_deletion import deletion
from timeline.accounts import users
from timeline.accounts.users import AccountChanges, Caller
from timeline.errors import NotFound
from timeline.exports import archives, packing
from timeline.exports.archives import Export
from timeline.exports.packing import Job, StepLimits
from timeline.interfaces import Blobs, Entities
from timeline.photos import avatars
from timeline.photos.model import Photo, original_name

PATH = "/tasks/export/"
ONE_PHOTO = StepLimits(content=1)
ANA = Caller(handle="ana", issuer=ISSUER, subject="ana")


@pytest.fixture(autouse=True)
def ana(scene: Scene) -> None:
    scene.user("ana")


def picture(number: int) -> bytes:
    return pictures.a_jpeg(40 + number, 30)


def post(scene: Scene, count: int) -> list[Photo]:
    """Post photos at different times, because the scene's clock does not move by itself."""
    posted = []
    for number in range(count):
        scene.clock.advance(timedelta(seconds=1))
        posted.append(scene.photo(image=picture(number), caption=f"Sea & sky, {number}"))
    return posted


def latest(scene: Scene) -> Export:
    export = archives.latest_export(scene.stores, "ana")
    assert export is not None
    return export


def fetched(scene: Scene) -> zipfile.ZipFile:
    link = archives.download_link(scene.stores, "ana", latest(scene).id)
    return zipfile.ZipFile(io.BytesIO(requests.get(link, timeout=60).content))


def originals_in(archive: zipfile.ZipFile) -> list[bytes]:
    return [archive.read(name) for name in archive.namelist() if name.startswith("originals/")]


def take_steps(scene: Scene, most: int = 1000) -> None:
    """Run the steps with one photo per piece."""
    for _ in range(most):
        waiting = scene.waiting("export")
        if not waiting:
            return
        packing.take_step(scene.stores, job_of(waiting[0]), ONE_PHOTO)
        scene.cloud.tasks_client().delete_task(name=waiting[0].name)


def job_of(task: Any) -> Job:
    body = body_of(task)
    return Job(user=body["user"], export_id=body["export"], outbox_id=body["outbox_id"])


def test_an_export_has_all_data_and_the_exact_originals(scene: Scene) -> None:
    posted = post(scene, 3)
    scene.user("ben")
    scene.photo("ben")

    archives.request_export(scene.stores, "ana")
    ran = scene.run("export")

    assert ran == [(PATH, 200)] * 2
    archive = fetched(scene)
    assert archive.testzip() is None
    told = json.loads(archive.read("photos.json"))
    assert [photo["id"] for photo in told] == [photo.id for photo in reversed(posted)]
    assert [archive.read(photo["file"]) for photo in told] == [picture(2), picture(1), picture(0)]
    assert told[0]["file"].startswith("originals/20")
    assert "_sea-sky-2_" in told[0]["file"]
    account = json.loads(archive.read("account.json"))
    assert (account["handle"], account["email"]) == ("ana", "ana@example.com")
    assert len(archive.namelist()) == 5


def test_an_export_without_photos_has_the_account(scene: Scene) -> None:
    archives.request_export(scene.stores, "ana")
    scene.run("export")

    assert fetched(scene).namelist() == ["account.json", "photos.json"]


def test_an_export_has_the_bio_and_the_picture_of_the_user(scene: Scene) -> None:
    users.change_account(scene.stores, "ana", AccountChanges(bio="Ferries and fog"))
    avatars.set_avatar(scene.stores, "ana", io.BytesIO(pictures.a_jpeg(800, 600)))
    scene.run("renditions")

    archives.request_export(scene.stores, "ana")
    scene.run("export")

    archive = fetched(scene)
    assert archive.testzip() is None
    assert json.loads(archive.read("account.json"))["bio"] == "Ferries and fog"
    assert Image.open(io.BytesIO(archive.read("avatar.jpg"))).size == (320, 240)


def test_an_export_does_not_fail_if_the_picture_is_replaced_meanwhile(scene: Scene) -> None:
    avatars.set_avatar(scene.stores, "ana", io.BytesIO(pictures.a_jpeg(800, 600)))
    scene.run("renditions")
    shown = users.get_user(scene.stores, "ana").avatar
    scene.stores.blobs.delete([f"{avatars.folder_of('ana')}{shown}"])

    archives.request_export(scene.stores, "ana")
    scene.run("export")

    assert fetched(scene).namelist() == ["account.json", "photos.json"]


def test_progress_is_stored_after_each_piece(scene: Scene) -> None:
    post(scene, 3)
    archives.request_export(scene.stores, "ana")

    take_steps(scene, 2)

    assert (latest(scene).done, latest(scene).total, latest(scene).state) == (2, 3, "running")


def test_more_pieces_than_one_call_can_join_become_one_archive(scene: Scene) -> None:
    post(scene, packing.JOINED_AT_ONCE + 3)
    archives.request_export(scene.stores, "ana")

    take_steps(scene)

    expected = [picture(number) for number in reversed(range(packing.JOINED_AT_ONCE + 3))]
    assert originals_in(fetched(scene)) == expected
    assert scene.blobs("exports/") == [latest(scene).file]


def test_two_requests_start_one_export(scene: Scene) -> None:
    first, second = (archives.request_export(scene.stores, "ana") for _ in range(2))

    assert first.id == second.id
    assert len(scene.waiting("export")) == 1


def test_a_repeated_request_creates_the_task_that_a_killed_one_did_not(scene: Scene) -> None:
    with pytest.raises(Killed):
        archives.request_export(killed_before_creating_a_task(scene), "ana")
    assert scene.waiting("export") == []

    archives.request_export(scene.stores, "ana")

    assert len(scene.waiting("export")) == 1


def test_a_new_export_replaces_the_previous_one(scene: Scene) -> None:
    archives.request_export(scene.stores, "ana")
    scene.run("export")
    scene.photo(image=picture(1))
    scene.clock.advance(timedelta(seconds=1))
    old = latest(scene).id

    archives.request_export(scene.stores, "ana")
    scene.run("export")

    assert originals_in(fetched(scene)) == [picture(1)]
    assert scene.blobs("exports/") == [latest(scene).file]
    with pytest.raises(NotFound):
        archives.download_link(scene.stores, "ana", old)


def test_a_step_that_runs_twice_is_packed_once(scene: Scene) -> None:
    post(scene, 2)
    archives.request_export(scene.stores, "ana")

    for _ in range(3):
        (task, *_) = scene.waiting("export")
        for _ in range(2):
            packing.take_step(scene.stores, job_of(task), ONE_PHOTO)
        scene.cloud.tasks_client().delete_task(name=task.name)

    assert originals_in(fetched(scene)) == [picture(1), picture(0)]
    assert scene.blobs("exports/") == [latest(scene).file]


def test_two_concurrent_runs_of_a_step_count_once(scene: Scene) -> None:
    post(scene, 4)
    archives.request_export(scene.stores, "ana")

    with ThreadPoolExecutor(3) as pool:
        while waiting := scene.waiting("export"):
            job = job_of(waiting[0])
            list(pool.map(lambda _, job=job: packing.take_step(scene.stores, job, ONE_PHOTO), range(3)))
            scene.cloud.tasks_client().delete_task(name=waiting[0].name)

    assert originals_in(fetched(scene)) == [picture(number) for number in (3, 2, 1, 0)]


@pytest.mark.parametrize("is_after", [False, True])
def test_an_export_interrupted_at_any_write_continues(scene: Scene, is_after: bool) -> None:
    post(scene, 2)
    kills = 0

    for write in itertools.count(1):
        scene.clock.advance(timedelta(seconds=1))
        archives.request_export(scene.stores, "ana")
        countdown = [write]
        take_steps_until_killed(scene, countdown, is_after)
        take_steps(scene)

        assert originals_in(fetched(scene)) == [picture(1), picture(0)], write
        assert scene.blobs("exports/") == [latest(scene).file], write
        assert not [row for row in scene.rows(outbox.KIND) if row.values["queue"] == "export"], write
        if countdown[0] > 0:
            break
        kills += 1

    assert kills >= 10


@pytest.mark.parametrize(
    ("limits", "done"),
    [(StepLimits(photos=2), 2), (StepLimits(seconds=0.0), 1), (ONE_PHOTO, 1), (StepLimits(), 3)],
)
def test_a_step_ends_at_the_first_limit_that_it_reaches(scene: Scene, limits: StepLimits, done: int) -> None:
    post(scene, 3)
    archives.request_export(scene.stores, "ana")
    (task,) = scene.waiting("export")

    packing.take_step(scene.stores, job_of(task), limits)

    assert latest(scene).done == done


def take_steps_until_killed(scene: Scene, countdown: list[int], is_after: bool) -> None:
    """The task of an interrupted run stays in its queue."""
    blobs = FailsAtWrite(scene.stores.blobs, countdown, is_after)
    entities = FailsAtWrite(scene.stores.entities, countdown, is_after)
    mortal = replace(scene.stores, blobs=cast("Blobs", blobs), entities=cast("Entities", entities))
    with contextlib.suppress(Killed):
        while waiting := scene.waiting("export"):
            packing.take_step(mortal, job_of(waiting[0]), ONE_PHOTO)
            scene.cloud.tasks_client().delete_task(name=waiting[0].name)


def test_a_photo_deleted_while_exporting_is_left_out(scene: Scene) -> None:
    kept, gone = scene.photo(image=picture(1)), scene.photo(image=picture(2))
    archives.request_export(scene.stores, "ana")
    scene.stores.blobs.delete([original_name(gone.id)])

    scene.run("export")

    assert [told["id"] for told in json.loads(fetched(scene).read("photos.json"))] == [kept.id]


def test_an_export_of_a_deleted_account_leaves_nothing(scene: Scene) -> None:
    scene.photo(image=picture(1))
    archives.request_export(scene.stores, "ana")
    take_steps(scene, 1)
    deletion.delete_account(scene.stores, ANA)

    scene.run("erase")
    ran = scene.run("export")

    assert [status for _, status in ran] == [200]
    assert scene.blobs() == []
    assert scene.rows(archives.KIND) == []


def test_a_download_link_is_private_and_expires(scene: Scene) -> None:
    scene.user("ben")
    archives.request_export(scene.stores, "ana")
    scene.run("export")
    export = latest(scene)

    with pytest.raises(NotFound):
        archives.download_link(scene.stores, "ben", export.id)
    with pytest.raises(NotFound):
        archives.download_link(scene.stores, "ana", "another")
    bare = archives.download_link(scene.stores, "ana", export.id).partition("?")[0]
    assert requests.get(bare, timeout=60).status_code == 403


def test_an_export_is_swept_after_a_week(scene: Scene) -> None:
    archives.request_export(scene.stores, "ana")
    scene.run("export")
    scene.clock.advance(archives.KEPT - timedelta(minutes=1))
    assert scene.cron("/tasks/sweep").get_json()["exports_expired"] == 0

    scene.clock.advance(timedelta(minutes=2))

    assert archives.latest_export(scene.stores, "ana") is None
    assert scene.cron("/tasks/sweep").get_json()["exports_expired"] == 1
    assert [scene.blobs("exports/"), scene.rows(archives.KIND)] == [[], []]


def test_the_last_attempt_fails_the_export_and_another_can_begin(
    scene: Scene, worker_without_storage: Worker
) -> None:
    scene.photo(image=picture(1))
    archives.request_export(scene.stores, "ana")
    (task,) = scene.waiting("export")

    assert worker_without_storage.task(PATH, body_of(task), retries=10).status_code == 503

    assert latest(scene).state == "failed"
    assert len(scene.rows(outbox.DEAD_LETTER)) == 1
    assert archives.request_export(scene.stores, "ana").id != job_of(task).export_id


def test_an_export_with_missing_pieces_fails(scene: Scene) -> None:
    scene.photo(image=picture(1))
    archives.request_export(scene.stores, "ana")
    take_steps(scene, 1)
    scene.stores.blobs.delete(scene.blobs("exports/"))

    take_steps(scene)

    assert latest(scene).state == "failed"
