"""POST /tasks/rerender/: the job that gives all photos the sizes that they lack."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests import pictures
from tests.dying_backends import Killed
from tests.services.tasks_backend.conftest import Scene, killed_before_creating_a_task
from timeline import shutdown
from timeline.interfaces import Scan
from timeline.photos.delete import delete_photo
from timeline.photos.model import Photo, entity_of
from timeline.photos.read import read_file
from timeline.pictures.sizes import SIZES
from timeline.rerendering import job as jobs
from timeline.rerendering.job import Job
from timeline.rerendering.runner import Limits, run

ALWAYS = Limits(checkpoint_every=timedelta(0))


@pytest.fixture(autouse=True)
def ana(scene: Scene) -> None:
    """Other scenes of the same Datastore have photos too; the job is about all of them."""
    scene.user("ana")
    for row in scene.stores.entities.scan(Scan(kind="Photo", limit=500, keys_only=True)):
        scene.stores.entities.delete(row.key)
    scene.stores.entities.delete(jobs.KEY)


@pytest.fixture(autouse=True)
def not_stopping() -> Iterator[None]:
    yield
    shutdown.clear()


def old_photo(scene: Scene, number: int, lacking: str = "wide") -> Photo:
    """A ready photo from before a size was added."""
    scene.clock.advance(timedelta(seconds=1))
    posted = scene.photo(image=pictures.a_jpeg(300 + number, 200))
    scene.run("renditions", "webp")
    photo = scene.found(posted)
    kept = tuple(each for each in photo.renditions if each.name != lacking)
    scene.stores.entities.put(entity_of(replace(photo, renditions=kept)))
    return scene.found(photo)


def names(photo: Photo, kind: str = "image/jpeg") -> set[str]:
    return {each.name for each in photo.renditions if each.type == kind}


def latest(scene: Scene) -> Job:
    job = jobs.latest(scene.stores)
    assert job is not None
    return job


class StopsAfter:
    """Asks the run to stop after a number of photos."""

    def __init__(self, photos: int) -> None:
        self.left = photos

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


class DiesAfter(StopsAfter):
    """Ends the run as a kill does: nothing is saved."""

    def __call__(self) -> bool:
        if super().__call__():
            raise KeyboardInterrupt
        return False


def test_every_photo_gets_the_size_that_it_lacks(scene: Scene) -> None:
    photos = [old_photo(scene, number) for number in range(3)]
    assert all("wide" not in names(photo) for photo in photos)

    jobs.start(scene.stores, "ana")
    scene.run("rerender")

    found = [scene.found(photo) for photo in photos]
    assert all(names(photo) == set(SIZES) for photo in found)
    job = latest(scene)
    assert (job.state, job.total, job.done, job.rendered, job.failed) == ("done", 3, 3, 3, 0)
    wide = next(each for each in found[0].renditions if each.name == "wide")
    assert read_file(scene.stores, found[0].id, wide.file_name) is not None


def test_a_photo_with_all_sizes_is_left_alone(scene: Scene) -> None:
    photo = old_photo(scene, 0, lacking="none")

    jobs.start(scene.stores, "ana")
    scene.run("rerender")

    assert scene.found(photo).revision == photo.revision
    assert latest(scene).rendered == 0


def test_a_run_that_is_asked_to_stop_hands_over_to_the_next_task(scene: Scene) -> None:
    photos = [old_photo(scene, number) for number in range(4)]
    job = jobs.start(scene.stores, "ana")

    stopped = run(scene.stores, job.id, replace(ALWAYS, is_stopping=StopsAfter(2)))

    assert stopped is not None
    assert (stopped.state, stopped.done, stopped.run) == ("running", 2, 1)
    scene.run("rerender")
    assert all(names(scene.found(photo)) == set(SIZES) for photo in photos)
    assert (latest(scene).done, latest(scene).rendered) == (4, 4)


def test_a_killed_run_continues_at_its_checkpoint(scene: Scene) -> None:
    photos = [old_photo(scene, number) for number in range(4)]
    job = jobs.start(scene.stores, "ana")
    with pytest.raises(KeyboardInterrupt):
        run(scene.stores, job.id, replace(ALWAYS, is_stopping=DiesAfter(3)))

    scene.run("rerender")

    assert all(names(scene.found(photo)) == set(SIZES) for photo in photos)
    assert (latest(scene).state, latest(scene).done) == ("done", 4)


def test_sigterm_or_the_stop_request_of_the_platform_ends_a_run(scene: Scene) -> None:
    old_photo(scene, 0)
    job = jobs.start(scene.stores, "ana")
    client = scene.app.test_client()
    client.get("/_ah/stop")
    assert not shutdown.is_requested()

    client.get("/_ah/stop", headers={"X-Appengine-User-Ip": "0.1.0.3"})

    stopped = run(scene.stores, job.id)
    assert stopped is not None
    assert (stopped.state, stopped.done) == ("running", 0)


def test_an_older_run_ends_when_another_has_taken_its_place(scene: Scene) -> None:
    for number in range(3):
        old_photo(scene, number)
    job = jobs.start(scene.stores, "ana")

    def claimed_elsewhere() -> bool:
        if latest(scene).run == 1:
            jobs.claim(scene.stores, job.id)
        return False

    assert run(scene.stores, job.id, replace(ALWAYS, is_stopping=claimed_elsewhere)) is None
    assert latest(scene).done == 0


def test_a_cancelled_job_ends_and_can_be_started_again(scene: Scene) -> None:
    photo = old_photo(scene, 0)
    first = jobs.start(scene.stores, "ana")
    jobs.cancel(scene.stores)

    assert run(scene.stores, first.id) is None

    assert "wide" not in names(scene.found(photo))
    assert jobs.start(scene.stores, "ana").id != first.id


def test_a_second_start_returns_the_running_job(scene: Scene) -> None:
    first = jobs.start(scene.stores, "ana")

    assert jobs.start(scene.stores, "ana").id == first.id


def test_the_sweep_continues_a_job_that_lost_its_task(scene: Scene) -> None:
    photo = old_photo(scene, 0)
    jobs.start(scene.stores, "ana")
    for task in scene.waiting("rerender"):
        scene.cloud.tasks_client().delete_task(name=task.name)
    scene.clock.advance(jobs.STALLED_AFTER)

    swept = scene.cron("/tasks/sweep")

    assert swept.json is not None
    assert swept.json["jobs_continued"] == 1
    scene.run("rerender")
    assert names(scene.found(photo)) == set(SIZES)


def test_a_photo_that_cannot_be_decoded_keeps_its_renditions(scene: Scene) -> None:
    photo = old_photo(scene, 0)
    key = photo.id.partition("-")[0]
    scene.stores.blobs.delete([f"originals/ana/{key}"])

    jobs.start(scene.stores, "ana")
    scene.run("rerender")

    assert scene.found(photo).renditions == photo.renditions
    assert (latest(scene).done, latest(scene).failed) == (1, 1)


def test_a_photo_that_is_deleted_meanwhile_is_skipped(scene: Scene) -> None:
    photo, other = old_photo(scene, 0), old_photo(scene, 1)
    job = jobs.start(scene.stores, "ana")

    def delete_first() -> bool:
        if latest(scene).done == 1:
            delete_photo(scene.stores, photo.id, by="ana")
        return False

    run(scene.stores, job.id, replace(ALWAYS, is_stopping=delete_first))

    assert names(scene.found(other)) == set(SIZES)
    assert latest(scene).state == "done"


def test_a_repeated_start_creates_the_task_that_a_killed_one_did_not(scene: Scene) -> None:
    with pytest.raises(Killed):
        jobs.start(killed_before_creating_a_task(scene), "ada")
    assert scene.waiting("rerender") == []

    jobs.start(scene.stores, "ada")

    assert len(scene.waiting("rerender")) == 1
