"""The number of the current task attempt, and whether it is the last."""

import logging

from flask import Response, request

RETRY_LIMITS = {
    "renditions": 7,
    "large-renditions": 7,
    "webp": 7,
    "erase": 20,
    "export": 10,
    "rerender": 20,
    "summary-email": 10,
    "email": 12,
}
"""The values of queue.yaml, which is not deployed with the service; a test compares the two."""

FAILED = 500
REASON = "Every attempt failed. See the logs of its trace."

log = logging.getLogger("timeline.tasks")


def is_last_failure(response: Response) -> bool:
    """Tell whether the queue gives up after this response, and log the line that triggers the alert."""
    if response.status_code < FAILED:
        return False
    limit = RETRY_LIMITS.get(request.headers.get("X-Appengine-Queuename", ""))
    if limit is None or retries() < limit:
        return False
    log.error("dead letter: %s was given up after %d attempts", request.path, retries() + 1)
    return True


def retries() -> int:
    """Return how often the queue has repeated the current task."""
    count = request.headers.get("X-Appengine-Taskretrycount", "")
    return int(count) if count.isascii() and count.isdigit() else 0
