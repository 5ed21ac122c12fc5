"""Parse the stdout and stderr of an instance into log entries, as App Engine's logging agent does."""

import json
import re
import time
from collections.abc import Callable
from datetime import datetime

from gaelocal.appengine.logs.entries import RANKS, Entry, Source

LONGEST_LINE = 256 * 1024
LONGEST_TRACEBACK = 500
GUNICORN = re.compile(r"\[[^\]]+\] \[\d+\] \[([A-Z]+)\] (.*)")
TRACEBACK = "Traceback (most recent call last):"
LEADS_ON = ("During handling of", "The above exception was")
CONTINUES = (" ", "\t", TRACEBACK, *LEADS_ON)
LOGGING = "logging.googleapis.com/"


class LineReader:
    """Parses bytes into entries; the lines of one traceback become one entry."""

    def __init__(self, source: Source, log: str, keep: Callable[[Entry], None]) -> None:
        self._source = source
        self._log = log
        self._keep = keep
        self._rest = b""
        self._block: list[str] = []

    def feed(self, received: bytes) -> None:
        *lines, rest = (self._rest + received).split(b"\n")
        if len(rest) > LONGEST_LINE:
            lines.append(rest)
            rest = b""
        self._rest = rest
        for line in lines:
            self._take(line.decode(errors="replace").rstrip("\r"))
        if not self._rest and self._has_error_line:
            self._end_block()

    def close(self) -> None:
        if self._rest:
            self._take(self._rest.decode(errors="replace"))
        self._rest = b""
        self._end_block()

    def _take(self, line: str) -> None:
        if self._block and self._belongs(line):
            self._block.append(line)
            return
        self._end_block()
        if line == TRACEBACK:
            self._block = [line]
        elif line:
            self._keep(self._entry(line))

    def _belongs(self, line: str) -> bool:
        """Return whether the line continues a traceback: indented, the error line, or a chained error."""
        if len(self._block) > LONGEST_TRACEBACK:
            return False
        return not line or line.startswith(CONTINUES) or not self._has_error_line

    @property
    def _has_error_line(self) -> bool:
        """Return whether the error line of the traceback was read."""
        return bool(self._block) and not self._block[-1].startswith(CONTINUES)

    def _end_block(self) -> None:
        if self._block:
            text = "\n".join(self._block).rstrip()
            self._keep(Entry(time.time(), "ERROR", self._source, self._log, text))
            self._block = []

    def _entry(self, line: str) -> Entry:
        if line.startswith("{") and (fields := _json(line)):
            return self._structured(fields)
        if match := GUNICORN.fullmatch(line):
            return Entry(time.time(), severity_of(match[1]), self._source, self._log, match[2])
        return Entry(time.time(), "DEFAULT", self._source, self._log, line)

    def _structured(self, fields: dict[str, object]) -> Entry:
        """Move the special fields of Cloud Logging out of the payload; the others stay in it.

        `request_id` stays too: Cloud Logging does not know it, but many applications log it by this name.
        """
        severity = severity_of(str(fields.pop("severity", fields.pop("level", "DEFAULT"))))
        message = str(fields.pop("message", fields.pop("msg", "")))
        trace = str(fields.pop(f"{LOGGING}trace", "")).rpartition("/")[2]
        moment = _moment(fields)
        request_id = str(fields.get("request_id", ""))
        return Entry(moment, severity, self._source, self._log, message, trace, fields, request_id=request_id)


def severity_of(name: str) -> str:
    upper = {"WARN": "WARNING", "FATAL": "CRITICAL"}.get(name.upper(), name.upper())
    return upper if upper in RANKS else "DEFAULT"


def _moment(fields: dict[str, object]) -> float:
    """Return the time that the program logged, if it is valid; else now."""
    written_time = fields.get("time")
    try:
        moment = datetime.fromisoformat(str(written_time))
    except ValueError:
        return time.time()
    if moment.tzinfo is None:
        return time.time()
    del fields["time"]
    return moment.timestamp()


def _json(line: str) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
