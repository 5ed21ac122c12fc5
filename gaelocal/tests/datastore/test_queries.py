"""Queries: filters, orders, projections, and which are refused."""

import pytest
from google.api_core.exceptions import InvalidArgument
from google.cloud import datastore
from google.cloud.datastore.query import And, Or, PropertyFilter
from tests.datastore.entities import names, put, run, where


@pytest.fixture
def photos(client: datastore.Client) -> datastore.Client:
    """Five photos of two users, among entities of other kinds."""
    put(client, "User", "ana")
    put(client, "User", "ben")
    for user, name, likes, tags in [
        ("ana", "a", 3, ["sea", "sun"]),
        ("ana", "b", 1, ["sun"]),
        ("ana", "c", 2, []),
        ("ben", "d", 3, ["sea"]),
        ("ben", "e", 5, ["fog", "sea", "sun"]),
    ]:
        put(client, "User", user, "Photo", name, user=user, likes=likes, tags=tags, note="x")
    put(client, "User", "ana", "Photo", "a", "Comment", 1, likes=9)
    return client


def fetch(client: datastore.Client, *filters: tuple[str, str, object], **options: object) -> list[object]:
    query = client.query(kind="Photo", **options)
    for name, operator, value in filters:
        where(query, name, operator, value)
    return names(query.fetch())


def test_a_kind_comes_in_key_order(photos: datastore.Client) -> None:
    assert fetch(photos) == ["a", "b", "c", "d", "e"]


def test_an_ancestor_query_sees_only_what_is_below(photos: datastore.Client) -> None:
    assert fetch(photos, ancestor=photos.key("User", "ben")) == ["d", "e"]
    assert fetch(photos, ancestor=photos.key("User", "be")) == []


def test_an_ancestor_query_without_kind_sees_the_ancestor_and_all_below(photos: datastore.Client) -> None:
    found = photos.query(ancestor=photos.key("User", "ana")).fetch()

    assert names(found) == ["ana", "a", 1, "b", "c"]


def test_a_query_without_kind_sees_everything(photos: datastore.Client) -> None:
    assert names(photos.query().fetch()) == ["ana", "a", 1, "b", "c", "ben", "d", "e"]


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("=", 3, ["a", "d"]),
        ("<", 3, ["b", "c"]),
        ("<=", 3, ["b", "c", "a", "d"]),
        (">", 3, ["e"]),
        (">=", 3, ["a", "d", "e"]),
        ("=", "3", []),
    ],
)
def test_one_property_filters(
    photos: datastore.Client, operator: str, value: object, expected: list[str]
) -> None:
    assert fetch(photos, ("likes", operator, value)) == expected


def test_two_inequalities_make_a_range(photos: datastore.Client) -> None:
    assert fetch(photos, ("likes", ">", 1), ("likes", "<", 5)) == ["c", "a", "d"]


def test_equality_filters_combine(photos: datastore.Client) -> None:
    assert fetch(photos, ("user", "=", "ana"), ("likes", "=", 3)) == ["a"]
    assert fetch(photos, ("user", "=", "ana"), ("tags", "=", "sun"), ("likes", "=", 1)) == ["b"]
    assert fetch(photos, ("user", "=", "ana"), ("nothing", "=", 1)) == []


def test_a_list_matches_by_any_of_its_values(photos: datastore.Client) -> None:
    assert fetch(photos, ("tags", "=", "sea")) == ["a", "d", "e"]
    assert fetch(photos, ("tags", "=", "sea"), ("tags", "=", "sun")) == ["a", "e"]


def test_a_list_is_found_once_by_a_range(photos: datastore.Client) -> None:
    assert fetch(photos, ("tags", ">", "g")) == ["a", "d", "e", "b"]


def test_an_unindexed_property_finds_nothing(photos: datastore.Client) -> None:
    assert fetch(photos, ("note", "=", "x")) == []
    assert fetch(photos, order=["note"]) == []


def test_orders_break_ties_by_key_ascending(photos: datastore.Client) -> None:
    assert fetch(photos, order=["likes"]) == ["b", "c", "a", "d", "e"]
    assert fetch(photos, order=["-likes"]) == ["e", "a", "d", "c", "b"]
    assert fetch(photos, order=["-likes", "-__key__"]) == ["e", "d", "a", "c", "b"]
    assert fetch(photos, order=["-__key__"]) == ["e", "d", "c", "b", "a"]


def test_several_orders(photos: datastore.Client) -> None:
    assert fetch(photos, order=["user", "-likes"]) == ["a", "c", "b", "e", "d"]
    assert fetch(photos, order=["-user", "likes"]) == ["d", "e", "b", "c", "a"]


def test_a_list_is_ordered_by_its_first_value_in_that_direction(photos: datastore.Client) -> None:
    assert fetch(photos, order=["tags"]) == ["c", "e", "a", "d", "b"]
    assert fetch(photos, order=["-tags"]) == ["a", "b", "e", "d", "c"]


def test_filter_ancestor_and_order_combine(photos: datastore.Client) -> None:
    ana = photos.key("User", "ana")

    assert fetch(photos, ("tags", "=", "sun"), order=["-likes"]) == ["e", "a", "b"]
    assert fetch(photos, ("likes", ">", 1), ancestor=ana) == ["c", "a"]
    assert fetch(photos, order=["-likes"], ancestor=ana) == ["a", "c", "b"]


def test_keys_filter_by_range(photos: datastore.Client) -> None:
    b = photos.key("User", "ana", "Photo", "b")

    assert fetch(photos, ("__key__", ">", b)) == ["c", "d", "e"]
    assert fetch(photos, ("__key__", ">=", b), ("__key__", "<", photos.key("User", "ben"))) == ["b", "c"]
    assert fetch(photos, ("__key__", "=", b)) == ["b"]
    assert fetch(photos, ("__key__", ">", b), ancestor=photos.key("User", "ana")) == ["c"]
    assert fetch(photos, ("__key__", "<", b), order=["-__key__"]) == ["a"]


def test_ids_come_before_names_and_parents_before_children(client: datastore.Client) -> None:
    for path in [
        ("B", 1),
        ("A", "a", "B", 5),
        ("A", "a"),
        ("A", 10),
        ("A", 9, "Z", 1),
        ("A", 9),
        ("A", "Ab"),
    ]:
        put(client, *path)

    found = [found.key.flat_path for found in client.query().fetch()]

    assert found == [
        ("A", 9),
        ("A", 9, "Z", 1),
        ("A", 10),
        ("A", "Ab"),
        ("A", "a"),
        ("A", "a", "B", 5),
        ("B", 1),
    ]


@pytest.mark.usefixtures("embedded")
def test_alternatives(photos: datastore.Client) -> None:
    likes = PropertyFilter("likes", "=", 1)

    assert fetch(photos, ("likes", "IN", [3, 5])) == ["a", "d", "e"]
    assert fetch(photos, ("likes", "!=", 3)) == ["b", "c", "e"]
    assert fetch(photos, ("likes", "NOT_IN", [1, 3])) == ["c", "e"]
    assert fetch(photos, ("tags", "IN", ["sea", "sun"])) == ["a", "b", "d", "e"]
    either = photos.query(kind="Photo")
    either.add_filter(
        filter=Or([likes, And([PropertyFilter("user", "=", "ben"), PropertyFilter("likes", ">", 3)])])
    )
    assert names(either.fetch()) == ["b", "e"]


@pytest.mark.usefixtures("embedded")
def test_inequalities_on_several_properties(photos: datastore.Client) -> None:
    assert fetch(photos, ("likes", ">", 1), ("user", "<", "b")) == ["c", "a"]


def test_keys_only(photos: datastore.Client) -> None:
    query = photos.query(kind="Photo")
    query.keys_only()

    found = list(query.fetch(limit=2))

    assert names(found) == ["a", "b"]
    assert [dict(one) for one in found] == [{}, {}]
    assert found[0].key == photos.key("User", "ana", "Photo", "a")


def test_a_projection_gives_one_row_per_value(photos: datastore.Client) -> None:
    rows = [(row.key.name, row["tags"]) for row in photos.query(kind="Photo", projection=["tags"]).fetch()]

    assert rows == [
        ("c", None), ("e", "fog"), ("a", "sea"), ("d", "sea"),
        ("e", "sea"), ("a", "sun"), ("b", "sun"), ("e", "sun"),
    ]  # fmt: skip


def test_a_projection_of_two_properties(photos: datastore.Client) -> None:
    query = photos.query(kind="Photo", projection=["likes", "user"], order=["-user", "likes"])

    assert [(row["user"], row["likes"]) for row in query.fetch()] == [
        ("ben", 3), ("ben", 5), ("ana", 1), ("ana", 2), ("ana", 3),
    ]  # fmt: skip


def test_distinct_gives_the_first_of_each_value(photos: datastore.Client) -> None:
    query = photos.query(kind="Photo", projection=["likes"], distinct_on=["likes"], order=["-likes"])

    assert [(row.key.name, row["likes"]) for row in query.fetch()] == [("e", 5), ("a", 3), ("c", 2), ("b", 1)]


def test_distinct_over_pages_repeats_nothing(photos: datastore.Client) -> None:
    query = photos.query(kind="Photo", projection=["likes"], distinct_on=["likes"], order=["likes"])
    found, cursor = [], None

    for _ in range(4):
        page = query.fetch(limit=1, start_cursor=cursor)
        found += [row["likes"] for row in page]
        cursor = page.next_page_token

    assert found == [1, 2, 3, 5]


def test_inner_properties_are_indexed_by_their_path(client: datastore.Client) -> None:
    inner = datastore.Entity()
    inner.update(city="Rome", zip=7)
    put(client, "User", "ana", home=inner)

    assert names(where(client.query(kind="User"), "home.city", "=", "Rome").fetch()) == ["ana"]
    assert names(client.query(kind="User", order=["home.zip"]).fetch()) == ["ana"]
    assert names(client.query(kind="User", order=["home"]).fetch()) == []


def test_an_index_forgets_what_an_entity_no_longer_has(client: datastore.Client) -> None:
    key = put(client, "Photo", "a", likes=1, tags=["sea", "sun"])
    put(client, "Photo", "a", likes=2, tags=["sun"])

    assert fetch(client, ("likes", "=", 1)) == fetch(client, ("tags", "=", "sea")) == []
    assert fetch(client, ("likes", "=", 2)) == fetch(client, ("tags", "=", "sun")) == ["a"]
    client.delete(key)
    assert fetch(client) == fetch(client, order=["likes"]) == []


LIKES = {"property": {"name": "likes"}, "op": "EQUAL", "value": {"integer_value": 1}}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"filter": {"property_filter": LIKES}}, "kind is"),
        ({"kind": [{"name": "A"}, {"name": "B"}]}, "kind"),
        ({"kind": [{"name": "A"}], "start_cursor": b"abcd"}, None),
        ({"kind": [{"name": "A"}], "offset": -1}, None),
    ],
)  # fmt: skip
def test_a_query_that_means_nothing_is_refused(
    client: datastore.Client, query: dict[str, object], words: str | None
) -> None:
    with pytest.raises(InvalidArgument, match=words):
        run(client, **query)


def test_a_projected_property_must_not_be_equal_to_something(photos: datastore.Client) -> None:
    query = where(photos.query(kind="Photo", projection=["likes"]), "likes", "=", 1)

    with pytest.raises(InvalidArgument, match="cannot use projection on a property with an equality filter"):
        list(query.fetch())


def test_the_datastore_knows_its_kinds_namespaces_and_properties(photos: datastore.Client) -> None:
    properties = photos.query(kind="__property__", ancestor=photos.key("__kind__", "Photo"))
    properties.keys_only()

    assert names(photos.query(kind="__kind__").fetch()) == ["Comment", "Photo", "User"]
    assert names(properties.fetch()) == ["likes", "tags", "user"]
    assert photos.namespace in names(photos.query(kind="__namespace__").fetch())
