"""POST /tasks/erase/ and GET /tasks/sweep: deleted data is erased completely."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
import requests

from tasks_backend import create_app
from tests import pictures
from tests.cloud import body_of
from tests.services.tasks_backend.conftest import ISSUER, Scene, Worker
from timeline import outbox
from timeline.account_deletion import deletion
from timeline.accounts import users
from timeline.accounts.users import Caller, Claims
from timeline.digests import send_records
from timeline.digests.send_records import MissedEmail, Result, SendRecord
from timeline.errors import NotFound, Unavailable
from timeline.interfaces import Blobs
from timeline.photos import uploads
from timeline.photos.delete import delete_photo
from timeline.photos.processing import RenditionSet, mark_ready
from timeline.pictures.sizes import SIZES

PATH = "/tasks/erase/"
ANA = Caller(handle="ana", issuer=ISSUER, subject="ana")


@pytest.fixture(autouse=True)
def ana(scene: Scene) -> None:
    scene.user("ana")


def test_a_deleted_photo_leaves_no_bytes(scene: Scene) -> None:
    photo, other = scene.photo(), scene.photo()
    scene.run("renditions")

    delete_photo(scene.stores, photo.id, by="ana")
    ran = scene.run("erase")

    assert ran == [(PATH, 200)]
    assert len(scene.blobs()) == 1 + len(SIZES)
    assert all(other.id.split("-")[0] in name for name in scene.blobs())


def test_a_deleted_account_leaves_no_row_or_file(scene: Scene) -> None:
    scene.user("ben")
    for user in ("ana", "ana", "ben"):
        scene.photo(user)
    scene.run("renditions")

    deletion.delete_account(scene.stores, ANA)
    scene.run("erase")

    kinds = ("Photo", "Idempotency", "Summary", outbox.KIND, outbox.DEAD_LETTER)
    assert [row for kind in kinds for row in scene.rows(kind)] == []
    assert {name.split("/")[1] for name in scene.blobs()} == {"ben"}


def test_an_open_upload_leaves_nothing_after_the_account_is_deleted(scene: Scene) -> None:
    new = uploads.NewUpload(content_type="image/jpeg", size=5)
    begun = uploads.begin_upload(scene.stores, "ana", new).upload
    deletion.delete_account(scene.stores, ANA)
    scene.run("erase")

    sent = requests.put(begun.url, b"bytes", timeout=60)

    assert sent.status_code == 404
    assert (scene.blobs(), scene.rows(uploads.KIND)) == ([], [])


def test_a_photo_still_in_the_queue_is_erased_with_its_account(scene: Scene) -> None:
    scene.photo()
    deletion.delete_account(scene.stores, ANA)

    scene.run("erase")
    scene.run("renditions")

    assert scene.blobs() == []
    assert [*scene.rows("Photo"), *scene.rows(outbox.KIND)] == []


def test_a_photo_of_a_deleted_account_does_not_become_ready(scene: Scene) -> None:
    photo = scene.photo()
    deletion.delete_account(scene.stores, ANA)

    with pytest.raises(NotFound):
        mark_ready(
            scene.stores, photo.id, RenditionSet(renditions=(), placeholder=None, width=1, height=1), photo.id
        )


class NothingCanBeErased:
    """The real Cloud Storage client, except that deletions fail."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def delete(self, names: Iterable[str]) -> None:  # noqa: ARG002 - the protocol of Blobs
        raise Unavailable

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blobs, name)


def test_rows_are_erased_before_the_bytes(scene: Scene) -> None:
    scene.photo()
    deletion.delete_account(scene.stores, ANA)
    (task,) = scene.waiting("erase")
    stuck = replace(scene.stores, blobs=cast("Blobs", NothingCanBeErased(scene.stores.blobs)))

    assert Worker(create_app(stuck)).task(PATH, body_of(task)).status_code == 503

    assert scene.rows("Photo") == []
    assert len(scene.blobs()) == 1


def test_erasing_twice_is_harmless(scene: Scene) -> None:
    delete_photo(scene.stores, scene.photo().id, by="ana")
    (task,) = scene.waiting("erase")

    statuses = [scene.task(PATH, body_of(task)).status_code for _ in range(2)]

    assert statuses == [200, 200]
    assert scene.blobs() == []


def test_an_existing_photo_is_never_erased(scene: Scene) -> None:
    key, user = scene.photo().id.split("-")
    task = {
        "prefixes": [f"originals/{user}/{key}", f"renditions/{user}/{key}/"],
        "outbox_id": f"{key}-{user}",
    }

    answer = scene.task(PATH, task)

    assert answer.status_code == 200
    assert len(scene.blobs()) == 1


@pytest.mark.parametrize("prefixes", [None, [], ["originals/"], ["originals"], [""], [7], "originals/ana/0"])
def test_a_task_that_would_erase_more_than_a_photo_erases_nothing(scene: Scene, prefixes: object) -> None:
    photo = scene.photo(image=pictures.a_jpeg())

    answer = scene.task(PATH, {"prefixes": prefixes, "outbox_id": photo.id})

    assert answer.json == {"refused": "invalid_request", "request_id": answer.headers["X-Request-Id"]}
    assert len(scene.blobs()) == 1


def test_the_sweep_redelivers_overdue_tasks(scene: Scene) -> None:
    photo = scene.photo()
    for task in scene.waiting("renditions"):
        scene.cloud.tasks_client().delete_task(name=task.name)
    scene.clock.advance(timedelta(minutes=10))

    answer = scene.cron("/tasks/sweep")
    scene.run("renditions")

    assert answer.get_json()["redelivered"] == 1
    assert scene.found(photo).is_ready


def test_the_last_attempt_to_erase_keeps_a_dead_letter(scene: Scene, worker_without_storage: Worker) -> None:
    delete_photo(scene.stores, scene.photo().id, by="ana")
    (task,) = scene.waiting("erase")

    answer = worker_without_storage.task(PATH, body_of(task), retries=20)

    assert answer.status_code == 503
    assert len(scene.rows(outbox.DEAD_LETTER)) == 1


def test_an_email_being_sent_leaves_no_row_after_the_deletion(scene: Scene) -> None:
    now = scene.clock.now()
    record = SendRecord(
        key=("User", "ana", "Summary", "daily-2026-11-20"), token="t", taken=now, since=now, until=now
    )
    deletion.delete_account(scene.stores, ANA)
    scene.run("erase")

    send_records.settle(scene.stores, [Result(record=record, state="sent")])
    state = send_records.claim(scene.stores, record, [], is_new=False)
    send_records.give_up(
        scene.stores, MissedEmail(key=record.key, queue="email", path="/tasks/email/"), "late"
    )

    assert state == "failed"
    assert [*scene.rows("Summary"), *scene.rows(outbox.DEAD_LETTER)] == []


def test_the_handle_of_a_deleted_account_is_never_reused(scene: Scene) -> None:
    deletion.delete_account(scene.stores, ANA)
    scene.run("erase")
    stranger = Claims(
        issuer="https://other.example", subject="x", issued=scene.clock.now(), preferred_username="ana"
    )

    assert users.sign_in(scene.stores, stranger).handle != "ana"
