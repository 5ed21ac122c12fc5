"""Composite indexes: the one that a query needs, and how index.yaml writes it."""

from typing import NamedTuple

from gaelocal.datastore.protocol.scope import is_reserved
from gaelocal.datastore.state.queries import KEY, Query


class Index(NamedTuple):
    """Properties in order, each with whether it is descending; `equal` come first and in any order."""

    kind: str
    ancestor: bool
    properties: tuple[tuple[str, bool], ...]
    equal: tuple[str, ...] = ()

    def stanza(self) -> str:
        """Write the index as it stands below `indexes:` in index.yaml."""
        lines = [f"- kind: {self.kind}"]
        if self.ancestor:
            lines.append("  ancestor: yes")
        lines.append("  properties:")
        for name, descending in self.properties:
            lines.append(f"  - name: {name}")
            if descending:
                lines.append("    direction: desc")
        return "\n".join(lines)


def used_index(query: Query) -> Index:
    """Return the index whose order the query follows: equality filters first, then the orders."""
    equal = sorted({name for branch in query.branches for name, _ in branch.equal})
    ordered = [order for order in query.orders if order.name not in equal]
    if ordered and ordered[-1] == (KEY, False):
        ordered.pop()
    properties = tuple((name, False) for name in equal) + tuple((o.name, o.descending) for o in ordered)
    return Index(query.kind or "", query.ancestor, properties, tuple(equal))


def needed_index(query: Query) -> Index | None:
    """Return the composite index that production needs for a query, or None where built-in ones do.

    Built-in indexes serve queries without a kind, equality filters and ancestors alone, and one property that
    is compared or ordered by, without an ancestor.
    """
    if query.kind is None or is_reserved(query.kind):
        return None
    index = used_index(query)
    ordered = [name for name, _ in index.properties if name not in index.equal]
    if not ordered:
        return None
    is_single = len(index.properties) == 1 and not query.ancestor and ordered != [KEY]
    return None if is_single else index
