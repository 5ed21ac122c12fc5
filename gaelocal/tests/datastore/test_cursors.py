"""Cursors, offsets, limits, and what an answer says about the rest."""

import base64

import pytest
from google.api_core.exceptions import InvalidArgument
from google.cloud import datastore
from google.cloud.datastore_v1.types import QueryResultBatch
from tests.datastore.entities import entity, names, put, run, where

More = QueryResultBatch.MoreResultsType
PHOTO = [{"name": "Photo"}]


@pytest.fixture
def photos(client: datastore.Client) -> datastore.Client:
    made = [
        entity(client.key("User", "ana", "Photo", f"p{n:02}"), n=n, half=n // 2, tags=[n, n + 3])
        for n in range(25)
    ]
    client.put_multi(made)
    return client


def scan(query: datastore.Query, limit: int) -> list[object]:
    found: list[object] = []
    cursor = None
    while True:
        page = query.fetch(limit=limit, start_cursor=cursor)
        rows = names(page)
        found += rows
        cursor = page.next_page_token
        if len(rows) < limit:
            return found


@pytest.mark.parametrize("limit", [1, 4, 25])
@pytest.mark.parametrize(
    "order", [[], ["-__key__"], ["n"], ["-n"], ["half"], ["-half"], ["-half", "n"], ["tags"]]
)
def test_pages_are_the_whole_in_order(photos: datastore.Client, order: list[str], limit: int) -> None:
    query = photos.query(kind="Photo", order=order)

    assert scan(query, limit) == names(query.fetch())
    assert len(set(names(query.fetch()))) == 25


@pytest.mark.parametrize("order", [[], ["-n"], ["half"]])
def test_pages_of_an_ancestor_query(photos: datastore.Client, order: list[str]) -> None:
    query = photos.query(kind="Photo", ancestor=photos.key("User", "ana"), order=order)

    assert scan(query, 7) == names(query.fetch())


@pytest.mark.usefixtures("embedded")
def test_pages_by_a_list_backwards(photos: datastore.Client) -> None:
    query = photos.query(kind="Photo", order=["-tags"])

    assert scan(query, 4) == [f"p{n:02}" for n in reversed(range(25))]


@pytest.mark.usefixtures("embedded")
def test_pages_of_alternatives(photos: datastore.Client) -> None:
    unequal = where(photos.query(kind="Photo"), "half", "!=", 3)
    either = where(photos.query(kind="Photo"), "tags", "IN", [3, 4, 5, 6])

    assert scan(unequal, 3) == names(unequal.fetch())
    assert scan(either, 2) == names(either.fetch()) == [f"p{n:02}" for n in range(7)]


def test_a_scan_skips_and_repeats_nothing_while_others_write(photos: datastore.Client) -> None:
    query = photos.query(kind="Photo")
    first = query.fetch(limit=10)
    seen = names(first)

    put(photos, "User", "ana", "Photo", "p00a")
    photos.delete_multi([photos.key("User", "ana", "Photo", name) for name in ("p05", "p09", "p12")])
    seen += names(query.fetch(start_cursor=first.next_page_token))

    assert seen == [f"p{n:02}" for n in range(25) if n != 12]


@pytest.mark.usefixtures("embedded")
def test_what_follows_is_said_as_google_says_it(photos: datastore.Client) -> None:
    middle = run(photos, kind=PHOTO, limit=10).end_cursor

    assert run(photos, kind=PHOTO).more_results == More.NO_MORE_RESULTS
    assert run(photos, kind=PHOTO, limit=10).more_results == More.MORE_RESULTS_AFTER_LIMIT
    assert run(photos, kind=PHOTO, limit=25).more_results == More.MORE_RESULTS_AFTER_LIMIT
    assert run(photos, kind=PHOTO, limit=26).more_results == More.NO_MORE_RESULTS
    assert run(photos, kind=PHOTO, limit=0).more_results == More.MORE_RESULTS_AFTER_LIMIT
    assert run(photos, kind=PHOTO, end_cursor=middle).more_results == More.MORE_RESULTS_AFTER_CURSOR
    assert run(photos, kind=PHOTO, end_cursor=middle, limit=5).more_results == More.MORE_RESULTS_AFTER_LIMIT


def test_an_end_cursor_ends_the_query(photos: datastore.Client) -> None:
    start = run(photos, kind=PHOTO, limit=5).end_cursor
    end = run(photos, kind=PHOTO, limit=8).end_cursor

    found = run(photos, kind=PHOTO, start_cursor=start, end_cursor=end).entity_results

    assert [one.entity.key.path[-1].name for one in found] == ["p05", "p06", "p07"]


def test_every_result_carries_a_cursor_to_what_follows_it(photos: datastore.Client) -> None:
    results = run(photos, kind=PHOTO, limit=10).entity_results

    following = run(photos, kind=PHOTO, start_cursor=results[3].cursor, limit=1).entity_results

    assert following[0].entity.key == results[4].entity.key


def test_an_offset_skips_and_says_how_many(photos: datastore.Client) -> None:
    batch = run(photos, kind=PHOTO, offset=20, limit=3)
    beyond = run(photos, kind=PHOTO, offset=40)

    assert (batch.skipped_results, batch.entity_results[0].entity.key.path[-1].name) == (20, "p20")
    assert (beyond.skipped_results, len(beyond.entity_results)) == (25, 0)


def test_a_skipped_cursor_stands_behind_what_was_skipped(photos: datastore.Client) -> None:
    skipped = run(photos, kind=PHOTO, offset=20, limit=3).skipped_cursor

    found = run(photos, kind=PHOTO, start_cursor=skipped, limit=1).entity_results

    assert found[0].entity.key.path[-1].name == "p20"


def test_the_end_of_an_empty_page_is_where_it_began(photos: datastore.Client) -> None:
    last = run(photos, kind=PHOTO).end_cursor
    empty = run(photos, kind=PHOTO, start_cursor=last)
    put(photos, "User", "ana", "Photo", "p99")

    found = run(photos, kind=PHOTO, start_cursor=empty.end_cursor).entity_results

    assert [one.entity.key.path[-1].name for one in found] == ["p99"]


@pytest.mark.usefixtures("embedded")
def test_more_than_a_thousand_come_in_several_answers(client: datastore.Client) -> None:
    for start in range(0, 1_500, 500):
        client.put_multi([entity(client.key("Many", start + n + 1)) for n in range(500)])

    first = run(client, kind=[{"name": "Many"}])

    assert first.more_results == More.NOT_FINISHED
    assert names(client.query(kind="Many").fetch()) == list(range(1, 1_501))
    assert names(client.query(kind="Many").fetch(offset=1_200, limit=2)) == [1_201, 1_202]


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize(
    "spoil", [lambda c: c[:-1], lambda c: b"\x09" + c[1:], lambda c: c[:5] + b"\xff" * 9]
)
def test_a_damaged_cursor_is_refused(photos: datastore.Client, spoil: object) -> None:
    cursor = run(photos, kind=PHOTO, limit=5).end_cursor

    with pytest.raises(InvalidArgument, match="invalid encoding for cursor"):
        run(photos, kind=PHOTO, start_cursor=spoil(cursor))  # type: ignore[operator]


@pytest.mark.usefixtures("embedded")
def test_a_cursor_of_another_query_is_refused(photos: datastore.Client) -> None:
    page = photos.query(kind="Photo", order=["n"]).fetch(limit=5)
    list(page)

    with pytest.raises(InvalidArgument, match="cursor does not match query"):
        list(photos.query(kind="Photo", order=["caption"]).fetch(start_cursor=page.next_page_token))
    with pytest.raises(InvalidArgument, match="invalid encoding for cursor"):
        list(photos.query(kind="Photo").fetch(start_cursor=base64.urlsafe_b64encode(b"nonsense")))


@pytest.mark.parametrize("bound", ["start_cursor", "end_cursor"])
@pytest.mark.parametrize(
    ("order", "opposite"), [((), ("-__key__",)), (("n",), ("-n", "-__key__")), (("-n", "-__key__"), ("n",))]
)
@pytest.mark.parametrize("numbered", [True, False], ids=["ids", "names"])
def test_a_cursor_leads_back_in_the_opposite_order(
    client: datastore.Client, bound: str, order: tuple[str, ...], opposite: tuple[str, ...], numbered: bool
) -> None:
    keys = [client.key("Back", n + 1 if numbered else f"p{n}") for n in range(8)]
    client.put_multi([entity(key, n=n // 2) for n, key in enumerate(keys)])
    page = client.query(kind="Back", order=order).fetch(limit=3)
    forth = names(page)

    back = names(client.query(kind="Back", order=opposite).fetch(**{bound: page.next_page_token}))

    everything = names(client.query(kind="Back", order=opposite).fetch())
    assert back == (everything[-3:] if bound == "start_cursor" else everything[:-3])
    assert forth == everything[-3:][::-1]
