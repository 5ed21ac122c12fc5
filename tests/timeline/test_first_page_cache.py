"""Cached first pages are never older than the last acknowledged write."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.timeline.factories import a_photo, a_user
from timeline import first_page_cache
from timeline.gcp.memcache import Memcache
from timeline.photos.delete import delete_photo
from timeline.streams import pages

if TYPE_CHECKING:
    from timeline.interfaces import Backends

KEY = first_page_cache.key_of_user("ana")
Fields = dict[str, Any]


def a_page(name: str) -> Fields:
    return {"name": name}


def test_a_page_is_read_once_and_cached(backends: "Backends") -> None:
    pages = [
        first_page_cache.read_through(backends, KEY, lambda page=page: page, first_page_cache.OBJECT)
        for page in map(a_page, ("first", "second"))
    ]

    assert pages == [a_page("first"), a_page("first")]


def test_a_slow_reader_cannot_restore_an_invalidated_page(backends: "Backends") -> None:
    def read_while_somebody_writes() -> Fields:
        first_page_cache.invalidate(backends, "ana")
        return a_page("old")

    first_page_cache.read_through(backends, KEY, read_while_somebody_writes, first_page_cache.OBJECT)

    assert first_page_cache.read_through(
        backends, KEY, lambda: a_page("new"), first_page_cache.OBJECT
    ) == a_page("new")


def test_a_slow_reader_cannot_replace_a_newer_page(backends: "Backends") -> None:
    def read_while_others_write_and_read() -> Fields:
        first_page_cache.invalidate(backends, "ana")
        first_page_cache.read_through(backends, KEY, lambda: a_page("new"), first_page_cache.OBJECT)
        return a_page("old")

    first_page_cache.read_through(backends, KEY, read_while_others_write_and_read, first_page_cache.OBJECT)

    assert first_page_cache.read_through(
        backends, KEY, lambda: a_page("newest"), first_page_cache.OBJECT
    ) == a_page("new")


def test_another_reader_does_not_wait_forever_for_the_one_that_fills(backends: "Backends") -> None:
    seen = []

    def read() -> Fields:
        seen.append(
            first_page_cache.read_through(backends, KEY, lambda: a_page("mine"), first_page_cache.OBJECT)
        )
        return a_page("filled")

    first_page_cache.read_through(backends, KEY, read, first_page_cache.OBJECT)

    assert seen == [a_page("mine")]
    assert first_page_cache.read_through(
        backends, KEY, lambda: a_page("x"), first_page_cache.OBJECT
    ) == a_page("filled")


def test_pages_are_correct_without_a_cache(backends: "Backends") -> None:
    alone = replace(backends, cache=Memcache("", ""))
    posted = [a_photo(alone, caption=str(number)).id for number in range(3)]

    delete_photo(alone, posted[1], "ana")

    assert [photo.caption for photo in pages.stream_of(alone, "ana").photos] == ["2", "0"]


def test_a_cached_page_is_the_page_that_was_read(backends: "Backends") -> None:
    a_user(backends)
    a_photo(backends)

    read, *cached = (pages.stream_of(backends, "ana") for _ in range(3))

    assert [(page.photos, page.next_cursor) for page in cached] == [(read.photos, read.next_cursor)] * 2
    assert cached[0] is cached[1]
