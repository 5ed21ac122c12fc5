"""Account deletion: confirmation, task, receipt, and complete erasure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from tasks_backend import create_app as create_worker
from tests.cloud import body_of
from tests.services.web_frontend.visitors import Person, Site, a_photo, authorize, come_back
from tests.timeline.factories import later
from timeline import first_page_cache
from timeline.account_deletion import deletion, receipts
from timeline.errors import NotFound
from timeline.exports import archives
from timeline.interfaces import Scan
from timeline.pictures.sizes import SIZES

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends

QUEUES = ("erase", "renditions", "export", "email", "summary-email")
TYPED = {"handle": "ana"}


class Killed(BaseException):
    """Simulates the end of the process."""


class Mortal:
    """The real client, until a number of deletions is reached."""

    def __init__(self, real: Any, left: list[int]) -> None:
        self._real = real
        self._left = left

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def delete(self, *words: Any) -> None:
        if self._left[0] == 0:
            raise Killed
        self._left[0] -= 1
        self._real.delete(*words)


@dataclass
class World:
    """The platform behind the website: runs queues on request, and lists all stored data."""

    cloud: "Cloud"
    backends: "Backends"
    worker: Flask

    @property
    def project(self) -> str:
        return self.backends.settings.google_cloud_project

    def work(self) -> list[tuple[str, int]]:
        return self.cloud.run_tasks(self.project, self.worker, *QUEUES)

    def tasks(self, queue: str, having: str) -> list[Any]:
        return [task for task in self.cloud.tasks(self.project, queue) if having in body_of(task)]

    def dying_after(self, deletions: int) -> "Backends":
        left = [deletions]
        stores = {name: Mortal(getattr(self.backends, name), left) for name in ("entities", "blobs")}
        return replace(self.backends, **stores)  # type: ignore[arg-type]

    def below_ana(self) -> list[tuple[str, list[str]]]:
        """Return all rows below a user, of every kind."""
        found = self.backends.entities.scan(Scan(kind="", parent=("User", "ana"), limit=100))
        return [(row.key[-2], sorted(row.values)) for row in found]

    def everything(self) -> str:
        """All rows of all kinds, all objects and all tasks, as text.

        Without the two rows that stay: the handle that is never given away, and the hash of who had it.
        """
        rows = self.backends.entities._client.query().fetch()
        kept = [(row.key.flat_path, dict(row)) for row in rows if not self._is_marker(row)]
        blobs = [blob.name for blob in self.backends.blobs.list("", 1000)]
        tasks = [task.app_engine_http_request.body for queue in QUEUES for task in self._waiting(queue)]
        return repr((sorted(kept, key=repr), blobs, tasks))

    def _is_marker(self, row: Any) -> bool:
        return set(row) in ({"erased"}, {"erased", "fingerprint"})

    def _waiting(self, queue: str) -> list[Any]:
        return self.cloud.tasks(self.project, queue)


@pytest.fixture
def world(cloud: "Cloud", backends: "Backends") -> World:
    return World(cloud, backends, create_worker(backends))


@pytest.fixture
def busy(ana: Person, ben: Person, make_ready: Callable[[], None], backends: "Backends") -> Person:
    """A user with data in every kind and folder."""
    ana.sends("/settings", {"summary": "daily", "display_name": "Ana Unmistakable"})
    deleted, _ = ana.posts(caption="unmistakable"), ana.posts(caption="unmistakable")
    make_ready()
    ana.sends("/post/ana/", a_photo(caption="unmistakable"), Idempotency_Key="unmistakable")
    ana.sends(f"/photo/{deleted}/delete")
    ben.posts()
    archives.request_export(backends, "ana")
    for path in ("/", "/user/ana/", "/settings", "/settings/summary"):
        ana.opens(path)
    return ana


def delete(person: Person) -> str:
    """Delete the account and return the address of the receipt."""
    answer = person.sends("/settings/delete", {"handle": person.handle})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_deleted_account_and_its_sessions_end_at_once(ana: Person, site: Site) -> None:
    ana.posts()
    elsewhere = site.sign_in("ana")
    assert "Signed in as" in elsewhere.opens("/").text

    delete(ana)

    assert "Signed in as" not in ana.opens("/").text
    assert "Signed in as" not in elsewhere.opens("/").text
    assert site.stranger().opens("/user/ana/").status_code == 404
    assert elsewhere.sends("/settings", {"summary": "daily"}).status_code == 401


@pytest.mark.parametrize("typed", [{}, {"handle": ""}, {"handle": "ben"}, {"confirmed": "yes"}])
def test_deleting_must_be_confirmed_with_the_handle(ana: Person, typed: dict[str, str]) -> None:
    answer = ana.sends("/settings/delete", typed)

    assert answer.status_code == 422
    assert "Nothing was deleted" in answer.text
    assert ana.opens("/user/ana/").status_code == 200


def test_the_receipt_lists_what_was_erased(
    ana: Person, site: Site, world: World, make_ready: Callable[[], None]
) -> None:
    for _ in range(2):
        ana.posts()
    make_ready()
    address = delete(ana)
    during = site.stranger().opens(address)

    world.work()
    after = site.stranger().opens(address)

    assert "data-follow" in during.text
    assert "Everything is erased" in after.text
    rows = dict(re.findall(r'<tr><th scope="row">([^<]+)</th><td>(\d+)</td>', after.text))
    assert (rows["Photos"], rows["Original files"], rows["Copies in other sizes"]) == (
        "2",
        "2",
        str(2 * len(SIZES)),
    )
    assert not re.search(r"\bana\b", after.text)
    assert after.headers["Cache-Control"] == "no-store"


def test_a_receipt_expires(ana: Person, world: World) -> None:
    receipt_id = delete(ana).rpartition("/")[2]
    world.work()

    late = later(world.backends, days=31)

    with pytest.raises(NotFound):
        receipts.get_receipt(late, receipt_id)
    assert receipts.delete_expired(late) == 1
    assert receipts.delete_expired(late) == 0


@pytest.mark.parametrize("guess", ["x", "x" * 32, "../..", "A" * 33])
def test_a_receipt_cannot_be_guessed(stranger: Person, guess: str) -> None:
    assert stranger.opens(f"/deleted/{guess}").status_code == 404


def test_no_personal_data_is_left_anywhere(busy: Person, site: Site, world: World) -> None:
    assert "Unmistakable" in world.everything()
    address = delete(busy)

    assert {status for _, status in world.work()} == {200}

    left = world.everything()
    assert not re.search(r"\bana\b|unmistakable", left, re.IGNORECASE), left
    assert "ben" in left
    assert world.below_ana() == [("User", ["erased"])]
    assert "Everything is erased" in site.stranger().opens(address).text
    assert world.backends.cache.get(first_page_cache.key_of_user("ana")) is None
    assert world.backends.cache.get("sessions:1:ana") in (None, b"[]")


def test_a_second_run_changes_nothing(busy: Person, site: Site, world: World) -> None:
    address = delete(busy)
    (task,) = world.tasks("erase", "user")
    world.work()
    page, left = site.stranger().opens(address).text, world.everything()

    assert world.cloud.run_task(world.worker, task) == 200

    assert world.everything() == left
    assert without_request(site.stranger().opens(address).text) == without_request(page)


@pytest.mark.parametrize("steps", range(3))
def test_an_interrupted_deletion_is_finished_with_the_same_counts(
    ana: Person, world: World, steps: int
) -> None:
    for _ in range(3):
        ana.posts()
    receipt_id = delete(ana).rpartition("/")[2]
    (task,) = world.tasks("erase", "user")

    with pytest.raises(Killed):
        deletion.finish_deletion(world.dying_after(steps), "ana", body_of(task)["outbox_id"], receipt_id)
    world.work()

    receipt = receipts.get_receipt(world.backends, receipt_id)
    counts = {each.what: each.count for each in receipt.removed}
    assert (counts["Photo"], counts["originals"]) == (3, 3)
    assert receipt.finished is not None
    assert receipt.erased == receipt.total
    assert world.backends.blobs.list("", 10) == []
    assert world.below_ana() == [("User", ["erased"])]


def test_a_returning_person_gets_a_new_account(ana: Person, site: Site, world: World) -> None:
    delete(ana)
    world.work()
    again = site.stranger()

    come_back(again, authorize(again, "ana"))

    assert "Signed in as <strong>ana-2</strong>" in again.opens("/").text


def without_request(page: str) -> str:
    return re.sub(r"request [0-9a-f]+", "", page)
