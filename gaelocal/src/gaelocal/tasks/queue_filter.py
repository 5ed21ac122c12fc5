"""The filter of ListQueues, as far as people use it: `state: PAUSED`, `state != RUNNING`, `name = …`."""

import re
from typing import Any

from gaelocal.tasks.queue_state import State
from gaelocal.tasks.refusal import invalid

TERM = re.compile(r'\s*(state|name)\s*(:|!=|=)\s*"?([^"\s]+)"?\s*')


def matches(queue: Any, written: str) -> bool:
    """Tell whether a Queue message passes.

    Raises:
        Refusal: the filter is more than this stand-in understands.
    """
    if not written.strip():
        return True
    term = TERM.fullmatch(written)
    if not term:
        raise invalid(f'The filter "{written}" is not understood; try `state: PAUSED` or `name: QUEUE_ID`.')
    field, operator, wanted = term.groups()
    value = State(queue.state).name if field == "state" else queue.name
    equal = wanted in value if operator == ":" and field == "name" else wanted == value
    return equal != (operator == "!=")
