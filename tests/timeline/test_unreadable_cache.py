"""Cached values that this application did not write count as a miss and are deleted."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from tests.timeline.factories import a_photo, a_user
from timeline import first_page_cache, idempotency
from timeline.accounts import sessions
from timeline.rate_limits.counters import RateLimitCounters
from timeline.rate_limits.limits import WRITES
from timeline.seals import Seal, Unreadable
from timeline.streams import pages

if TYPE_CHECKING:
    from timeline.interfaces import Backends

ANA = first_page_cache.key_of_user("ana")
JUNK = (
    *(
        b"",
        b" ",
        b"{}",
        b"[]",
        b"null",
        b"1",
        b"true",
        b'"text"',
        b"junk",
        b"\x00\xff\xfe",
        b"NaN",
        b"-",
        b"\xef\xbb\xbf{}",
    ),
    *(
        b"{",
        b'{"photos":[',
        b'{"photos":[{"id":"x"}],"next_cursor":null}',
        b'{"photos":[],"next_cursor":null}',
    ),
    *(
        b'{"seal":1}',
        b'{"seal":null,"photos":[]}',
        b'{"seal":"\\ud800"}',
        b'{"seal":"","photos":[],"next_cursor":5}',
    ),
    *(b"[" * 100_000, b'{"a":' * 50_000, b"9" * 10_000, b"\xff" * 900_000),
    *(b"lease:", b"lease:" + b"x" * 7, b"lease:" + b"x" * 9),
)


def plant(backends: "Backends", key: str, value: bytes) -> None:
    backends.cache.delete(key)
    assert backends.cache.add(key, value, 60)


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: ascii(junk[:24]))
def test_a_junk_page_is_read_anew_and_replaced(backends: "Backends", junk: bytes) -> None:
    posted = a_photo(backends).id
    for key in (ANA, first_page_cache.EVERYONE):
        plant(backends, key, junk)

    found = [pages.stream_of(backends, "ana"), pages.everyone(backends)]

    assert [[photo.id for photo in page.photos] for page in found] == [[posted], [posted]]
    for key in (ANA, first_page_cache.EVERYONE):
        assert (backends.cache.get(key) or b"").startswith(b'{"photos"')


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: ascii(junk[:24]))
def test_a_junk_list_of_sessions_is_read_anew_and_replaced(backends: "Backends", junk: bytes) -> None:
    a_user(backends)
    session = sessions.open_session(backends, "ana", "phone")
    plant(backends, "sessions:1:ana", junk)

    assert sessions.is_open(backends, "ana", session)
    assert not sessions.is_open(backends, "ana", "another")
    assert session.encode() in (backends.cache.get("sessions:1:ana") or b"")


@pytest.mark.parametrize(
    "change", ["cut", "byte", "caption", "field less", "field more", "other key", "no seal"]
)
def test_a_page_altered_in_any_way_is_junk(backends: "Backends", change: str) -> None:
    a_photo(backends, caption="sea")
    ben = a_photo(backends, user="ben").id
    for user in ("ana", "ben"):
        pages.stream_of(backends, user)
    whole = backends.cache.get(ANA) or b""
    fields = json.loads(whole)
    changed = {
        "cut": whole[:-20],
        "byte": whole.replace(b"sea", b"se\xff"),
        "caption": whole.replace(b"sea", b"lake"),
        "field less": json.dumps(
            {name: value for name, value in fields.items() if name != "next_cursor"}
        ).encode(),
        "field more": json.dumps({**fields, "more": 1}).encode(),
        "other key": backends.cache.get(first_page_cache.key_of_user("ben")) or b"",
        "no seal": json.dumps({name: value for name, value in fields.items() if name != "seal"}).encode(),
    }[change]
    assert changed != whole
    assert ben.encode() not in whole
    plant(backends, ANA, changed)

    (photo,) = pages.stream_of(backends, "ana").photos

    assert photo.caption == "sea"
    assert backends.cache.get(ANA) == whole


def test_a_page_whose_photos_have_other_fields_is_junk(backends: "Backends") -> None:
    """Return a page as a release with another field would write it."""
    a_photo(backends)
    pages.stream_of(backends, "ana")
    seal = Seal(backends.settings.secret_key, ANA)
    fields = seal.read(backends.cache.get(ANA) or b"")
    fields["photos"][0]["added"] = 1
    plant(backends, ANA, seal.write(fields))

    assert len(pages.stream_of(backends, "ana").photos) == 1


def test_a_page_sealed_with_another_secret_is_junk() -> None:
    with pytest.raises(Unreadable):
        Seal("one", "name").read(Seal("another", "name").write({"a": 1}))


@pytest.mark.parametrize("value", [{}, {"a": "ä\ud800"}, {"a": [1, None, True, "x"], "b": {"c": 2**70}}])
def test_what_was_sealed_is_read_again(value: dict[str, object]) -> None:
    seal = Seal("secret", "name")

    assert seal.read(seal.write(value)) == value


@pytest.mark.parametrize(
    "junk",
    [*(junk for junk in JUNK if junk != b"1"), b"-5", b"18446744073709551615", b"9999999999", b"0x10"],
    ids=lambda junk: ascii(junk[:24]),
)
def test_a_junk_counter_restarts(backends: "Backends", junk: bytes) -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    key = f"limit:{WRITES[0].name}:who:{int(now.timestamp()) // WRITES[0].seconds}"
    plant(backends, key, junk)

    counts = [RateLimitCounters(backends.cache).count("who", WRITES[0], 5, now).used for _ in range(3)]

    assert counts == [1, 2, 3]


@pytest.mark.parametrize(
    "junk", [junk for junk in JUNK if junk != idempotency.BUSY], ids=lambda junk: ascii(junk[:24])
)
def test_a_junk_in_flight_marker_refuses_nobody(backends: "Backends", junk: bytes) -> None:
    attempt = idempotency.record_of("ana", "key", sha256(b"bytes"), "words")
    name = "busy:" + sha256("/".join(attempt.key).encode()).hexdigest()
    plant(backends, name, junk)

    with idempotency.in_flight(backends, attempt):
        pass

    assert backends.cache.get(name) is None
