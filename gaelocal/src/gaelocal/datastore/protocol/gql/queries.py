"""SELECT statements, parsed into Query messages."""

from collections.abc import Callable
from typing import Any

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.protocol.gql.tokens import Tokens, unquoted
from gaelocal.datastore.protocol.gql.values import Values
from gaelocal.protobuf.datastore_pb2 import (
    CompositeFilter,
    Filter,
    PropertyFilter,
    PropertyOrder,
    Query,
    Value,
)

KEY = "__key__"
MOST_NESTED_PARENTHESES = 50
_RESERVED = frozenset({"SELECT", "FROM", "WHERE", "AND", "OR"})
_COMPARISONS = {
    "=": (PropertyFilter.EQUAL, PropertyFilter.EQUAL),
    "!=": (PropertyFilter.NOT_EQUAL, PropertyFilter.NOT_EQUAL),
    "<": (PropertyFilter.LESS_THAN, PropertyFilter.GREATER_THAN),
    "<=": (PropertyFilter.LESS_THAN_OR_EQUAL, PropertyFilter.GREATER_THAN_OR_EQUAL),
    ">": (PropertyFilter.GREATER_THAN, PropertyFilter.LESS_THAN),
    ">=": (PropertyFilter.GREATER_THAN_OR_EQUAL, PropertyFilter.LESS_THAN_OR_EQUAL),
}
"""The operator of each sign, and the one with its sides exchanged."""


def parse_query(gql: Any, partition_id: Any) -> Query:
    """Return the query of a GqlQuery.

    Raises:
        DatastoreError: INVALID_ARGUMENT, with the place of the mistake.
    """
    parser = QueryParser(Tokens(gql.query_string), gql, partition_id)
    query = parser.parse()
    parser.tokens.expect_end()
    return query


class QueryParser:
    def __init__(self, tokens: Tokens, gql: Any, partition_id: Any) -> None:
        self.tokens = tokens
        self._values = Values(tokens, gql, partition_id)
        self._depth = 0

    def parse(self) -> Query:
        """Parse a query up to where it ends."""
        query = Query()
        self.tokens.expect("SELECT")
        self._parse_targets(query)
        self.parse_rest(query)
        return query

    def parse_rest(self, query: Query) -> None:
        """Parse what follows the list of properties, from FROM on."""
        if self.tokens.take_words("FROM"):
            query.kind.add(name=self._name())
        if self.tokens.take_words("WHERE"):
            query.filter.CopyFrom(self._disjunction())
        if self.tokens.take_words("GROUP", "BY"):
            raise invalid_argument("GROUP BY not supported.")
        if self.tokens.take_words("ORDER", "BY"):
            self._list(lambda: self._parse_order(query))
        if self.tokens.take_words("LIMIT"):
            self._parse_limit(query)
        if self.tokens.take_words("OFFSET"):
            self._parse_offset(query)

    def property(self) -> str:
        """Read the name of a property, which may be a path such as `address.city`."""
        names = [self._name()]
        while self.tokens.take_words("."):
            names.append(self._name())
        return ".".join(names)

    def count(self) -> int:
        """Read a number of results."""
        return self._values.read_count()

    def _parse_targets(self, query: Query) -> None:
        if self.tokens.take_words("DISTINCT", "ON"):
            self.tokens.expect("(")
            self._list(lambda: query.distinct_on.add(name=self.property()))
            self.tokens.expect(")")
            self._list(lambda: query.projection.add().property.MergeFrom(_reference(self.property())))
        elif self.tokens.take_words("DISTINCT"):
            self._list(lambda: query.distinct_on.add(name=self.property()))
            for one in query.distinct_on:
                query.projection.add().property.name = one.name
        elif not self.tokens.take_words("*"):
            self._list(lambda: query.projection.add().property.MergeFrom(_reference(self.property())))

    def _list(self, parse: Callable[[], object]) -> None:
        parse()
        while self.tokens.take_words(","):
            parse()

    def _name(self) -> str:
        token = self.tokens.current
        is_reserved = token.kind == "name" and token.text.upper() in _RESERVED
        if token.kind not in ("name", "quoted") or is_reserved:
            self.tokens.fail("a name")
        self.tokens.take()
        return token.text if token.kind == "name" else unquoted(token)

    def _disjunction(self) -> Filter:
        return self._composite("OR", CompositeFilter.OR, self._conjunction)

    def _conjunction(self) -> Filter:
        return self._composite("AND", CompositeFilter.AND, self._condition)

    def _composite(
        self, word: str, operator: CompositeFilter.Operator, parse: Callable[[], Filter]
    ) -> Filter:
        parts = [parse()]
        while self.tokens.take_words(word):
            parts.append(parse())
        if len(parts) == 1:
            return parts[0]
        return Filter(composite_filter=CompositeFilter(op=operator, filters=parts))

    def _condition(self) -> Filter:
        if not self.tokens.take_words("("):
            return self._comparison()
        self._depth += 1
        if self._depth > MOST_NESTED_PARENTHESES:
            raise invalid_argument(f"At most {MOST_NESTED_PARENTHESES} parentheses may be nested.")
        inner = self._disjunction()
        self._depth -= 1
        self.tokens.expect(")")
        return inner

    def _comparison(self) -> Filter:
        if self._values.is_next():
            return self._turned_comparison()
        name = self.property()
        if self.tokens.take_words("IS", "NULL"):
            return _filter(name, PropertyFilter.EQUAL, Value(null_value="NULL_VALUE"))
        for words, operator in (
            (("HAS", "ANCESTOR"), PropertyFilter.HAS_ANCESTOR),
            (("CONTAINS",), PropertyFilter.EQUAL),
            (("NOT", "IN"), PropertyFilter.NOT_IN),
            (("IN",), PropertyFilter.IN),
        ):
            if self.tokens.take_words(*words):
                return _filter(name, operator, self._values.read())
        return _filter(name, self._sign()[0], self._values.read())

    def _turned_comparison(self) -> Filter:
        """Parse a comparison that begins with its value, such as `5 < n`."""
        value = self._values.read()
        if self.tokens.take_words("HAS", "DESCENDANT"):
            return _filter(self.property(), PropertyFilter.HAS_ANCESTOR, value)
        if self.tokens.take_words("IN"):
            return _filter(self.property(), PropertyFilter.EQUAL, value)
        operator = self._sign()[1]
        return _filter(self.property(), operator, value)

    def _sign(self) -> tuple[PropertyFilter.Operator, PropertyFilter.Operator]:
        if self.tokens.current.text not in _COMPARISONS:
            self.tokens.fail("a comparison")
        return _COMPARISONS[self.tokens.take().text]

    def _parse_order(self, query: Query) -> None:
        order = query.order.add(direction=PropertyOrder.ASCENDING)
        order.property.name = self.property()
        if self.tokens.take_words("DESC"):
            order.direction = PropertyOrder.DESCENDING
        else:
            self.tokens.take_words("ASC")

    def _parse_limit(self, query: Query) -> None:
        if self.tokens.take_words("FIRST", "("):
            query.limit.value = self._values.read_count()
            self.tokens.expect(",")
            cursor = self._values.read_cursor()
            if cursor is None:
                self.tokens.fail("a limit cursor")
            query.end_cursor = cursor
            self.tokens.expect(")")
            return
        cursor = self._values.read_cursor()
        if cursor is None:
            query.limit.value = self._values.read_count()
        else:
            query.end_cursor = cursor

    def _parse_offset(self, query: Query) -> None:
        cursor = self._values.read_cursor()
        if cursor is None:
            query.offset = self._values.read_count()
            return
        query.start_cursor = cursor
        if self.tokens.take_words("+"):
            query.offset = self._values.read_count()


def _filter(name: str, operator: PropertyFilter.Operator, value: Any) -> Filter:
    made = PropertyFilter(op=operator, value=value)
    made.property.name = name
    return Filter(property_filter=made)


def _reference(name: str) -> Any:
    made = PropertyOrder()
    made.property.name = name
    return made.property
