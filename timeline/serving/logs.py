"""Structured logs: one JSON line per record, each with the trace of the request or task it belongs to."""

import json
import logging
import re
import sys
import time
import uuid
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, Response, g, request

from timeline.settings import Settings

TRACE_HEADER = "X-Cloud-Trace-Context"
IS_TRACE = re.compile(r"[0-9a-f]{32}")
MAX_REQUEST_ID = 200

log = logging.getLogger("timeline.requests")


@dataclass(frozen=True, slots=True)
class Context:
    """The fields that all log lines of a request have. `trace` is 32 hexadecimal digits."""

    trace: str
    request_id: str


_context: ContextVar[Context | None] = ContextVar("log_context", default=None)


def install(app: Flask, settings: Settings) -> None:
    """Log every request of this app, and all records written while it is served."""
    configure(settings)
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)


def configure(settings: Settings) -> None:
    """Send all logs of this process to stdout, where App Engine collects them."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _Stdout)]:
        root.removeHandler(handler)
    root.addHandler(_Stdout(settings))
    logging.getLogger("timeline").setLevel(logging.INFO)


def current_trace() -> str:
    """Return the trace; tasks carry it, so that one trace follows a photo from the phone to the email."""
    context = _context.get()
    return context.trace if context else ""


def current_request_id() -> str:
    context = _context.get()
    return context.request_id if context else ""


def continue_trace(trace: str) -> None:
    """Log the rest of this request under the trace of the request that created the task."""
    context = _context.get()
    if context and IS_TRACE.fullmatch(trace):
        _context.set(replace(context, trace=trace))


def _begin() -> None:
    g.log_started = time.perf_counter()
    request_id = request.headers.get("X-Appengine-Request-Log-Id", "")[:MAX_REQUEST_ID]
    _context.set(Context(_trace_of_request(), request_id or uuid.uuid4().hex))


def _trace_of_request() -> str:
    """X-Cloud-Trace-Context is TRACE/SPAN;o=1, W3C traceparent is 00-TRACE-SPAN-01."""
    found = request.headers.get(TRACE_HEADER, "").partition("/")[0].lower()
    if not IS_TRACE.fullmatch(found):
        found = f"{request.headers.get('traceparent', '')}--".split("-")[1].lower()
    return found if IS_TRACE.fullmatch(found) else uuid.uuid4().hex


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.log_started
    line = {
        "requestMethod": request.method,
        "requestUrl": request.path,
        "status": response.status_code,
        "responseSize": str(response.calculate_content_length() or 0),
        "latency": f"{seconds:.6f}s",
    }
    response.headers.setdefault("X-Request-Id", current_request_id())
    log.info("%s %s %s", request.method, request.path, response.status_code, extra={"http_request": line})
    return response


def _leave(_: BaseException | None) -> None:
    _context.set(None)


class _Stdout(logging.Handler):
    """Writes to whatever sys.stdout is at the moment, in the fields that Cloud Logging understands.

    In ASCII, so that no text that a request brings can fail to be written.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._exceptions = logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        sys.stdout.write(json.dumps(self._line(record)) + "\n")
        sys.stdout.flush()

    def _line(self, record: logging.LogRecord) -> dict[str, Any]:
        line: dict[str, Any] = {
            "severity": record.levelname,
            "message": self._message(record),
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{record.msecs:03.0f}Z",
            "logger": record.name,
            "service": self._settings.gae_service,
            "version": self._settings.gae_version,
        }
        if hasattr(record, "http_request"):
            line["httpRequest"] = record.http_request
        return line | self._context_fields()

    def _message(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + self._exceptions.formatException(record.exc_info)
        return message

    def _context_fields(self) -> dict[str, str]:
        context = _context.get()
        if context is None:
            return {}
        trace = f"projects/{self._settings.google_cloud_project}/traces/{context.trace}"
        return {"logging.googleapis.com/trace": trace, "request_id": context.request_id}
