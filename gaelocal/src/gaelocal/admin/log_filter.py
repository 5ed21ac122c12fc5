"""The filters of Cloud Logging, as far as gcloud writes them: comparisons joined by AND, values by OR."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gaelocal.admin.problems import invalid
from gaelocal.appengine.logs.entries import RANKS

TERM = re.compile(
    r"""\s*(?P<field>[\w.]+)\s*(?P<op>>=|<=|!=|=|>|<|:)\s*
    (?P<values>\([^)]*\)|"(?:[^"\\]|\\.)*"|[^\s()]+)\s*(?:AND\b|(?=\w)|$)""",
    re.VERBOSE,
)
VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s()]+)')
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

    def matches(self, fields: Mapping[str, str]) -> bool:
        have = fields.get(self.field, "")
        return any(self._compare(have, value) for value in self.values)

    def _compare(self, have: str, want: str) -> bool:
        if self.field == "severity":
            return bool(COMPARISONS[self.op](RANKS[have], RANKS.get(want.upper(), 0)))
        return bool(COMPARISONS[self.op](have, want))


def parse_filter(text: str) -> list[Term]:
    """Read a filter.

    Raises:
        Refused: it says more than comparisons joined by AND.
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


def _values(text: str) -> tuple[str, ...]:
    found = [quoted or bare for quoted, bare in VALUE.findall(text)]
    return tuple(value for value in found if value != "OR")
