"""The sweep erases blobs whose owner does not exist, and only those."""

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.timeline.factories import a_photo, later
from timeline import orphans
from timeline.interfaces import Entity, Scan
from timeline.photos import avatars
from timeline.photos.delete import delete_photo
from timeline.photos.model import original_name

if TYPE_CHECKING:
    from timeline.interfaces import Backends

USERS = ("ana", "ana-b", "ana2", "b")
"""In the order of keys, which is not the order of the names of blobs: `-` comes before `/`."""


def test_only_blobs_without_owner_are_erased(backends: "Backends") -> None:
    photos = [a_photo(backends, user).id for user in USERS for _ in range(3)]
    for photo_id in photos[::4]:
        backends.entities.delete(orphans._owner_of(original_name(photo_id)))
    for user in USERS:
        backends.entities.get(("User", user))  # a stale index still has the photos before this

    erased = orphans.erase(later(backends, hours=2))

    left = {blob.name for blob in backends.blobs.list("originals/", 100)}
    assert left == {original_name(photo) for number, photo in enumerate(photos) if number % 4}
    assert erased == len(photos[::4])


def test_files_of_a_photo_that_can_still_be_restored_stay(backends: "Backends") -> None:
    photo_id = a_photo(backends).id
    delete_photo(backends, photo_id, "ana")

    assert orphans.erase(later(backends, hours=2)) == 0


def test_pictures_of_users_that_are_neither_shown_nor_being_made_are_erased(backends: "Backends") -> None:
    backends.entities.put(Entity(("User", "ana"), {"avatar": "picture-1.jpg", avatars.SOURCE: "key-3"}))
    backends.entities.put(
        Entity(("User", "ben"), {"erased": backends.clock.now(), "avatar": "picture-1.jpg"})
    )
    for name in (
        "ana/picture-1.jpg",
        "ana/picture-2.jpg",
        "ana/key-3",
        "ana/key-4",
        "ben/picture-1.jpg",
        "eve/key-5",
    ):
        backends.blobs.add(f"avatars/{name}", b"picture", "image/jpeg")

    young, old = orphans.erase(backends), orphans.erase(later(backends, hours=2))

    assert (young, old) == (0, 4)
    left = [blob.name for blob in backends.blobs.list("avatars/", 10)]
    assert left == ["avatars/ana/key-3", "avatars/ana/picture-1.jpg"]


def test_a_scan_for_keys_ends_at_its_last_key(backends: "Backends") -> None:
    older, middle, newest = (a_photo(backends, "ana").id for _ in range(3))
    first, second, third = (orphans._owner_of(original_name(photo)) for photo in (newest, middle, older))

    scan = Scan(kind="Photo", parent=("User", "ana"), after=first, until=second, limit=10, keys_only=True)

    assert [row.key for row in backends.entities.scan(scan)] == [second]
    assert third > second


def test_a_round_of_100_000_photos_takes_less_than_a_day() -> None:
    sweeps_a_day = timedelta(days=1) / timedelta(minutes=5)
    photos, renditions_of_each = 100_000, 6

    assert photos / orphans.BATCHES["originals/"] < sweeps_a_day
    assert photos * renditions_of_each / orphans.BATCHES["renditions/"] < sweeps_a_day
