"""Write one log line per severity, to show where they arrive and that they have the request's trace."""

import logging

from flask import Blueprint

from timeline.rate_limits.limits import LOG_LINES
from timeline.serving import limited, public

SEVERITIES = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL)

log = logging.getLogger(__name__)
log.setLevel(logging.DEBUG)  # this page shows all severities
logs = Blueprint("logs", __name__)


@logs.get("/")
@public
@limited(LOG_LINES)
def write_one_of_each() -> tuple[str, dict[str, str]]:
    for severity in SEVERITIES:
        log.log(severity, "a line of severity %s", logging.getLevelName(severity))
    lines = "\n".join(logging.getLevelName(severity) for severity in SEVERITIES)
    return f"{lines}\n", {"Content-Type": "text/plain; charset=utf-8"}
