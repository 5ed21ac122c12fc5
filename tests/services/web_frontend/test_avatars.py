"""The uploaded picture of a user: on the page, in the export, and gone with the account."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from PIL import Image

from tests.pictures import a_jpeg, a_text_named_jpg
from tests.services.web_frontend.visitors import Person
from timeline import ids
from timeline.account_deletion import deletion
from timeline.accounts.users import get_user
from timeline.errors import NotFound
from timeline.interfaces import Backends, Entities, Transaction
from timeline.photos import avatars
from timeline.photos.avatars import Job, folder_of, read_avatar

if TYPE_CHECKING:
    from tests.cloud import Cloud


def upload(person: Person, image: bytes) -> int:
    return person.sends("/settings/picture", {"image": (io.BytesIO(image), "me.jpg")}).status_code


def files(backends: Backends, handle: str = "ana") -> list[str]:
    return [blob.name.rpartition("/")[2] for blob in backends.blobs.list(folder_of(handle), 100)]


def test_an_uploaded_picture_is_shown_small_and_without_metadata(
    ana: Person, stranger: Person, backends: Backends, make_ready: Callable[[], None]
) -> None:
    posted = upload(ana, a_jpeg(1200, 900))
    before = stranger.opens("/user/ana/").text
    make_ready()

    user = get_user(backends, "ana")
    answer = stranger.opens(f"/user/ana/{user.avatar}")
    assert posted == 303
    assert '<svg class="avatar"' in before
    assert f'src="/user/ana/{user.avatar}"' in stranger.opens("/user/ana/").text
    assert answer.mimetype == "image/jpeg"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert Image.open(io.BytesIO(answer.data)).size == (320, 240)
    assert files(backends) == [user.avatar]


def test_the_latest_picture_wins_in_any_order(ana: Person, backends: Backends) -> None:
    user = get_user(backends, "ana")
    for side in (400, 500):
        avatars.set_avatar(backends, user.handle, io.BytesIO(a_jpeg(side, side)))
    newer, older = files(backends)

    for key in (newer, older):
        avatars.make_avatar(backends, Job(user="ana", key=key, outbox_id=f"{ids.new_key(user.created)}-ana"))
        shown = get_user(backends, "ana").avatar

    assert shown
    assert files(backends) == [shown]


class RunsBeforeTheCommit:
    """Datastore; `other` runs before the first transaction."""

    def __init__(self, real: Entities, other: Callable[[], object]) -> None:
        self._real = real
        self._others = [other]

    def transact(self, work: Callable[[Transaction], str]) -> str:
        if self._others:
            self._others.pop()()
        return self._real.transact(work)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def test_the_same_picture_uploaded_twice_is_shown(ana: Person, backends: Backends) -> None:
    for _ in range(2):
        avatars.set_avatar(backends, "ana", io.BytesIO(a_jpeg()))
    newer, older = files(backends)

    def make(key: str, backends: Backends) -> str:
        entry = f"{ids.new_key(backends.clock.now())}-ana"
        return avatars.make_avatar(backends, Job(user="ana", key=key, outbox_id=entry))

    entities = RunsBeforeTheCommit(backends.entities, lambda: make(older, backends))
    make(newer, replace(backends, entities=cast("Entities", entities)))

    assert read_avatar(backends, "ana", get_user(backends, "ana").avatar)


def test_a_picture_can_be_removed(
    ana: Person, stranger: Person, backends: Backends, make_ready: Callable[[], None]
) -> None:
    upload(ana, a_jpeg())
    make_ready()
    address = f"/user/ana/{get_user(backends, 'ana').avatar}"

    ana.sends("/settings/picture/remove")

    assert '<svg class="avatar"' in stranger.opens("/user/ana/").text
    assert stranger.opens(address).status_code == 404
    assert files(backends) == []


@pytest.mark.parametrize(("image", "status"), [(a_text_named_jpg(), 415), (b"", 400), (a_jpeg()[:300], 422)])
def test_what_is_no_photo_is_no_picture(ana: Person, backends: Backends, image: bytes, status: int) -> None:
    assert upload(ana, image) == status
    assert files(backends) == []


def test_a_picture_is_erased_with_the_account(
    ana: Person, stranger: Person, backends: Backends, cloud: "Cloud", make_ready: Callable[[], None]
) -> None:
    from tasks_backend import create_app as create_worker

    upload(ana, a_jpeg())
    make_ready()
    upload(ana, a_jpeg(300, 300))
    name = get_user(backends, "ana").avatar
    ana.sends("/settings/delete", {"handle": "ana"})

    cloud.run_tasks(backends.settings.google_cloud_project, create_worker(backends), "erase", "renditions")

    assert "avatars" in deletion.FOLDERS
    assert files(backends) == []
    with pytest.raises(NotFound):
        read_avatar(backends, "ana", name)
