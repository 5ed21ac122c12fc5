"""Error responses to queues: 2xx when a retry cannot succeed, any other status to be retried."""

import logging

from flask import Response, jsonify, request

from timeline.serving import Problem
from timeline.serving.problems import as_json

log = logging.getLogger("timeline.tasks")


def show(problem: Problem) -> Response:
    """Log a permanent error and answer 2xx, because a retry would fail in the same way."""
    if problem.is_temporary or not _was_admitted(problem):
        return as_json(problem)
    log.warning("refused %s: %s: %s", request.path, problem.code, problem.detail)
    return jsonify(refused=problem.code, request_id=problem.request_id)


def _was_admitted(problem: Problem) -> bool:
    has_route = request.endpoint is not None and request.routing_exception is None
    return has_route and problem.code != "forbidden"
