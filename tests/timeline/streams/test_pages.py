"""Scans are complete and without repeats while others insert and delete."""

import string
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.timeline.factories import a_photo, a_user
from timeline.account_deletion import deletion
from timeline.errors import InvalidCursor
from timeline.photos.delete import delete_photo, restore_photo
from timeline.photos.model import Photo
from timeline.streams import pages
from timeline.streams.pages import Page

if TYPE_CHECKING:
    from timeline.interfaces import Backends

Read = Callable[["Backends", int, str | None], Page]

EVERYONE: Read = pages.everyone
ANAS: Read = lambda backends, limit, cursor: pages.stream_of(backends, "ana", limit, cursor)  # noqa: E731

steps = st.lists(
    st.tuples(
        st.sampled_from(["read", "post", "delete newest", "delete oldest", "delete seen", "undo"]),
        st.integers(1, 4),
    ),
    max_size=14,
)


@pytest.mark.parametrize("read", [EVERYONE, ANAS], ids=["everyone", "one user"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_a_scan_has_every_unchanged_photo_once(
    backends: "Backends", read: Read, steps: list[tuple[str, int]]
) -> None:
    """Pages have any length. Photos that were deleted and restored may be skipped, but not repeated."""
    present = {a_photo(backends).id for _ in range(6)}
    present |= {photo.id for photo in _rest(backends, read, None)}
    stayed, seen, cursor, is_over = set(present), [], None, False
    deleted: list[str] = []
    for step, limit in steps:
        pages.stream_of(backends, "ana", 1)
        if step == "read" and not is_over:
            page = read(backends, limit, cursor)
            seen += [photo.id for photo in page.photos]
            cursor, is_over = page.next_cursor, page.next_cursor is None
        elif step == "post":
            present.add(a_photo(backends).id)
        elif step.startswith("delete") and present:
            gone = _chosen(step, present, seen)
            delete_photo(backends, gone, "ana")
            deleted.append(gone)
            present.discard(gone)
            stayed.discard(gone)
        elif step == "undo" and deleted:
            present.add(restore_photo(backends, deleted.pop(), "ana").id)

    if not is_over:
        seen += [photo.id for photo in _rest(backends, read, cursor)]

    assert len(seen) == len(set(seen))
    assert stayed <= set(seen)
    assert seen == sorted(seen)


def _rest(backends: "Backends", read: Read, cursor: str | None) -> list[Photo]:
    a_user(backends)
    page = read(backends, 3, cursor)
    found = list(page.photos)
    while page.next_cursor is not None:
        page = read(backends, 3, page.next_cursor)
        found += page.photos
    return found


def _chosen(step: str, present: set[str], seen: list[str]) -> str:
    if step == "delete seen" and set(seen) & present:
        return max(set(seen) & present)
    return min(present) if step == "delete newest" else max(present)


def test_a_page_is_full_despite_photos_of_deleted_accounts(backends: "Backends") -> None:
    for number in range(4):
        a_photo(backends, "ana", str(number))
    for number in range(8):
        a_photo(backends, "bob", str(number))
    for user in ("ana", "bob"):
        pages.stream_of(backends, user, 1)

    deletion.delete_account(backends, a_user(backends, "bob"))

    page = pages.everyone(backends, 3)
    assert [photo.caption for photo in page.photos] == ["3", "2", "1"]
    assert [photo.caption for photo in pages.everyone(backends, 3, page.next_cursor).photos] == ["0"]


def test_next_cursor_is_null_only_at_the_end(backends: "Backends") -> None:
    """With more hidden photos than one request reads, the page is empty and has a next cursor."""
    a_photo(backends, "ana", "the oldest")
    for _ in range(pages.ROUNDS * 2 + 1):
        a_photo(backends, "bob")
    for user in ("ana", "bob"):
        pages.stream_of(backends, user, 1)
    deletion.delete_account(backends, a_user(backends, "bob"))

    page = pages.everyone(backends, 1)

    assert page.photos == ()
    assert page.next_cursor is not None
    assert [photo.caption for photo in pages.everyone(backends, 1, page.next_cursor).photos] == ["the oldest"]


def test_a_cursor_of_another_key_is_refused(backends: "Backends") -> None:
    for _ in range(2):
        a_photo(backends)
    elsewhere = replace(backends, settings=replace(backends.settings, secret_key="another"))
    cursor = pages.stream_of(elsewhere, "ana", 1).next_cursor

    with pytest.raises(InvalidCursor):
        pages.stream_of(backends, "ana", 1, cursor)


def test_a_cursor_with_any_other_last_character_is_refused(backends: "Backends") -> None:
    """Base64 has unused bits there: some of these texts decode to the same signature."""
    for _ in range(2):
        a_photo(backends)
    cursor = pages.stream_of(backends, "ana", 1).next_cursor or ""
    letters = string.ascii_letters + string.digits + "-_="
    altered = [cursor + "=", *(cursor[:-1] + letter for letter in letters if letter != cursor[-1])]

    for other in altered:
        with pytest.raises(InvalidCursor):
            pages.stream_of(backends, "ana", 1, other)
    assert pages.stream_of(backends, "ana", 1, cursor).photos
