"""GQL, as text in a request."""

import time
from typing import Any

import pytest
from google.api_core.exceptions import InvalidArgument
from google.cloud import datastore
from google.cloud.datastore_v1 import types
from tests.datastore.entities import entity

from gaelocal.datastore.protocol.gql.tokens import Tokens

ANA = ("User", "ana")


@pytest.fixture
def photos(client: datastore.Client) -> datastore.Client:
    client.put_multi(
        [entity(client.key(*ANA, "Photo", f"p{n}"), n=n, album=n % 3, title=f"no. {n}") for n in range(6)]
    )
    return client


def select(client: datastore.Client, text: str, *, literals: bool = True, **bindings: Any) -> Any:
    gql = {"query_string": text, "allow_literals": literals, **bindings}
    partition = {"project_id": client.project, "namespace_id": client.namespace}
    request = {"project_id": client.project, "partition_id": partition, "gql_query": gql}
    return client._datastore_api.run_query(request=request)


def names(response: Any) -> list[str]:
    return [result.entity.key.path[-1].name for result in response.batch.entity_results]


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("", "012345"),
        ("WHERE album = 1", "14"),
        ("where 3 <= n and n < 5", "34"),
        ("WHERE title = 'no. 2'", "2"),
        ('WHERE `title` = "no. 2" OR n = 5', "25"),
        ("WHERE (album = 1 OR n = 3) AND n < 4", "13"),
        ("WHERE n IN ARRAY(1, 2, 9)", "12"),
        ("WHERE album NOT IN ARRAY(0, 2)", "14"),
        ("WHERE album != 1 ORDER BY album DESC, n DESC", "5230"),
        ("WHERE __key__ HAS ANCESTOR KEY(User, 'ana') AND album = 0", "03"),
        ("WHERE __key__ = KEY(User, 'ana', Photo, 'p4')", "4"),
        ("WHERE n IS NULL", ""),
        ("ORDER BY n DESC LIMIT 2 OFFSET 1", "43"),
    ],
)
def test_conditions(photos: datastore.Client, rest: str, expected: str) -> None:
    assert names(select(photos, f"SELECT * FROM Photo {rest}")) == [f"p{n}" for n in expected]


def test_the_response_carries_the_parsed_query(photos: datastore.Client) -> None:
    query = select(photos, "SELECT DISTINCT album FROM Photo ORDER BY album").query

    assert query.kind[0].name == "Photo"
    assert [one.name for one in query.distinct_on] == ["album"]


def test_bindings_carry_values_and_cursors(photos: datastore.Client) -> None:
    first = select(photos, "SELECT * FROM Photo LIMIT 2").batch.end_cursor
    named = {"after": {"cursor": first}, "album": {"value": {"integer_value": 0}}}
    text = "SELECT * FROM Photo WHERE album >= @album ORDER BY __key__ LIMIT @1 OFFSET @after"
    no_filter = "SELECT * FROM Photo LIMIT @1 OFFSET @after"
    positional = [{"value": {"integer_value": 3}}]

    rest = select(photos, no_filter, literals=False, named_bindings=named, positional_bindings=positional)

    assert names(rest) == ["p2", "p3", "p4"]
    with pytest.raises(InvalidArgument):
        select(photos, text, literals=False, named_bindings=named, positional_bindings=positional)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "<EOF>"),
        ("SELECT FROM Photo", 'Encountered "FROM"'),
        ("SELECT * FROM Photo WHERE", "<EOF>"),
        ("SELECT * FROM Photo x", 'Encountered "x"'),
        ("SELECT * FROM Photo LIMIT 1, 2", 'Encountered ","'),
        ("SELECT * FROM Photo WHERE n = 1;", "Lexical error"),
        ("SELECT * FROM Photo WHERE n = @missing", "Absent named binding: missing"),
        ("SELECT * FROM Photo WHERE n = @2", "Absent positional binding: 2"),
        ("SELECT album FROM Photo GROUP BY album", "GROUP BY not supported"),
        ("SELECT * FROM Photo WHERE " + "(" * 60 + "n = 1" + ")" * 60, "parentheses"),
        ("SELECT * FROM Photo WHERE n = 99999999999999999999", "too large"),
        ("SELECT * FROM Photo WHERE n = DATETIME('yesterday')", "Invalid DATETIME"),
        ("SELECT * FROM Photo WHERE n = " + "ARRAY(" * 3000, "cannot contain another"),
        ("DELETE FROM Photo", 'Encountered "DELETE"'),
    ],
)
def test_errors_name_their_position(client: datastore.Client, text: str, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        select(client, text)


def test_a_long_query_is_read_in_a_time_that_grows_with_its_length() -> None:
    began = time.process_time()

    tokens = Tokens("a = 1 AND " * 20_000)

    assert tokens.current.text == "a"
    assert time.process_time() - began < 2


def test_literals_are_refused_unless_they_are_allowed(client: datastore.Client) -> None:
    with pytest.raises(InvalidArgument, match="Disallowed literal: 1"):
        select(client, "SELECT * FROM Photo WHERE n = 1", literals=False)


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT COUNT(*) FROM Photo", {"property_1": 6}),
        ("SELECT SUM(n) AS total, AVG(n) AS mean FROM Photo WHERE album = 1", {"total": 5, "mean": 2.5}),
        ("AGGREGATE COUNT_UP_TO(2) AS some OVER (SELECT * FROM Photo)", {"some": 2}),
        ("AGGREGATE COUNT(*) AS few OVER (SELECT * FROM Photo LIMIT 3)", {"few": 3}),
    ],
)
def test_aggregations(photos: datastore.Client, text: str, expected: dict[str, float]) -> None:
    partition = {"project_id": photos.project, "namespace_id": photos.namespace}
    gql = {"query_string": text, "allow_literals": True}
    request = {"project_id": photos.project, "partition_id": partition, "gql_query": gql}

    response = photos._datastore_api.run_aggregation_query(request=request)

    totals = types.AggregationResult.pb(response.batch.aggregation_results[0]).aggregate_properties
    assert {name: value.integer_value or value.double_value for name, value in totals.items()} == expected
