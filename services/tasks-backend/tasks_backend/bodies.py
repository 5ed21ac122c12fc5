"""Parse the JSON body of a task, and continue the trace of the request that created it."""

import json
from typing import Any

from flask import request

from timeline.errors import InvalidRequest
from timeline.serving.logs import continue_trace


def read_body() -> dict[str, Any]:
    """Return the body; later log lines have its trace. Raises InvalidRequest."""
    try:
        body = json.loads(request.get_data())
    except ValueError as error:
        raise InvalidRequest("The body of the task must be JSON.") from error
    if not isinstance(body, dict):
        raise InvalidRequest("The body of the task must be a JSON object.")
    continue_trace(str(body.get("trace", "")))
    return body


def text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise InvalidRequest(f"The task needs a text field '{name}'.")
    return value
