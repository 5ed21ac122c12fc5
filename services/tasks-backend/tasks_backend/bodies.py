"""The JSON that a task carries; its trace is that of the request which promised the work."""

import json
from typing import Any

from flask import request

from timeline.errors import InvalidRequest
from timeline.serving.logs import continue_trace


def read_body() -> dict[str, Any]:
    """Read it, and log under its trace from here on. Raises InvalidRequest."""
    try:
        body = json.loads(request.get_data())
    except ValueError as error:
        raise InvalidRequest("The body of the task is not JSON.") from error
    if not isinstance(body, dict):
        raise InvalidRequest("The body of the task is no JSON object.")
    continue_trace(str(body.get("trace", "")))
    return body


def text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise InvalidRequest(f"The task does not say its {name}.")
    return value
