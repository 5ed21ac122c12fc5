"""tasks-backend with emulators, users, photos, and a clock that tests set."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tasks_backend import create_app
from tests import pictures
from tests.cloud import Cloud
from tests.dying_backends import FailsAtWrite
from timeline import ids, outbox
from timeline.accounts import users
from timeline.accounts.users import AccountChanges, Claims, User
from timeline.backends import connect, disconnect
from timeline.interfaces import Backends, Entity, Scan, Tasks
from timeline.photos.create import NewPhoto, create_photo
from timeline.photos.model import Photo
from timeline.photos.read import get_photo

ISSUER = "https://people.example"
A_FRIDAY = datetime(2026, 11, 20, 9, 0, 2, tzinfo=UTC)
WEEKS = itertools.count()
"""Each scene plays in a week of its own: the queues remember the names of tasks across all tests."""

TRACE = "0af7651916cd43dd8448eb211c80319c"


class SetClock:
    """A clock that a test sets."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by


class Worker:
    """Sends the requests of queues and cron."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def task(self, path: str, body: Any, retries: int = 0) -> TestResponse:
        queue = path.split("/")[2].replace("_", "-")
        headers = {"X-Appengine-Queuename": queue, "X-Appengine-Taskretrycount": str(retries)}
        return self.app.test_client().post(path, json=body, headers=headers)

    def cron(self, path: str) -> TestResponse:
        return self.app.test_client().get(path, headers={"X-Appengine-Cron": "true"})


@dataclass
class Scene(Worker):
    """Users, their actions, the platform's actions, and the stored state."""

    app: Flask
    cloud: Cloud
    stores: Backends
    clock: SetClock
    handles: set[str] = field(default_factory=set)

    def task(self, path: str, body: Any, retries: int = 0) -> TestResponse:
        self.make_known()
        return super().task(path, body, retries)

    def cron(self, path: str) -> TestResponse:
        self.make_known()
        return super().cron(path)

    def make_known(self) -> None:
        """Read strongly, which makes writes visible to global queries of a stale Datastore."""
        if self.handles:
            self.stores.entities.get(*(("User", handle) for handle in self.handles))

    def user(self, handle: str, **changes: str) -> User:
        """Create a user with a summary setting."""
        self.handles.add(handle)
        users.sign_in(self.stores, self.claims(handle, f"{handle}@example.com"))
        return users.change_account(self.stores, handle, AccountChanges(**changes))

    def claims(self, handle: str, email: str) -> Claims:
        return Claims(
            issuer=ISSUER,
            subject=handle,
            issued=self.clock.now(),
            preferred_username=handle,
            email=email,
            email_verified=True,
            name=handle.capitalize(),
        )

    def photo(self, user: str = "ana", image: bytes | None = None, caption: str = "sea") -> Photo:
        upload = NewPhoto(image=image or pictures.a_jpeg(1400, 1050), caption=caption, trace=TRACE)
        return create_photo(self.stores, user, upload).photo

    def ready_photo(self, user: str = "ana", before: timedelta = timedelta(0), caption: str = "sea") -> Photo:
        """Post a photo some time ago and make it ready."""
        self.clock.advance(-before)
        photo = self.photo(user, caption=caption)
        self.clock.advance(before)
        self.run("renditions")
        return self.found(photo)

    def found(self, photo: Photo) -> Photo:
        return get_photo(self.stores, photo.id)

    def run(self, *queues: str) -> list[tuple[str, int]]:
        """Run all waiting tasks of these queues, and the tasks that they create."""
        self.make_known()
        return self.cloud.run_tasks(self.stores.settings.google_cloud_project, self.app, *queues)

    def waiting(self, queue: str) -> list[Any]:
        return self.cloud.tasks(self.stores.settings.google_cloud_project, queue)

    def rows(self, kind: str, user: str = "ana") -> Sequence[Entity]:
        return self.stores.entities.scan(Scan(kind=kind, parent=("User", user), limit=100))

    def blobs(self, prefix: str = "") -> list[str]:
        return [blob.name for blob in self.stores.blobs.list(prefix, 100)]

    def task_of(self, photo: Photo) -> dict[str, str]:
        """Return the body of the photo's waiting task."""
        promises = [row for row in self.rows(outbox.KIND, photo.user) if photo.id in row.values["body"]]
        outbox_id = ids.id_of(promises[0].key[3], photo.user)
        return {"photo_id": photo.id, "outbox_id": outbox_id, "trace": TRACE}

    def mails(self) -> list[Any]:
        """Return the emails of this scene, oldest first."""
        return list(reversed(self.cloud.emulators.mail.messages()))


def killed_before_creating_a_task(scene: Scene) -> Backends:
    """Return backends whose process ends when it is about to create a task."""
    return replace(scene.stores, tasks=cast("Tasks", FailsAtWrite(scene.stores.tasks, [1], is_after=False)))


@pytest.fixture
def scene(cloud: Cloud, backends: Backends) -> Scene:
    clock = SetClock(A_FRIDAY + timedelta(weeks=next(WEEKS)))
    stores = replace(backends, clock=clock)
    cloud.emulators.mail.clear()
    return Scene(create_app(stores), cloud, stores, clock)


@pytest.fixture
def worker_without_storage(scene: Scene) -> Iterator[Worker]:
    """Return a scene whose Cloud Storage is unreachable."""
    nowhere = connect(replace(scene.stores.settings, storage_emulator_host="nowhere"))
    yield Worker(create_app(replace(scene.stores, blobs=nowhere.blobs)))
    disconnect(nowhere)


@pytest.fixture
def worker_without_mail(scene: Scene) -> Iterator[Worker]:
    """Return a scene whose mail server is unreachable."""
    nowhere = connect(replace(scene.stores.settings, smtp_host="127.0.0.1", smtp_port=9))
    yield Worker(create_app(replace(scene.stores, mail=nowhere.mail)))
    disconnect(nowhere)


@pytest.fixture
def worker_without_queues(scene: Scene) -> Iterator[Worker]:
    """Return a scene whose Cloud Tasks is unreachable."""
    nowhere = connect(replace(scene.stores.settings, cloud_tasks_emulator_host="127.0.0.1:9"))
    yield Worker(create_app(replace(scene.stores, tasks=nowhere.tasks)))
    disconnect(nowhere)
