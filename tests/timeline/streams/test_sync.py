"""Delta sync: the copy becomes equal to the stream after any sequence of writes."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.timeline.factories import a_photo, a_user, later, with_lost_answers
from timeline import change_log, sweep
from timeline.errors import Busy, FullSyncRequired, InvalidCursor, NotFound
from timeline.interfaces import Entity
from timeline.photos import renditions
from timeline.photos.delete import delete_photo, restore_photo
from timeline.photos.edit import change_caption
from timeline.photos.model import Photo
from timeline.photos.renditions import Job
from timeline.streams import pages, sync
from timeline.streams.sync import changes_since

if TYPE_CHECKING:
    from timeline.interfaces import Backends

WRITES = ("post", "change", "ready", "delete", "undo")


@dataclass
class Phone:
    """A client that keeps a copy of ana's stream by the documented rules."""

    backends: "Backends"
    copy: dict[str, Photo] = field(default_factory=dict)
    token: str | None = None

    def sync(self, limit: int = 20) -> bool:
        """Sync once, and return whether there is more."""
        synced = changes_since(self.backends, "ana", self.token, limit)
        if self.token is None:
            self.copy = {}
        self.copy |= {photo.id: photo for photo in synced.changed}
        for photo_id in synced.deleted:
            self.copy.pop(photo_id, None)
        self.token = synced.token
        assert len(synced.changed) + len(synced.deleted) <= limit
        return synced.has_more

    def catch_up(self, limit: int = 20) -> dict[str, Photo]:
        while self.sync(limit):
            pass
        return self.copy


@dataclass
class Writer:
    """One of several instances, with a wrong clock."""

    backends: "Backends"
    deleted: list[str] = field(default_factory=list)

    def write(self, what: str, turn: int = 0) -> None:
        present = [photo.id for photo in pages.stream_of(self.backends, "ana", 100).photos]
        if what == "post" or not present:
            a_photo(self.backends)
            return
        chosen = present[turn % len(present)]
        if what == "change":
            change_caption(self.backends, chosen, f"caption {turn}", "ana")
        elif what == "ready":
            renditions.make_renditions(self.backends, Job(photo_id=chosen, outbox_id=chosen))
        elif what == "delete":
            delete_photo(self.backends, chosen, "ana")
            self.deleted.append(chosen)
        elif self.deleted:
            restore_photo(self.backends, self.deleted.pop(), "ana")


def stream(backends: "Backends") -> dict[str, Photo]:
    found: dict[str, Photo] = {}
    cursor = None
    while True:
        page = pages.stream_of(backends, "ana", 100, cursor)
        found |= {photo.id: photo for photo in page.photos}
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


steps = st.lists(
    st.one_of(
        st.tuples(st.just("sync"), st.integers(1, 4)),
        st.tuples(st.just("anew"), st.integers(1, 4)),
        st.tuples(st.sampled_from(WRITES), st.integers(0, 30)),
    ),
    min_size=8,
    max_size=24,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hours=st.integers(-5, 5), steps=steps)
def test_after_any_writes_a_sync_makes_the_copy_equal_to_the_stream(
    backends: "Backends", hours: int, steps: list[tuple[str, int]]
) -> None:
    a_user(backends)
    phone, writers = Phone(backends), [Writer(backends), Writer(later(backends, hours=hours))]
    for number, (step, amount) in enumerate(steps):
        if step == "anew":
            phone.token = None
        if step in ("sync", "anew"):
            phone.sync(amount)
        else:
            try:
                writers[number % 2].write(step, amount)
            except NotFound:
                continue  # too late to undo, by the other clock

    assert phone.catch_up(limit=3) == stream(backends)


def test_concurrent_writes_are_never_missed(backends: "Backends") -> None:
    """The client syncs continuously, so that commits overlap with its reads in every order."""
    a_photo(backends)
    phone = Phone(backends)

    def write(number: int) -> None:
        writer = Writer(later(backends, hours=number - 2))
        for turn in range(10):
            try:
                writer.write(WRITES[(turn + number) % len(WRITES)], turn * 7 + number)
            except (NotFound, Busy):
                continue

    with ThreadPoolExecutor(5) as pool:
        writing = [pool.submit(write, number) for number in range(5)]
        while not all(one.done() for one in writing):
            phone.sync(limit=2)
        for one in writing:
            one.result()

    assert phone.catch_up(limit=3) == stream(backends)


def test_a_sync_without_changes_returns_the_same_token(backends: "Backends") -> None:
    a_photo(backends)
    phone = Phone(backends)
    phone.catch_up()
    token = phone.token

    synced = changes_since(backends, "ana", token)

    assert synced == sync.Synced((), (), str(token), has_more=False)


def test_an_edit_without_effect_is_not_returned(backends: "Backends") -> None:
    photo = a_photo(backends, caption="sea")
    phone = Phone(backends)
    phone.catch_up()

    change_caption(backends, photo.id, "sea", "ana")

    assert changes_since(backends, "ana", phone.token).changed == ()


def test_a_commit_with_a_lost_response_is_recorded(backends: "Backends") -> None:
    a_user(backends)
    phone = Phone(backends)
    phone.catch_up()

    photo = a_photo(with_lost_answers(backends))

    assert phone.catch_up() == {photo.id: photo}


def test_photos_without_change_log_are_in_the_first_sync(backends: "Backends") -> None:
    a_user(backends)
    old = a_photo(backends)
    backends.entities.delete(*change_log.shard_keys("ana"))

    assert Phone(backends).catch_up() == {old.id: old}


def test_a_token_is_bound_to_its_user_and_cannot_be_altered(backends: "Backends") -> None:
    a_photo(backends)
    a_photo(backends, "bob")
    token = changes_since(backends, "ana").token

    for other in (token[:-1], "x", f"{token}=", changes_since(backends, "bob").token):
        with pytest.raises(InvalidCursor):
            changes_since(backends, "ana", other)


def test_an_old_token_requires_a_full_sync(backends: "Backends") -> None:
    photo = a_photo(backends)
    away, near = Phone(backends), Phone(backends)
    away.catch_up()
    with ExitStack() as all_but_one:
        for _ in range(change_log.SHARDS - 1):
            all_but_one.enter_context(change_log.free_shard("ana"))
        for number in range(change_log.SEGMENT_SIZE + 5):
            if number == change_log.SEGMENT_SIZE:
                near.catch_up()
            change_caption(backends, photo.id, str(number), "ana")
    on_time = replace(away)
    assert on_time.catch_up(limit=7) == stream(backends)

    swept = sweep.sweep(later(backends, days=31))

    assert swept.changes_deleted == 1
    with pytest.raises(FullSyncRequired):
        away.sync()
    assert near.catch_up() == stream(backends)
    away.token = None
    assert away.catch_up() == stream(backends)


def test_a_token_newer_than_a_restored_backup_requires_a_full_sync(backends: "Backends") -> None:
    for _ in range(4):
        a_photo(backends)
    phone = Phone(backends)
    phone.catch_up()
    backends.entities.put(*(Entity(key, {"count": 0, "recent": []}) for key in change_log.shard_keys("ana")))

    with pytest.raises(FullSyncRequired):
        phone.sync()


def test_a_deleted_account_cannot_sync(backends: "Backends") -> None:
    with pytest.raises(NotFound):
        changes_since(backends, "nobody")


def test_threads_up_to_the_number_of_shards_never_conflict(backends: "Backends") -> None:
    with ExitStack() as stack:
        taken = {stack.enter_context(change_log.free_shard("ana")) for _ in range(change_log.SHARDS)}
        one_more = stack.enter_context(change_log.free_shard("ana"))

    assert taken == set(change_log.shard_keys("ana"))
    assert one_more in taken
