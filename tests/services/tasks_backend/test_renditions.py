"""POST /tasks/renditions/: from processing to ready or failed."""

import base64
import io
import json
import threading

import pytest
from PIL import Image

from tests import pictures
from tests.dying_backends import Killed
from tests.services.tasks_backend.conftest import TRACE, Scene, Worker, killed_before_creating_a_task
from timeline import first_page_cache, outbox
from timeline.photos.delete import delete_photo
from timeline.photos.model import original_name
from timeline.photos.processing import RenditionSet, mark_ready
from timeline.photos.read import read_file
from timeline.photos.renditions import Job, make_renditions
from timeline.pictures.sizes import SIZES, WEBP
from timeline.pictures.thumbhash import average_colour
from timeline.streams import pages

PATH = "/tasks/renditions/"


@pytest.fixture(autouse=True)
def ana(scene: Scene) -> None:
    scene.user("ana")


def test_a_posted_photo_becomes_ready(scene: Scene) -> None:
    photo = scene.photo(image=pictures.a_jpeg(2400, 1800))

    ran = scene.run("renditions")

    ready = scene.found(photo)
    assert ran == [(PATH, 200)]
    assert ready.status == "ready"
    assert [(made.name, made.width, made.height) for made in ready.renditions] == [
        (name, side, side * 3 // 4) for name, side in sorted(SIZES.items(), key=lambda size: size[1])
    ]


def test_each_rendition_can_be_opened_by_its_name(scene: Scene) -> None:
    photo = scene.photo()

    scene.task(PATH, scene.task_of(photo))

    for made in scene.found(photo).renditions:
        opened = read_file(scene.stores, photo.id, made.file_name)
        assert opened.content_type == "image/jpeg"
        assert Image.open(io.BytesIO(opened.content)).size == (made.width, made.height)


def test_the_placeholder_is_base64_of_at_most_40_bytes(scene: Scene) -> None:
    photo = scene.photo(image=pictures.encoded(Image.new("RGB", (90, 60), (200, 40, 40)), "JPEG"))

    scene.task(PATH, scene.task_of(photo))

    digest = base64.b64decode(scene.found(photo).placeholder or "")
    assert 0 < len(digest) <= 40
    assert average_colour(digest) == pytest.approx((200, 40, 40), abs=12)


def test_width_and_height_respect_the_orientation(scene: Scene) -> None:
    photo = scene.photo(image=pictures.a_jpeg(400, 300, orientation=6))

    scene.task(PATH, scene.task_of(photo))

    ready = scene.found(photo)
    assert (ready.width, ready.height) == (300, 400)


def test_the_outbox_entry_is_deleted_with_the_commit(scene: Scene) -> None:
    scene.task(PATH, scene.task_of(scene.photo()))

    assert [row.values["queue"] for row in scene.rows(outbox.KIND)] == ["webp"]
    assert scene.rows(outbox.DEAD_LETTER) == []


def test_a_repeated_task_changes_nothing(scene: Scene) -> None:
    photo = scene.photo()
    task = scene.task_of(photo)
    scene.task(PATH, task)
    first = scene.found(photo)

    again = scene.task(PATH, task)

    assert again.status_code == 200
    assert scene.found(photo) == first


def test_two_concurrent_tasks_make_the_photo_ready_once(scene: Scene) -> None:
    photo = scene.photo()
    task = scene.task_of(photo)
    statuses: list[int] = []

    threads = [
        threading.Thread(target=lambda: statuses.append(scene.task(PATH, task).status_code)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 3
    assert scene.found(photo).revision == "2"
    assert len(scene.blobs("renditions/")) == len(SIZES)


def test_a_repeated_task_invalidates_the_cached_page(scene: Scene) -> None:
    task = scene.task_of(scene.photo())
    scene.task(PATH, task)
    pages.stream_of(scene.stores, "ana")
    assert scene.stores.cache.get(first_page_cache.key_of_user("ana"))

    scene.task(PATH, task)

    assert scene.stores.cache.get(first_page_cache.key_of_user("ana")) is None


def test_a_repeated_task_creates_the_webp_task_that_a_killed_one_did_not(scene: Scene) -> None:
    photo = scene.photo()
    task = scene.task_of(photo)
    job = Job(photo_id=photo.id, outbox_id=task["outbox_id"])
    with pytest.raises(Killed):
        make_renditions(killed_before_creating_a_task(scene), job)
    assert scene.found(photo).is_ready
    assert scene.waiting("webp") == []

    answer = scene.task(PATH, task)

    assert answer.status_code == 200
    assert scene.run("webp") == [("/tasks/webp/", 200)]
    assert any(made.type == WEBP for made in scene.found(photo).renditions)
    assert scene.rows(outbox.KIND) == []


def test_a_commit_repeated_after_its_reply_was_lost_creates_the_webp_task(scene: Scene) -> None:
    photo = scene.photo()
    made = RenditionSet(renditions=(), placeholder=None, width=1, height=1)
    with pytest.raises(Killed):
        mark_ready(killed_before_creating_a_task(scene), photo.id, made, photo.id)

    mark_ready(scene.stores, photo.id, made, photo.id)

    assert len(scene.waiting("webp")) == 1


def test_a_task_delivered_twice_creates_one_webp_task(scene: Scene) -> None:
    task = scene.task_of(scene.photo())
    scene.task(PATH, task)

    scene.task(PATH, task)

    assert len(scene.waiting("webp")) == 1


def test_a_broken_image_fails_with_its_reason(scene: Scene) -> None:
    photo = scene.photo(image=pictures.a_png_with_damaged_pixels())

    answer = scene.task(PATH, scene.task_of(photo))

    failed = scene.found(photo)
    assert answer.status_code == 200
    assert (failed.status, failed.renditions) == ("failed", ())
    assert "damaged" in (failed.failure or "")


def test_a_broken_image_leaves_a_dead_letter(scene: Scene) -> None:
    photo = scene.photo(image=pictures.a_png_with_damaged_pixels())

    scene.task(PATH, scene.task_of(photo))

    (letter,) = scene.rows(outbox.DEAD_LETTER)
    assert photo.id in letter.values["body"]
    assert scene.rows(outbox.KIND) == []


def test_a_missing_original_fails_the_photo(scene: Scene) -> None:
    photo = scene.photo()
    scene.stores.blobs.delete([original_name(photo.id)])

    scene.task(PATH, scene.task_of(photo))

    assert scene.found(photo).failure == "The original is missing."


def test_a_photo_deleted_before_its_task_leaves_no_bytes(scene: Scene) -> None:
    photo = scene.photo()
    task = scene.task_of(photo)
    delete_photo(scene.stores, photo.id, by="ana")
    scene.run("erase")

    answer = scene.task(PATH, task)

    assert answer.status_code == 200
    assert scene.blobs() == []
    assert scene.rows(outbox.KIND) == []


def test_renditions_stored_after_the_erasing_are_erased_by_their_own_task(scene: Scene) -> None:
    photo = scene.photo()
    task = scene.task_of(photo)
    delete_photo(scene.stores, photo.id, by="ana")
    scene.run("erase")
    key, user = photo.id.split("-", 1)
    scene.stores.blobs.add(f"renditions/{user}/{key}/large-0123.jpg", b"late", "image/jpeg")

    scene.task(PATH, task)

    assert scene.blobs() == []


def test_an_unavailable_store_causes_a_retry(scene: Scene, worker_without_storage: Worker) -> None:
    photo = scene.photo()

    answer = worker_without_storage.task(PATH, scene.task_of(photo), retries=6)

    assert answer.status_code == 503
    assert scene.found(photo).status == "processing"


def test_the_last_attempt_marks_the_photo_failed_and_keeps_a_dead_letter(
    scene: Scene, worker_without_storage: Worker
) -> None:
    photo = scene.photo()

    answer = worker_without_storage.task(PATH, scene.task_of(photo), retries=7)

    assert answer.status_code == 503
    assert scene.found(photo).status == "failed"
    assert len(scene.rows(outbox.DEAD_LETTER)) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"photo_id": 7, "outbox_id": "x"}'])
def test_a_malformed_task_is_not_retried(scene: Scene, body: bytes) -> None:
    headers = {"X-Appengine-Queuename": "renditions"}

    answer = scene.app.test_client().post(PATH, data=body, headers=headers)

    refused = {"refused": "invalid_request", "request_id": answer.headers["X-Request-Id"]}
    assert (answer.status_code, answer.json) == (200, refused)


def test_the_log_of_a_task_carries_the_trace_of_the_post(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    task = scene.task_of(scene.photo())
    capsys.readouterr()

    scene.task(PATH, task)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert lines[-1]["httpRequest"]["requestUrl"] == PATH
    assert lines[-1]["logging.googleapis.com/trace"].endswith(TRACE)


def test_thirty_large_images_of_one_user_leave_the_queue_of_the_others_free(scene: Scene) -> None:
    scene.user("mallory")
    flat = pictures.encoded(Image.new("RGB", (7000, 7000)), "WEBP", lossless=True, quality=0, method=0)
    for _ in range(30):
        scene.photo("mallory", image=flat)
    photo = scene.photo("ana")

    ran = scene.run("renditions")

    assert len(flat) < 100
    assert ran == [(PATH, 200)]
    assert scene.found(photo).status == "ready"


def test_a_large_image_is_made_ready_by_its_own_queue(scene: Scene) -> None:
    photo = scene.photo(image=pictures.encoded(Image.new("RGB", (6000, 5000)), "JPEG"))

    ran = scene.run("large-renditions")

    assert ran == [("/tasks/large_renditions/", 200)]
    assert scene.found(photo).status == "ready"


def test_a_failed_photo_says_why_by_a_code(scene: Scene) -> None:
    photo = scene.photo(image=pictures.a_png_with_damaged_pixels())

    scene.run("renditions")

    assert scene.found(photo).failure_code == "image_broken"
