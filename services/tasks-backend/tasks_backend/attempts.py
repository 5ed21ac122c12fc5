"""Which attempt of a task this is, and whether another one follows."""

import logging

from flask import Response, request

RETRY_LIMITS = {
    "renditions": 7,
    "webp": 7,
    "erase": 20,
    "export": 10,
    "summary-email": 10,
    "email": 12,
}
"""As in queue.yaml, which a service cannot read where it runs; a test compares the two."""

FAILED = 500
REASON = "Every attempt failed; the logs of its trace say why."

log = logging.getLogger("timeline.tasks")


def was_the_last(response: Response) -> bool:
    """Tell whether the queue gives the task up after this answer; an alert waits for the line logged then."""
    if response.status_code < FAILED:
        return False
    limit = RETRY_LIMITS.get(request.headers.get("X-Appengine-Queuename", ""))
    if limit is None or _retries() < limit:
        return False
    log.error("dead letter: %s was given up after %d attempts", request.path, _retries() + 1)
    return True


def _retries() -> int:
    count = request.headers.get("X-Appengine-Taskretrycount", "")
    return int(count) if count.isascii() and count.isdigit() else 0
