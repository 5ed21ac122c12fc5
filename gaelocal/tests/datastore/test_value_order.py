"""The order of values across types, against plain Python."""

import datetime
import math
import struct
from typing import Any

from google.cloud.datastore.helpers import GeoPoint
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.datastore.conftest import Connect
from tests.datastore.entities import entity, names, where

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

times = st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2200, 1, 1)).map(  # noqa: DTZ001
    lambda when: when.replace(tzinfo=datetime.UTC)
)
points = st.builds(GeoPoint, st.floats(-90, 90), st.floats(-180, 180))
texts = st.text(st.characters(codec="utf-8"), max_size=8)
scalars = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    times,
    st.booleans(),
    texts,
    st.binary(max_size=8),
    st.floats(),
    points,
)


def rank(value: Any) -> tuple[int, Any]:
    """Say where Google documents that a value stands."""
    if value is None:
        return 0, 0
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, int):
        return 1, value
    if isinstance(value, datetime.datetime):
        return 1, (value - EPOCH) // datetime.timedelta(microseconds=1)
    if isinstance(value, str | bytes):
        return 3, value.encode() if isinstance(value, str) else value
    return (
        (4, double(value))
        if isinstance(value, float)
        else (5, (double(value.latitude), double(value.longitude)))
    )


def double(value: float) -> tuple[float, float]:
    """NaN stands last, and 0.0 behind -0.0."""
    return (math.inf, 1) if math.isnan(value) else (value, math.copysign(1, value) if not value else 0)


@FEW
@given(st.lists(scalars, min_size=2, max_size=12))
def test_any_values_come_in_the_documented_order(connect: Connect, values: list[Any]) -> None:
    client = connect()
    client.put_multi([entity(client.key("V", n + 1), v=value) for n, value in enumerate(values)])
    expected = sorted(range(1, len(values) + 1), key=lambda n: (rank(values[n - 1]), n))

    found = names(client.query(kind="V", order=["v"]).fetch())

    assert found == expected


@FEW
@given(st.lists(scalars, min_size=2, max_size=8), st.data())
def test_a_range_follows_the_sort_order(connect: Connect, values: list[Any], draw: st.DataObject) -> None:
    client = connect()
    client.put_multi([entity(client.key("V", n + 1), v=value) for n, value in enumerate(values)])
    edge = draw.draw(st.sampled_from(values))
    expected = [n + 1 for n, value in enumerate(values) if rank(value) >= rank(edge)]

    found = names(where(client.query(kind="V"), "v", ">=", edge).fetch())

    assert sorted(found) == expected


def test_a_double_keeps_its_bits(connect: Connect) -> None:
    client = connect()
    values = [-math.inf, -1e308, -5e-324, -0.0, 0.0, 5e-324, 1.5, math.inf]
    client.put_multi([entity(client.key("V", n + 1), v=value) for n, value in enumerate(values)])

    rows = client.query(kind="V", projection=["v"]).fetch()

    assert [struct.pack(">d", row["v"]) for row in rows] == [struct.pack(">d", value) for value in values]
