"""count, sum and avg."""

from datetime import UTC, datetime

import pytest
from google.api_core.exceptions import InvalidArgument
from google.cloud import datastore
from tests.datastore.entities import entity, where

pytestmark = pytest.mark.usefixtures("embedded")


@pytest.fixture
def photos(client: datastore.Client) -> datastore.Client:
    client.put_multi(
        [entity(client.key("Photo", n + 1), likes=likes) for n, likes in enumerate([3, 1, 2, 3, 5])]
    )
    return client


def test_aggregations(photos: datastore.Client) -> None:
    query = where(photos.query(kind="Photo"), "likes", "<", 5)
    wanted = (
        photos.aggregation_query(query).count(alias="all").sum("likes", alias="sum").avg("likes", alias="avg")
    )

    [row] = wanted.fetch()

    assert {one.alias: one.value for one in row} == {"all": 4, "sum": 9, "avg": 2.25}


def test_a_limited_sum_takes_the_smallest_values(photos: datastore.Client) -> None:
    wanted = photos.aggregation_query(photos.query(kind="Photo")).sum("likes", alias="sum")

    [row] = wanted.fetch(limit=2)

    assert row[0].value == 3


def test_a_count_may_be_bounded_and_an_average_of_nothing_is_nothing(photos: datastore.Client) -> None:
    none = where(photos.query(kind="Photo"), "likes", ">", 9)

    [bounded] = photos.aggregation_query(photos.query(kind="Photo")).count(alias="n").fetch(limit=2)
    [empty] = photos.aggregation_query(none).avg("likes", alias="avg").fetch()

    assert bounded[0].value == 2
    assert not empty[0].value


def test_sums_take_each_index_entry_of_arrays_and_no_timestamps(client: datastore.Client) -> None:
    values = [[5], [1, 2], 3, "x", 2.5, None, datetime(2026, 1, 1, tzinfo=UTC)]
    client.put_multi([entity(client.key("Photo", n + 1), likes=value) for n, value in enumerate(values)])
    client.put(entity(client.key("Photo", 99)))
    wanted = client.aggregation_query(client.query(kind="Photo")).sum("likes", alias="sum").count(alias="all")
    bounded = client.aggregation_query(client.query(kind="Photo")).sum("likes", alias="sum")

    [row] = wanted.fetch()
    [first] = bounded.fetch(limit=100)

    assert {one.alias: one.value for one in row} == {"all": 8, "sum": 13.5}
    assert first[0].value == 13.5


def test_properties_of_embedded_entities_are_summed(client: datastore.Client) -> None:
    for number in (1, 2):
        place = datastore.Entity()
        place["visits"] = 4
        client.put(entity(client.key("Photo", number), place=place))

    [row] = client.aggregation_query(client.query(kind="Photo")).sum("place.visits", alias="sum").fetch()

    assert row[0].value == 8


def test_a_key_cannot_be_summed(photos: datastore.Client) -> None:
    with pytest.raises(InvalidArgument, match="not supported for the property: __key__"):
        list(photos.aggregation_query(photos.query(kind="Photo")).sum("__key__").fetch())
