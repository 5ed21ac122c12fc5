"""count, sum and avg."""

import pytest
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
