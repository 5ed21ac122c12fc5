"""The filter of ListQueues: `state: PAUSED`, `state != RUNNING`, `name: ID`, joined by AND."""

import re
from typing import Any

from gaelocal.google_api.errors import invalid
from gaelocal.tasks.state.queue_state import State

AND = re.compile(r"\s+AND\s+")
TERM = re.compile(r'\s*(state|name)\s*(:|!=|=)\s*"?([^"\s]+)"?\s*')


def matches(queue: Any, written: str) -> bool:
    """Return whether a Queue message passes the filter.

    Raises:
        ApiError: the filter is not one of those above.
    """
    if not written.strip():
        return True
    return all(_passes(queue, term) for term in AND.split(written.strip()))


def _passes(queue: Any, written: str) -> bool:
    term = TERM.fullmatch(written)
    if not term:
        raise invalid(
            f'Invalid filter "{written}". Use `state: PAUSED`, `state != RUNNING` or `name: QUEUE_ID`.'
        )
    field, operator, wanted = term.groups()
    if field == "state" and wanted not in State.__members__:
        raise invalid(f'Invalid filter "{written}": the states are {", ".join(State.__members__)}.')
    value = State(queue.state).name if field == "state" else queue.name
    equal = wanted in value if operator == ":" and field == "name" else wanted == value
    return equal != (operator == "!=")
