"""The history of a task: when each attempt began and ended, and its status."""

import json
from dataclasses import dataclass

KEPT = 20


@dataclass(frozen=True, slots=True)
class Attempt:
    """Times are seconds since 1970; `status` is 0 without a response."""

    started: float
    ended: float
    status: int


def with_attempt(history: str, attempt: Attempt) -> str:
    """Return the text of a history with one more attempt; only the last ones are kept."""
    attempts = [*attempts_in(history), attempt][-KEPT:]
    return json.dumps([[one.started, one.ended, one.status] for one in attempts])


def attempts_in(history: str) -> list[Attempt]:
    return [Attempt(*values) for values in json.loads(history or "[]")]
