"""Build queries from the form of the panel, and read their results."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

from gaelocal.console.datastore.client import DatastoreCalls
from gaelocal.console.datastore.values import key_of, partition_of, value_of
from gaelocal.console.problems import ConsoleError
from gaelocal.datastore.errors import DatastoreError
from gaelocal.datastore.protocol.gql import parse_aggregation_query, parse_query
from gaelocal.protobuf.datastore_pb2 import (
    AggregationQuery,
    CompositeFilter,
    GqlQuery,
    PartitionId,
    PropertyFilter,
    PropertyOrder,
    Query,
    QueryResultBatch,
    RunAggregationQueryRequest,
    RunQueryRequest,
)

OPERATORS = {
    "=": PropertyFilter.EQUAL,
    "!=": PropertyFilter.NOT_EQUAL,
    "<": PropertyFilter.LESS_THAN,
    "<=": PropertyFilter.LESS_THAN_OR_EQUAL,
    ">": PropertyFilter.GREATER_THAN,
    ">=": PropertyFilter.GREATER_THAN_OR_EQUAL,
}
PAGE_SIZES = (25, 50, 100)
MOST_FILTERS = 8
MOST_COUNTED = 100_000
MOST_KINDS = 300
MOST_DIGITS = 9
KEY = "__key__"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterRow:
    name: str = ""
    operator: str = "="
    kind: str = "string"
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryForm:
    """The parameters of the address of the panel."""

    kind: str = ""
    namespace: str = ""
    database: str = ""
    ancestor: str = ""
    filters: tuple[FilterRow, ...] = ()
    order: str = ""
    is_descending: bool = False
    gql: str = ""
    size: int = PAGE_SIZES[0]
    cursor: str = ""
    page: int = 1

    @classmethod
    def of(cls, parameters: Any) -> "QueryForm":
        """Read the parameters.

        Raises:
            ConsoleError: a filter is incomplete.
        """
        names, operators = parameters.getall("f", []), parameters.getall("op", [])
        kinds, values = parameters.getall("t", []), parameters.getall("v", [])
        if len(names) > min(len(operators), len(kinds), len(values)):
            raise ConsoleError(400, "invalid_filter", "A filter lacks its operator, its type or its value.")
        rows = zip(names, operators, kinds, values, strict=False)
        return cls(
            kind=parameters.get("kind", ""),
            namespace=parameters.get("ns", ""),
            database=parameters.get("db", ""),
            ancestor=parameters.get("ancestor", "").strip(),
            filters=tuple(
                FilterRow(name=name, operator=operator, kind=kind, value=value)
                for name, operator, kind, value in rows
                if name
            )[:MOST_FILTERS],
            order=parameters.get("order", ""),
            is_descending=parameters.get("dir", "") == "desc",
            gql=parameters.get("gql", "").strip(),
            size=_number(parameters.get("size", ""), PAGE_SIZES[0], PAGE_SIZES[-1]),
            cursor=parameters.get("cursor", ""),
            page=_number(parameters.get("page", ""), 1, 1_000_000),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """`next_cursor` is empty on the last page; `totals` are those of an aggregation, without entities."""

    entities: list[Any] = field(default_factory=list)
    next_cursor: str = ""
    totals: dict[str, Any] = field(default_factory=dict)
    is_partial: bool = False
    """Whether entities lack their other properties: a projection or keys only."""


class Queries:
    """Runs queries in one project."""

    def __init__(self, calls: DatastoreCalls, project: str) -> None:
        self._calls = calls
        self._project = project

    async def run(self, form: QueryForm) -> Results:
        """Return one page of results.

        Raises:
            DatastoreError: the query is refused.
            ConsoleError: a value of the form is malformed.
        """
        partition = partition_of(self._project, form.database, form.namespace)
        if _is_aggregation(form.gql):
            return await self._totals(form, partition)
        query = gql_query(form.gql, partition) if form.gql else query_of(form, partition)
        limit = query.limit.value if query.HasField("limit") else None
        left = form.size if limit is None else limit - (form.page - 1) * form.size
        query.limit.value = max(0, min(left, form.size))
        if form.cursor:
            query.start_cursor = _cursor(form.cursor)
            query.offset = 0
        request = RunQueryRequest(project_id=self._project, database_id=form.database, query=query)
        request.partition_id.CopyFrom(partition)
        batch = (await self._calls.call("RunQuery", request)).batch
        has_more = batch.more_results in (
            QueryResultBatch.NOT_FINISHED,
            QueryResultBatch.MORE_RESULTS_AFTER_LIMIT,
        )
        is_within = limit is None or limit > form.page * form.size
        more = has_more and is_within and bool(batch.entity_results)
        return Results(
            entities=[result.entity for result in batch.entity_results],
            next_cursor=base64.urlsafe_b64encode(batch.end_cursor).decode() if more else "",
            is_partial=bool(query.projection),
        )

    async def count(self, kind: str, partition: Any) -> int:
        """Return the number of entities of a kind, at most MOST_COUNTED."""
        query = AggregationQuery()
        query.nested_query.kind.add(name=kind)
        query.aggregations.add(alias="count").count.up_to.value = MOST_COUNTED
        totals = await self._aggregate(query, partition)
        return int(totals["count"].integer_value)

    async def namespaces(self, database: str) -> list[str]:
        entities = await self._metadata("__namespace__", partition_of(self._project, database))
        return [entity.key.path[-1].name for entity in entities]

    async def kinds(self, partition: Any) -> list[str]:
        entities = await self._metadata("__kind__", partition)
        names = (entity.key.path[-1].name for entity in entities)
        return [name for name in names if not (name.startswith("__") and name.endswith("__"))]

    async def _metadata(self, kind: str, partition: Any) -> list[Any]:
        query = Query()
        query.kind.add(name=kind)
        query.limit.value = MOST_KINDS
        query.projection.add().property.name = KEY
        request = RunQueryRequest(
            project_id=self._project, database_id=partition.database_id, query=query, partition_id=partition
        )
        batch = (await self._calls.call("RunQuery", request)).batch
        return [result.entity for result in batch.entity_results]

    async def _totals(self, form: QueryForm, partition: Any) -> Results:
        gql = GqlQuery(query_string=form.gql, allow_literals=True)
        return Results(totals=await self._aggregate(parse_aggregation_query(gql, partition), partition))

    async def _aggregate(self, query: Any, partition: Any) -> dict[str, Any]:
        request = RunAggregationQueryRequest(
            project_id=self._project,
            database_id=partition.database_id,
            aggregation_query=query,
            partition_id=partition,
        )
        batch = (await self._calls.call("RunAggregationQuery", request)).batch
        return dict(batch.aggregation_results[0].aggregate_properties)


def gql_query(text: str, partition: Any) -> Any:
    """Parse a GQL query; its keys belong to the partition.

    Raises:
        DatastoreError: INVALID_ARGUMENT, with the place of the mistake.
    """
    return parse_query(GqlQuery(query_string=text, allow_literals=True), partition)


def query_of(form: QueryForm, partition: Any) -> Any:
    """Build the query of the form.

    Raises:
        ConsoleError: the ancestor or the value of a filter is malformed.
    """
    query = Query()
    if form.kind:
        query.kind.add(name=form.kind)
    filters = [_property_filter(row, partition) for row in form.filters]
    if form.ancestor:
        filters.append(_ancestor_filter(form.ancestor, partition))
    if filters:
        composite = query.filter.composite_filter
        composite.op = CompositeFilter.AND
        for one in filters:
            composite.filters.add().property_filter.CopyFrom(one)
    if form.order:
        direction = PropertyOrder.DESCENDING if form.is_descending else PropertyOrder.ASCENDING
        query.order.add(direction=direction).property.name = form.order
    return query


def _property_filter(row: FilterRow, partition: Any) -> Any:
    if row.operator not in OPERATORS:
        raise ConsoleError(400, "invalid_filter", f"A filter has no operator “{row.operator[:20]}”.")
    one = PropertyFilter(op=OPERATORS[row.operator])
    one.property.name = row.name
    one.value.CopyFrom(value_of(row.kind, row.value, partition, row.name))
    return one


def _ancestor_filter(text: str, partition: Any) -> Any:
    one = PropertyFilter(op=PropertyFilter.HAS_ANCESTOR)
    one.property.name = KEY
    key = key_of(text, partition)
    key.partition_id.CopyFrom(PartitionId(project_id=partition.project_id))
    key.partition_id.database_id = partition.database_id
    key.partition_id.namespace_id = partition.namespace_id
    one.value.key_value.CopyFrom(key)
    return one


def _is_aggregation(gql: str) -> bool:
    """Return whether a query is an aggregation, which the parser of queries refuses."""
    words = gql.upper().split(None, 1)
    if words[:1] == ["AGGREGATE"]:
        return True
    if words[:1] != ["SELECT"] or len(words) == 1:
        return False
    return words[1].startswith(("COUNT(", "COUNT_UP_TO(", "SUM(", "AVG("))


def _cursor(text: str) -> bytes:
    try:
        return base64.b64decode(text, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise ConsoleError(
            400, "invalid_cursor", "The cursor in this address is damaged. Start at the first page."
        ) from None


def _number(text: str, default: int, most: int) -> int:
    is_valid = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and 1 <= int(text) <= most
    return int(text) if is_valid else default


__all__ = ["OPERATORS", "PAGE_SIZES", "DatastoreError", "FilterRow", "Queries", "QueryForm", "Results"]
