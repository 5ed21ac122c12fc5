"""POST /tasks/webp/: WebP renditions of a ready photo."""

import io
from collections.abc import Sequence

import pytest
from PIL import Image

from tests import pictures
from tests.services.tasks_backend.conftest import TRACE, Scene, Worker
from timeline import first_page_cache, outbox
from timeline.photos.delete import delete_photo
from timeline.photos.model import Photo, Rendition, original_name
from timeline.photos.read import read_file
from timeline.pictures.sizes import SIZES
from timeline.streams import pages

PATH = "/tasks/webp/"


@pytest.fixture(autouse=True)
def ana(scene: Scene) -> None:
    scene.user("ana")


def a_ready_photo(scene: Scene) -> Photo:
    photo = scene.photo(image=pictures.a_noisy_jpeg(1400, 1050))
    scene.run("renditions")
    return scene.found(photo)


def lighter(photo: Photo) -> Sequence[Rendition]:
    return [each for each in photo.renditions if each.type == "image/webp"]


def test_a_ready_photo_gets_every_size_as_webp_behind_the_jpegs(scene: Scene) -> None:
    photo = a_ready_photo(scene)

    scene.run("webp")

    made = scene.found(photo).renditions
    jpegs, webps = made[: len(SIZES)], made[len(SIZES) :]
    assert jpegs == photo.renditions
    assert [(each.name, each.type, each.width) for each in webps] == [
        (each.name, "image/webp", each.width) for each in jpegs
    ]


def test_a_webp_is_what_its_name_says_and_smaller(scene: Scene) -> None:
    photo = a_ready_photo(scene)

    scene.run("webp")

    jpeg, webp = (
        read_file(scene.stores, photo.id, each.file_name)
        for each in scene.found(photo).renditions
        if each.name == "large"
    )
    assert webp.content_type == "image/webp"
    assert Image.open(io.BytesIO(webp.content)).format == "WEBP"
    assert len(webp.content) < len(jpeg.content)


def test_the_photo_gets_a_new_revision_and_caches_are_invalidated(scene: Scene) -> None:
    photo = a_ready_photo(scene)
    pages.stream_of(scene.stores, "ana")
    assert scene.stores.cache.get(first_page_cache.key_of_user("ana"))

    scene.run("webp")

    assert int(scene.found(photo).revision) == int(photo.revision) + 1
    assert scene.stores.cache.get(first_page_cache.key_of_user("ana")) is None


def test_the_webp_task_has_the_trace_of_the_post(scene: Scene) -> None:
    a_ready_photo(scene)
    (promise,) = scene.rows(outbox.KIND)

    scene.run("webp")

    assert (promise.values["queue"], promise.values["trace"]) == ("webp", TRACE)
    assert scene.rows(outbox.KIND) == scene.rows(outbox.DEAD_LETTER) == []


def test_a_repeated_task_changes_nothing(scene: Scene) -> None:
    photo = a_ready_photo(scene)
    task = scene.task_of(photo)
    scene.task(PATH, task)
    first = scene.found(photo)

    again = scene.task(PATH, task)

    assert again.status_code == 200
    assert scene.found(photo) == first


def test_webp_that_is_not_smaller_is_not_added(scene: Scene) -> None:
    photo = scene.photo(image=pictures.encoded(Image.new("L", (3, 2)), "PNG"))
    scene.run("renditions")
    ready = scene.found(photo)

    scene.run("webp")

    found = scene.found(photo)
    assert found == ready or sum(map(len, map(lighter, [found]))) == len(SIZES)


def test_a_missing_original_leaves_the_photo_ready_and_a_dead_letter(scene: Scene) -> None:
    photo = a_ready_photo(scene)
    scene.stores.blobs.delete([original_name(photo.id)])

    scene.run("webp")

    assert scene.found(photo) == photo
    assert [row.values["reason"] for row in scene.rows(outbox.DEAD_LETTER)] == ["The original is missing."]


def test_a_photo_deleted_meanwhile_leaves_no_bytes(scene: Scene) -> None:
    photo = a_ready_photo(scene)
    task = scene.task_of(photo)
    delete_photo(scene.stores, photo.id, by="ana")
    scene.run("erase")

    answer = scene.task(PATH, task)

    assert answer.status_code == 200
    assert scene.blobs() == []
    assert scene.rows(outbox.KIND) == []


def test_the_last_attempt_leaves_the_photo_ready_and_a_dead_letter(
    scene: Scene, worker_without_storage: Worker
) -> None:
    photo = a_ready_photo(scene)

    answer = worker_without_storage.task(PATH, scene.task_of(photo), retries=7)

    assert answer.status_code == 503
    assert scene.found(photo) == photo
    assert len(scene.rows(outbox.DEAD_LETTER)) == 1
