"""GQL, the query language of Datastore, parsed into query messages."""

from gaelocal.datastore.protocol.gql.aggregations import parse_aggregation_query
from gaelocal.datastore.protocol.gql.queries import parse_query

__all__ = ["parse_aggregation_query", "parse_query"]
