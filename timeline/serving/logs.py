"""Structured logs: one JSON line per record, each with the trace of the request or task it belongs to."""

import json
import logging
import re
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from http import HTTPStatus
from json.encoder import encode_basestring_ascii
from typing import Any, NamedTuple

from flask import Flask, Response, g, request

from timeline.settings import Settings

IS_TRACE = re.compile(r"[0-9a-f]{32}")
MAX_REQUEST_ID = 200
ID_BYTES = 16
"""Of the traces and request IDs that this service makes up."""

log = logging.getLogger("timeline.requests")


class Context(NamedTuple):
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
        _context.set(context._replace(trace=trace))


def enter(environ: Mapping[str, Any]) -> str:
    """Log under the trace of this WSGI request from now on, and return its ID."""
    request_id = environ.get("HTTP_X_APPENGINE_REQUEST_LOG_ID", "")[:MAX_REQUEST_ID] or _new_id()
    _context.set(Context(_trace_of(environ), request_id))
    return str(request_id)


def leave() -> None:
    _context.set(None)


def log_request(method: str, path: str, status: int, size: int, seconds: float) -> None:
    """Log a request; without a LogRecord if nothing but the handler of this module would get it."""
    if not log.isEnabledFor(logging.INFO):
        return
    latency = f"{seconds:.6f}s"
    handlers = list(_handlers_of(log))
    if len(handlers) == 1 and isinstance(handlers[0], _Stdout) and not (log.filters or handlers[0].filters):
        handlers[0].write_request(method, path, status, str(size), latency)
        return
    line = {
        "requestMethod": method,
        "requestUrl": path,
        "status": status,
        "responseSize": str(size),
        "latency": latency,
    }
    log.info("%s %s %s", method, path, status, extra={"http_request": line})


def _handlers_of(logger: logging.Logger | None) -> Iterator[logging.Handler]:
    """The handlers that get the records of a logger."""
    while logger is not None:
        yield from logger.handlers
        logger = logger.parent if logger.propagate else None


def _begin() -> None:
    g.log_started = time.perf_counter()
    enter(request.environ)


def _trace_of(environ: Mapping[str, Any]) -> str:
    """X-Cloud-Trace-Context is TRACE/SPAN;o=1, W3C traceparent is 00-TRACE-SPAN-01."""
    found = str(environ.get("HTTP_X_CLOUD_TRACE_CONTEXT", "")).partition("/")[0].lower()
    if not IS_TRACE.fullmatch(found):
        found = f"{environ.get('HTTP_TRACEPARENT', '')}--".split("-")[1].lower()
    return found if IS_TRACE.fullmatch(found) else _new_id()


def _new_id() -> str:
    return secrets.token_hex(ID_BYTES)


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.log_started
    response.headers.setdefault("X-Request-Id", current_request_id())
    has_body = response.status_code != HTTPStatus.NOT_MODIFIED
    size = (response.calculate_content_length() or 0) if has_body else 0
    log_request(request.method, request.path, response.status_code, size, seconds)
    return response


def _leave(_: BaseException | None) -> None:
    leave()


class _Stdout(logging.Handler):
    """Writes to whatever sys.stdout is at the moment, in the fields that Cloud Logging understands.

    In ASCII, so that no text that a request brings can fail to be written.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._exceptions = logging.Formatter()
        self._traces = f"projects/{settings.google_cloud_project}/traces/"
        fields = {"logger": log.name, "service": settings.gae_service, "version": settings.gae_version}
        self._fixed = json.dumps(fields)[1:-1]

    def emit(self, record: logging.LogRecord) -> None:
        self._write(json.dumps(self._line(record)))

    def write_request(self, method: str, path: str, status: int, size: str, latency: str) -> None:
        """Write the line that `log_request` would have written by way of a LogRecord."""
        message, url = encode_basestring_ascii(f"{method} {path} {status}"), encode_basestring_ascii(path)
        line = (
            f'{{"severity": "INFO", "message": {message}, "time": "{_time_of(time.time())}", {self._fixed}, '
            f'"httpRequest": {{"requestMethod": {encode_basestring_ascii(method)}, "requestUrl": {url}, '
            f'"status": {status:d}, "responseSize": "{size}", "latency": "{latency}"}}'
        )
        if context := _context.get():
            trace = encode_basestring_ascii(f"{self._traces}{context.trace}")
            request_id = encode_basestring_ascii(context.request_id)
            line += f', "logging.googleapis.com/trace": {trace}, "request_id": {request_id}'
        self.acquire()
        try:
            self._write(line + "}")
        finally:
            self.release()

    def _write(self, line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def _line(self, record: logging.LogRecord) -> dict[str, Any]:
        line: dict[str, Any] = {
            "severity": record.levelname,
            "message": self._message(record),
            "time": _time_of(record.created),
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
        trace = f"{self._traces}{context.trace}"
        return {"logging.googleapis.com/trace": trace, "request_id": context.request_id}


def _time_of(created: float) -> str:
    second = int(created)
    return f"{_second_of(second)}.{int((created - second) * 1000):03d}Z"


@lru_cache(maxsize=2)
def _second_of(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
