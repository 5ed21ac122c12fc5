"""The filters of Cloud Logging, as far as gcloud writes them: comparisons joined by AND, values by OR."""

import json
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gaelocal.admin.problems import invalid
from gaelocal.appengine.logs.entries import RANKS

TERM = re.compile(
    r"""\s*(?P<field>[\w.]+)\s*(?P<op>>=|<=|!=|=|>|<|:)\s*
    (?P<values>\([^)]*\)|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s()]+)\s*(?:AND\b|(?=\w)|$)""",
    re.VERBOSE,
)
VALUE = re.compile(r""""((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s()]+)""")
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    ":": lambda have, want: str(want) in str(have),
}


@dataclass(frozen=True, slots=True)
class Term:
    field: str
    op: str
    values: tuple[str, ...]

    def matches(self, entry: Mapping[str, Any]) -> bool:
        have = _value_at(entry, self.field)
        return any(self._compare(have, value) for value in self.values)

    def _compare(self, have: object, want: str) -> bool:
        compare = COMPARISONS[self.op]
        if self.field == "severity":
            return compare(RANKS[str(have)], RANKS.get(want.upper(), 0))
        if (
            isinstance(have, int | float)
            and not isinstance(have, bool)
            and (number := _number(want)) is not None
        ):
            return compare(have, number)
        return compare(_text(have).lower(), want.lower())


def parse_filter(text: str) -> list[Term]:
    """Read a filter.

    Raises:
        AdminError: it is not a list of comparisons joined by AND.
    """
    terms: list[Term] = []
    at = 0
    while at < len(text.rstrip()):
        match = TERM.match(text, at)
        if match is None:
            raise invalid(f"gaelocal reads filters of comparisons joined by AND, not: {text[at:]}")
        terms.append(Term(match["field"], match["op"], _values(match["values"])))
        at = match.end()
    return terms


def _value_at(entry: Mapping[str, Any], path: str) -> object:
    """The value of a field like `jsonPayload.user.name`; None where the entry has none."""
    value: object = entry
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _text(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _values(text: str) -> tuple[str, ...]:
    found = [next(filter(None, match), "") for match in VALUE.findall(text)]
    return tuple(value for value in found if value != "OR")
