"""The operations of tasks-backend: the tasks of all queues, and the cron jobs."""

from collections.abc import Callable
from typing import Any

from bench.resilience.operations.api import has_upload
from bench.resilience.operations.scene import (
    Operation,
    Read,
    Scene,
    has_photo,
    has_processing_photo,
    in_browser,
    posted,
    reads,
)
from bench.resilience.operations.website import ADMIN, avatar_of, has_avatar_task, starts_rerendering
from timeline.digests.batches import GROUP_PATH
from timeline.photos.model import entity_of
from timeline.photos.read import get_photo
from timeline.rerendering import job as rerendering

TASKS = "tasks-backend"
DAILY, WEEKLY = "/tasks/summary_email/daily", "/tasks/summary_email/weekly"
START = f"{TASKS} GET /tasks/summary_email/<any(daily, weekly):kind>"
SPLIT_AT = 2
"""The number of retries after which a group becomes one task per user."""

READS: tuple[Read, ...] = reads(
    TASKS, "/_ah/start", "/_ah/stop", "/_ah/warmup", "/healthz", "/readyz", "/whoami"
)


def run_tasks(scene: Scene) -> Any:
    """Run the waiting tasks once; those that fail are repeated by the queue, not by a client."""
    scene.services.run_tasks()
    return scene.services.api.test_client().get("/healthz")


def _subscribed(kind: str) -> Callable[[Scene], None]:
    """A user with a new photo who wants the summaries."""

    def prepare(scene: Scene) -> None:
        scene.person.change_me(summary=kind)
        has_photo(scene)

    return prepare


def _has_batch_task(scene: Scene) -> None:
    _subscribed("daily")(scene)
    assert scene.cron(DAILY).status_code == 200


def _has_email_task(scene: Scene) -> None:
    """Run the batch, and let the group fail until it is split."""
    _has_batch_task(scene)
    services = scene.services
    for path in ("/tasks/summary_email/", GROUP_PATH):
        for task in services.tasks():
            assert task.app_engine_http_request.relative_uri == path
            assert services.cloud.run_task(services.worker, task, SPLIT_AT) == 200
            services.cloud.tasks_client().delete_task(name=task.name)


def _restored(scene: Scene) -> None:
    """A photo that was deleted and restored before its renditions were made gets a task of the slow queue."""
    in_browser(has_processing_photo)(scene)
    scene.services.cloud.tasks_client().delete_task(name=scene.services.tasks()[0].name)
    scene.person.delete_photo(scene.photo)
    scene.send("/photo/{photo}/restore")


def _deleted_photo(scene: Scene) -> None:
    has_photo(scene)
    scene.person.delete_photo(scene.photo)


def _deleted_account(scene: Scene) -> None:
    has_photo(scene)
    has_avatar_task(scene)
    has_upload(scene)
    scene.person.erase_me()


def _requested_export(scene: Scene) -> None:
    has_photo(scene)
    scene.call("POST", "/api/v1/me/export")


def _started_rerendering(scene: Scene) -> None:
    """The administrator has a photo that lacks a size."""
    from dataclasses import replace

    in_browser(has_photo)(scene)
    backends = scene.services.backends
    photo = get_photo(backends, scene.photo)
    backends.entities.put(entity_of(replace(photo, renditions=photo.renditions[1:])))
    scene.values["sizes"] = str(len(photo.renditions))
    starts_rerendering(scene)


def _is_rerendered(scene: Scene) -> bool:
    backends = scene.services.backends
    job = rerendering.latest(backends)
    sizes = len(get_photo(backends, scene.photo).renditions)
    return job is not None and job.state == "done" and sizes == int(scene.values["sizes"])


def _left_over(scene: Scene) -> None:
    """A photo whose task was not created, and an upload that nobody posts."""
    posted(scene)
    has_upload(scene)
    for task in scene.services.tasks():
        scene.services.cloud.tasks_client().delete_task(name=task.name)


def _sweep(scene: Scene) -> Any:
    from datetime import timedelta

    scene.services.clock.offset += timedelta(days=4)
    return scene.cron("/tasks/sweep")


OPERATIONS = (
    Operation(
        "make renditions",
        (f"{TASKS} POST /tasks/renditions/", f"{TASKS} POST /tasks/webp/"),
        run_tasks,
        has_processing_photo,
    ),
    Operation(
        "make renditions in the slow queue", (f"{TASKS} POST /tasks/large_renditions/",), run_tasks, _restored
    ),
    Operation(
        "make an avatar",
        (f"{TASKS} POST /tasks/renditions/avatar/",),
        run_tasks,
        has_avatar_task,
        photos=0,
        is_done=lambda scene: avatar_of(scene) != "",
    ),
    Operation("erase a photo", (f"{TASKS} POST /tasks/erase/",), run_tasks, _deleted_photo, photos=0),
    Operation(
        "erase an account",
        (f"{TASKS} POST /tasks/erase/",),
        run_tasks,
        _deleted_account,
        photos=0,
        is_done=lambda scene: scene.is_erased,
    ),
    Operation("pack an export", (f"{TASKS} POST /tasks/export/",), run_tasks, _requested_export),
    Operation(
        "re-render",
        (f"{TASKS} POST /tasks/rerender/",),
        run_tasks,
        _started_rerendering,
        user=ADMIN,
        is_done=_is_rerendered,
    ),
    Operation(
        "start the daily summaries",
        (START,),
        lambda scene: scene.cron(DAILY),
        _subscribed("daily"),
        emails=1,
    ),
    Operation(
        "start the weekly summaries",
        (START,),
        lambda scene: scene.cron(WEEKLY),
        _subscribed("weekly"),
        emails=1,
    ),
    Operation(
        "send summaries to a group",
        (f"{TASKS} POST /tasks/summary_email/", f"{TASKS} POST /tasks/summary_email/send"),
        run_tasks,
        _has_batch_task,
        emails=1,
    ),
    Operation(
        "send one summary",
        (f"{TASKS} POST /tasks/email/",),
        run_tasks,
        _has_email_task,
        emails=1,
    ),
    Operation("sweep", (f"{TASKS} GET /tasks/sweep",), _sweep, _left_over),
)
