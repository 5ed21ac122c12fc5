"""The results of global queries below full consistency."""

from pathlib import Path

from google.cloud import datastore
from tests.datastore.entities import names, put, where

from gaelocal.datastore.state.freshness import Freshness
from gaelocal.datastore.state.tables import Stored


def everyone(client: datastore.Client, **options: object) -> list[object]:
    return names(client.query(kind="Photo", **options).fetch())


def test_a_global_query_does_not_see_a_new_photo(stale: datastore.Client) -> None:
    put(stale, "User", "ana", "Photo", "a", n=1)

    assert everyone(stale) == everyone(stale, order=["n"]) == []
    assert everyone(stale, ancestor=None) == []


def test_an_ancestor_query_sees_it_at_once_and_so_does_everyone_after_it(stale: datastore.Client) -> None:
    put(stale, "User", "ana", "Photo", "a")
    put(stale, "User", "ben", "Photo", "b")

    assert everyone(stale, ancestor=stale.key("User", "ana")) == ["a"]
    assert everyone(stale) == ["a"]


def test_a_get_sees_it_at_once_and_so_does_everyone_after_it(stale: datastore.Client) -> None:
    key = put(stale, "User", "ana", "Photo", "a")

    assert stale.get(key) is not None
    assert everyone(stale) == ["a"]


def test_a_transaction_that_reads_the_group_applies_it(stale: datastore.Client) -> None:
    put(stale, "User", "ana", "Photo", "a")

    with stale.transaction():
        stale.get(stale.key("User", "ana"))

    assert everyone(stale) == ["a"]


def test_the_old_state_is_seen_instead_of_the_new(stale: datastore.Client) -> None:
    for name, n in (("a", 1), ("b", 2), ("c", 3)):
        stale.get(put(stale, "User", name, "Photo", name, n=n))
    put(stale, "User", "a", "Photo", "a", n=9)
    stale.delete(stale.key("User", "b", "Photo", "b"))
    put(stale, "User", "d", "Photo", "d", n=4)

    query = stale.query(kind="Photo", order=["-n"])

    assert [(found.key.name, found["n"]) for found in query.fetch()] == [("c", 3), ("b", 2), ("a", 1)]
    assert names(where(stale.query(kind="Photo"), "n", "=", 9).fetch()) == []
    assert [row["n"] for row in stale.query(kind="Photo", projection=["n"]).fetch(limit=2)] == [1, 2]


def test_pages_of_a_stale_query_hold_together(stale: datastore.Client) -> None:
    for n in range(6):
        stale.get(put(stale, "User", f"u{n}", "Photo", f"p{n}", n=n))
    stale.delete(stale.key("User", "u3", "Photo", "p3"))
    query = stale.query(kind="Photo", order=["-n"])

    first = query.fetch(limit=3)
    seen = names(first) + names(query.fetch(start_cursor=first.next_page_token))

    assert seen == [f"p{n}" for n in reversed(range(6))]


KEY, OTHER = (b"\x00\x00\x00\x01User\x00\x02" + name + b"\x00Photo\x00\x02x\x00" for name in (b"ana", b"ben"))


def test_the_dice_decide_for_each_group_and_what_is_seen_stays_seen() -> None:
    throws = iter([0.4, 0.6, 0.6])
    freshness = Freshness(0.5, dice=lambda: next(throws))
    before = Stored(1, 1, b"")
    freshness.wrote(KEY, before)
    freshness.wrote(OTHER, None)

    assert freshness.view() == {OTHER: None}
    assert freshness.view() == {OTHER: None}


def test_the_oldest_unapplied_state_is_the_one_seen() -> None:
    freshness = Freshness(0.0)

    freshness.wrote(KEY, None)
    freshness.wrote(KEY, Stored(1, 1, b""))

    assert freshness.view() == {KEY: None}


def test_full_consistency_keeps_no_past() -> None:
    freshness = Freshness(1.0)

    freshness.wrote(KEY, None)

    assert freshness.view() == {}


def test_a_restart_applies_everything(tmp_path: Path) -> None:
    from tests.datastore.conftest import client_of
    from tests.serving_thread import serving

    from gaelocal.datastore import DatastoreServer, Rules

    with serving(DatastoreServer(tmp_path, 0, Rules(consistency=0.0))) as server:
        put(client_of(server.address, namespace="n"), "User", "ana", "Photo", "a")
    with serving(DatastoreServer(tmp_path, 0, Rules(consistency=0.0))) as server:
        assert everyone(client_of(server.address, namespace="n")) == ["a"]
