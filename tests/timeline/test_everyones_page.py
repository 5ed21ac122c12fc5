"""Everyone's cached page: exact while there are few changes, at most a second old while there are many."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.timeline.factories import a_photo, a_user, an_upload
from tests.waiting import eventually
from timeline import first_page_cache
from timeline.first_page_cache import EVERYONE, Invalidation
from timeline.gcp import memcache
from timeline.photos.create import create_photo
from timeline.photos.delete import delete_photo
from timeline.photos.edit import change_caption
from timeline.streams import pages

if TYPE_CHECKING:
    from timeline.interfaces import Backends
    from timeline.settings import Settings

SHORT, LONG = timedelta(seconds=0.4), timedelta(seconds=1.1)


@dataclass
class Clock:
    """A clock that a test moves."""

    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def busy(backends: "Backends", clock: Clock) -> Iterator["Backends"]:
    """Backends of an instance that reads everyone's page very often."""
    make_busy(is_busy=True)
    yield replace(backends, clock=clock, settings=replace(backends.settings, busy_reads_per_second=30))
    make_busy(is_busy=False)


def make_busy(*, is_busy: bool) -> None:
    counter = first_page_cache._READS_OF_EVERYONE
    counter._began = float("inf") if is_busy else 0.0
    counter._count = counter._before = 1_000 if is_busy else 0


def captions(page: pages.Page) -> list[str]:
    """In alphabetical order: without time between them, photos have no order."""
    return sorted(photo.caption for photo in page.photos)


def settle(backends: "Backends") -> None:
    """Read the entity group, after which a Datastore with stale global queries shows it."""
    pages.stream_of(backends, "ana", limit=5)


def test_a_few_new_photos_are_shown_at_once(backends: "Backends") -> None:
    shown = []
    for number in range(3):
        a_photo(backends, caption=str(number))
        settle(backends)
        shown.append(captions(pages.everyone(backends)))

    assert shown == [["0"], ["0", "1"], ["0", "1", "2"]]


def test_one_of_many_new_photos_is_shown_within_a_second(busy: "Backends", clock: Clock) -> None:
    a_photo(busy, caption="first")
    settle(busy)
    before = captions(pages.everyone(busy))
    create_photo(busy, "ana", an_upload("second"))

    at_once = captions(pages.everyone(busy))
    clock.moment += LONG
    settle(busy)
    later = captions(pages.everyone(busy))

    assert (before, at_once, later) == (["first"], ["first"], ["first", "second"])


def test_an_instance_that_is_never_busy_shows_each_new_photo_at_once(busy: "Backends") -> None:
    never = replace(busy, settings=replace(busy.settings, busy_reads_per_second=0))
    shown = []
    for number in range(3):
        a_photo(never, caption=str(number))
        settle(never)
        shown.append(captions(pages.everyone(never)))

    assert shown == [["0"], ["0", "1"], ["0", "1", "2"]]


def test_the_own_stream_shows_each_of_many_new_photos_at_once(busy: "Backends") -> None:
    a_user(busy)
    for number in range(3):
        create_photo(busy, "ana", an_upload(str(number)))
        assert str(number) in captions(pages.stream_of(busy, "ana"))


def test_deletions_and_edits_are_shown_at_once_among_many_changes(busy: "Backends") -> None:
    kept, deleted = (a_photo(busy, caption=caption).id for caption in ("kept", "deleted"))
    settle(busy)
    pages.everyone(busy)

    delete_photo(busy, deleted, "ana")
    assert captions(pages.everyone(busy)) == ["kept"]
    change_caption(busy, kept, "edited", "ana")
    assert captions(pages.everyone(busy)) == ["edited"]


def cached_page(backends: "Backends") -> bytes | None:
    """Read the page, and return what is cached then, if it is a page."""
    pages.everyone(backends)
    found = backends.cache.get(EVERYONE) or b""
    return found if found.startswith(b'{"photos"') else None


def test_a_page_is_replaced_once_when_it_is_too_old(busy: "Backends", clock: Clock) -> None:
    a_photo(busy)
    pages.everyone(busy)
    Invalidation(busy, "ana", is_news=True).run()
    old = busy.cache.get(EVERYONE)
    clock.moment += LONG

    new = eventually(lambda: cached_page(busy))  # a slow read may not be cached
    pages.everyone(busy)

    assert new != old
    assert busy.cache.get(EVERYONE) == new


@pytest.mark.parametrize("junk", [b"", b"\n", b"\n 1", b"\njunk junk", b"\n x 1e999", b"\n-1 -1"], ids=ascii)
def test_a_page_with_a_junk_stamp_is_replaced(busy: "Backends", junk: bytes) -> None:
    a_photo(busy, caption="sea")
    pages.everyone(busy)
    content = (busy.cache.get(EVERYONE) or b"").rpartition(b"\n")[0]
    busy.cache.delete(EVERYONE)
    busy.cache.add(EVERYONE, content + junk, 60)

    pages.everyone(busy)

    assert (busy.cache.get(EVERYONE) or b"") not in (b"", content + junk)


def test_a_writer_that_ends_after_its_commit_leaves_no_old_page(busy: "Backends", clock: Clock) -> None:
    """It has replaced the stamp before."""
    a_photo(busy)
    settle(busy)
    pages.everyone(busy)
    Invalidation(busy, "ana", is_news=True).run()
    old = busy.cache.get(EVERYONE)
    clock.moment += LONG

    pages.everyone(busy)

    assert busy.cache.get(EVERYONE) != old


def test_a_stamp_that_the_cache_lost_makes_the_page_old(backends: "Backends") -> None:
    a_photo(backends)
    pages.everyone(backends)
    old = backends.cache.get(EVERYONE)
    backends.cache.delete(first_page_cache.STAMP)

    pages.everyone(backends)

    assert backends.cache.get(EVERYONE) != old


def test_without_the_cache_a_new_photo_deletes_the_page_later(
    backends: "Backends", settings: "Settings"
) -> None:
    a_photo(backends)
    pages.everyone(backends)
    troubled = memcache.connect(settings)
    troubled._paused_until = float("inf")
    a_photo(replace(backends, cache=troubled))

    troubled._paused_until = 0.0
    troubled.get("something else")

    assert backends.cache.get(EVERYONE) is None
    troubled.close()


def test_a_reader_does_not_take_a_page_that_another_began_before_a_write(backends: "Backends") -> None:
    seen = []

    def read_while_somebody_posts() -> dict[str, Any]:
        Invalidation(backends, "ana", is_news=True).run()
        seen.append(read_everyone(lambda: {"page": "new"}))
        return {"page": "old"}

    def read_everyone(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        return first_page_cache.read_through(
            backends, "key", read, first_page_cache.OBJECT, first_page_cache.STAMP
        )

    read_everyone(read_while_somebody_posts)

    assert seen == [{"page": "new"}]
    assert read_everyone(lambda: {"page": "newer"}) == {"page": "newer"}


def test_threads_that_ask_together_read_the_page_once(backends: "Backends") -> None:
    reads: list[int] = []
    together = Barrier(8)

    def read() -> dict[str, Any]:
        reads.append(1)
        together.wait(60)  # the others have asked by then, or are about to
        return {"page": len(reads)}

    def ask(number: int) -> dict[str, Any]:
        if number:
            together.wait(60)
        return first_page_cache.read_through(backends, "key", read, first_page_cache.OBJECT)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(8)))

    assert found == [{"page": 1}] * 8
    assert len(reads) == 1


STEPS = st.lists(
    st.sampled_from(["post", "post", "post", "delete", "edit", "webp", "wait a little", "wait"]), max_size=14
)


@given(steps=STEPS, is_busy=st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_keep_their_promises(backends: "Backends", steps: list[str], is_busy: bool) -> None:
    """The own stream is exact. Everyone's page has current captions, older photos, and no deleted ones."""
    timeline = Timeline(backends)
    for _ in timeline.run(steps, is_busy=is_busy):
        own, all_shown = pages.stream_of(timeline.backends, timeline.user), pages.everyone(timeline.backends)
        shown = {photo.id: photo.caption for photo in all_shown.photos if photo.user == timeline.user}
        assert {photo.id: photo.caption for photo in own.photos} == timeline.captions
        assert shown.items() <= timeline.captions.items()
        assert shown.keys() >= timeline.older_photos() or timeline.has_stale_index


class Timeline:
    """The posts of one user, as a model of the pages."""

    users = iter(f"model-{number}" for number in range(1_000_000))
    clock = Clock()
    """One for all timelines, so that the photos of a later one are newer."""

    def __init__(self, backends: "Backends") -> None:
        self.clock.moment = max(self.clock.moment, datetime.now(UTC))
        self.backends = replace(backends, clock=self.clock)
        self.user = next(self.users)
        self.captions: dict[str, str] = {}
        self.posted: dict[str, datetime] = {}
        self.has_stale_index = self.is_busy = False
        a_user(self.backends, self.user)

    def older_photos(self) -> set[str]:
        """Return those that everyone's page must have."""
        limit = self.clock.moment
        if self.is_busy:
            limit -= timedelta(seconds=first_page_cache.STALE_SECONDS)
        return {photo for photo in self.captions if self.posted[photo] <= limit}

    def run(self, steps: list[str], *, is_busy: bool) -> Iterator[None]:
        first_page_cache.invalidate(self.backends, self.user)
        self.is_busy = is_busy
        make_busy(is_busy=is_busy)
        for number, step in enumerate(steps):
            self._take(step, str(number))
            yield
        make_busy(is_busy=False)

    def _take(self, step: str, caption: str) -> None:
        newest = max(self.captions, key=self.posted.__getitem__, default=None)
        if step == "post":
            photo = create_photo(self.backends, self.user, an_upload(caption))
            self.captions[photo.photo.id], self.posted[photo.photo.id] = caption, self.clock.moment
        elif step == "delete" and newest:
            delete_photo(self.backends, newest, self.user)
            del self.captions[newest]
        elif step == "edit" and newest:
            change_caption(self.backends, newest, caption, self.user)
            self.captions[newest] = caption
        elif step == "webp":
            Invalidation(self.backends, self.user, is_news=True).run()
        self.clock.moment += {"wait a little": SHORT, "wait": LONG}.get(step, timedelta())
        # A page that was filled from a stale index is cached until the next write.
        is_write = step not in {"wait", "wait a little"}
        self.has_stale_index = self._is_index_stale() or (self.has_stale_index and not is_write)

    def _is_index_stale(self) -> bool:
        """On a stale Datastore, a new group is not in global queries before its first read."""
        return len(self.captions) > 0 and not self._shows_all_without_cache()

    def _shows_all_without_cache(self) -> bool:
        page = pages.everyone(self.backends, limit=pages.MAX_LIMIT)
        return {photo.id for photo in page.photos} >= self.captions.keys()
