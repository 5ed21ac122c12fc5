"""Aggregations in GQL: `SELECT COUNT(*) FROM …` and `AGGREGATE COUNT(*) OVER (SELECT …)`."""

from typing import Any

from gaelocal.datastore.protocol.gql.queries import QueryParser
from gaelocal.datastore.protocol.gql.tokens import Tokens
from gaelocal.protobuf.datastore_pb2 import AggregationQuery


def parse_aggregation_query(gql: Any, partition_id: Any) -> AggregationQuery:
    """Return the aggregation query of a GqlQuery.

    Raises:
        DatastoreError: INVALID_ARGUMENT, with the place of the mistake.
    """
    tokens = Tokens(gql.query_string)
    parser = QueryParser(tokens, gql, partition_id)
    aggregation = AggregationQuery()
    if tokens.take_words("AGGREGATE"):
        _parse_list(parser, aggregation)
        tokens.expect("OVER", "(")
        aggregation.nested_query.CopyFrom(parser.parse())
        tokens.expect(")")
    else:
        tokens.expect("SELECT")
        _parse_list(parser, aggregation)
        parser.parse_rest(aggregation.nested_query)
    tokens.expect_end()
    return aggregation


def _parse_list(parser: QueryParser, aggregation: AggregationQuery) -> None:
    _parse_one(parser, aggregation.aggregations.add())
    while parser.tokens.take_words(","):
        _parse_one(parser, aggregation.aggregations.add())


def _parse_one(parser: QueryParser, one: Any) -> None:
    tokens = parser.tokens
    if tokens.take_words("COUNT", "("):
        tokens.expect("*")
        one.count.SetInParent()
    elif tokens.take_words("COUNT_UP_TO", "("):
        one.count.up_to.value = parser.count()
    elif tokens.take_words("SUM", "("):
        one.sum.property.name = parser.property()
    elif tokens.take_words("AVG", "("):
        one.avg.property.name = parser.property()
    else:
        tokens.fail("COUNT, COUNT_UP_TO, SUM or AVG")
    tokens.expect(")")
    if tokens.take_words("AS"):
        one.alias = parser.property()
