"""Convert a filter into branches: OR, IN, != and NOT_IN become alternatives."""

from collections.abc import Callable, Iterable
from functools import reduce
from itertools import pairwise, product
from typing import Any, NamedTuple

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.protocol.scope import Scope
from gaelocal.datastore.state.keys import partition_number
from gaelocal.datastore.state.queries import KEY, Branch, Range, above, below, descendants, only
from gaelocal.datastore.state.values import encode_value
from gaelocal.protobuf.datastore_pb2 import CompositeFilter, PropertyFilter

# Google's limit on the alternatives of one query.
MOST_BRANCHES = 30


class Condition(NamedTuple):
    """The range of values that one comparison admits; `equal` where it is a single value."""

    name: str
    wanted: Range
    equal: bytes | None = None
    is_ancestor: bool = False


class Filters(NamedTuple):
    branches: tuple[Branch, ...]
    ancestor: bool
    unequal: tuple[str, ...]
    equal: frozenset[str]


EncodeKey = Callable[[Any], bytes]


def parse_filter(scope: Scope, partition: int, written: Any) -> Filters:
    encode_key = _key_encoder(scope, partition)
    alternatives = _alternatives(encode_key, written) if written.WhichOneof("filter_type") else [()]
    if len(alternatives) > MOST_BRANCHES:
        raise invalid_argument(f"The query has more than {MOST_BRANCHES} disjunctions.")
    has_ancestor = _check_ancestors(alternatives)
    every = [condition for conditions in alternatives for condition in conditions]
    names = dict.fromkeys(one.name for one in every if one.equal is None and one.name != KEY)
    return Filters(
        tuple(_branch(partition, conditions) for conditions in alternatives),
        has_ancestor,
        tuple(sorted(names)),
        frozenset(one.name for one in every if one.equal is not None),
    )


def _check_ancestors(alternatives: Iterable[tuple[Condition, ...]]) -> bool:
    """Return whether the query has an ancestor, which must be the same in all alternatives."""
    ancestors = {
        tuple(sorted({one.wanted for one in conditions if one.is_ancestor})) for conditions in alternatives
    }
    if ancestors == {()}:
        return False
    if len(ancestors) > 1 or any(len(ranges) > 1 for ranges in ancestors):
        raise invalid_argument("All disjunctions must have a common and unique ancestor constraint.")
    return True


def _branch(partition: int, conditions: Iterable[Condition]) -> Branch:
    keys = Range(partition.to_bytes(4, "big"), (partition + 1).to_bytes(4, "big"))
    ranges: dict[str, Range] = {}
    equal: dict[tuple[str, bytes], None] = {}
    for one in conditions:
        if one.name == KEY:
            keys &= one.wanted
        elif one.equal is not None:
            equal[(one.name, one.equal)] = None
        else:
            ranges[one.name] = ranges.get(one.name, Range()) & one.wanted
    return Branch(keys, tuple(equal), ranges)


def _alternatives(encode_key: EncodeKey, written: Any) -> list[tuple[Condition, ...]]:
    if written.WhichOneof("filter_type") == "property_filter":
        return [(condition,) for condition in _comparison(encode_key, written.property_filter)]
    parts = [_alternatives(encode_key, part) for part in written.composite_filter.filters]
    if not parts:
        raise invalid_argument("A composite filter must have at least one sub-filter.")
    if written.composite_filter.op != CompositeFilter.AND:
        return [alternative for part in parts for alternative in part]
    return reduce(_conjunction, parts)


def _conjunction(
    left: list[tuple[Condition, ...]], right: list[tuple[Condition, ...]]
) -> list[tuple[Condition, ...]]:
    if len(left) * len(right) > MOST_BRANCHES:
        raise invalid_argument(f"The query has more than {MOST_BRANCHES} disjunctions.")
    return [(*one, *other) for one, other in product(left, right)]


def _comparison(encode_key: EncodeKey, written: Any) -> list[Condition]:
    name, operator = written.property.name, written.op
    encode = encode_key if name == KEY else _encode
    if operator in (PropertyFilter.IN, PropertyFilter.NOT_IN):
        return _membership(name, operator, _elements(written.value, encode))
    encoded = encode(written.value)
    if operator == PropertyFilter.EQUAL:
        return [Condition(name, only(encoded), encoded)]
    if operator == PropertyFilter.HAS_ANCESTOR:
        return [Condition(KEY, descendants(encoded), is_ancestor=True)]
    if operator == PropertyFilter.NOT_EQUAL:
        return _membership(name, PropertyFilter.NOT_IN, [encoded])
    if operator not in _RANGES:
        raise invalid_argument("a filter must have an operator")
    return [Condition(name, _RANGES[operator](encoded))]


def _membership(name: str, operator: int, values: list[bytes]) -> list[Condition]:
    if operator == PropertyFilter.IN:
        return [Condition(name, only(value), value) for value in values]
    edges = [Range(high=values[0]), *(above(a) & below(b) for a, b in pairwise(values)), above(values[-1])]
    return [Condition(name, edge) for edge in edges]


def _elements(value: Any, encode: Callable[[Any], bytes]) -> list[bytes]:
    if not value.array_value.values:
        raise invalid_argument("IN and NOT_IN need an array value that is not empty")
    return sorted({encode(element) for element in value.array_value.values})


def _encode(value: Any) -> bytes:
    encoded = encode_value(value)
    if encoded is None:
        raise invalid_argument("a filter's value must be neither an array nor an entity")
    return encoded


def _key_encoder(scope: Scope, partition: int) -> EncodeKey:
    def encode(value: Any) -> bytes:
        if value.WhichOneof("value_type") != "key_value":
            raise invalid_argument("__key__ filter value must be a Key")
        encoded = scope.key(value.key_value)
        if partition_number(encoded) != partition:
            namespace = value.key_value.partition_id.namespace_id
            raise invalid_argument(
                f"The namespace of a key in the filter, '{namespace}', is not that of the query."
            )
        return encoded

    return encode


_RANGES: dict[int, Callable[[bytes], Range]] = {
    PropertyFilter.LESS_THAN: below,
    PropertyFilter.LESS_THAN_OR_EQUAL: lambda encoded: Range(high=encoded + b"\x00"),
    PropertyFilter.GREATER_THAN: above,
    PropertyFilter.GREATER_THAN_OR_EQUAL: lambda encoded: Range(low=encoded),
}
