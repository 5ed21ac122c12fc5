"""The cached first pages: never older than the last acknowledged write."""

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.timeline.worlds import a_photo, a_user
from timeline import heads, photos, streams
from timeline.gcp.memcache import Memcache

if TYPE_CHECKING:
    from timeline.backends import Backends

KEY = heads.head_of("ana")


def test_a_page_is_read_once_and_kept(backends: "Backends") -> None:
    pages = [
        heads.read_through(backends, KEY, lambda page=page: page, heads.AS_IS)
        for page in (b"first", b"second")
    ]

    assert pages == [b"first", b"first"]


def test_a_slow_reader_cannot_put_back_what_a_writer_removed(backends: "Backends") -> None:
    def read_while_somebody_writes() -> bytes:
        heads.forget(backends, "ana")
        return b"old"

    heads.read_through(backends, KEY, read_while_somebody_writes, heads.AS_IS)

    assert heads.read_through(backends, KEY, lambda: b"new", heads.AS_IS) == b"new"


def test_a_slow_reader_cannot_put_back_over_a_later_reader(backends: "Backends") -> None:
    def read_while_others_write_and_read() -> bytes:
        heads.forget(backends, "ana")
        heads.read_through(backends, KEY, lambda: b"new", heads.AS_IS)
        return b"old"

    heads.read_through(backends, KEY, read_while_others_write_and_read, heads.AS_IS)

    assert heads.read_through(backends, KEY, lambda: b"newest", heads.AS_IS) == b"new"


def test_while_one_reader_fills_others_read_for_themselves(backends: "Backends") -> None:
    seen = []

    def read() -> bytes:
        seen.append(heads.read_through(backends, KEY, lambda: b"mine", heads.AS_IS))
        return b"filled"

    heads.read_through(backends, KEY, read, heads.AS_IS)

    assert seen == [b"mine"]
    assert heads.read_through(backends, KEY, lambda: b"x", heads.AS_IS) == b"filled"


def test_without_a_cache_pages_are_right(backends: "Backends") -> None:
    alone = replace(backends, cache=Memcache("", ""))
    posted = [a_photo(alone, caption=str(number)).id for number in range(3)]

    photos.delete_photo(alone, posted[1], "ana")

    assert [photo.caption for photo in streams.stream_of(alone, "ana").photos] == ["2", "0"]


def test_a_cached_page_is_the_page_that_was_read(backends: "Backends") -> None:
    a_user(backends)
    a_photo(backends)

    read, *cached = (streams.stream_of(backends, "ana") for _ in range(3))

    assert [(page.photos, page.next_cursor) for page in cached] == [(read.photos, read.next_cursor)] * 2
    assert cached[0] is cached[1]
