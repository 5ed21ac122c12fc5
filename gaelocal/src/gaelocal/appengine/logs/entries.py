"""A log entry and its JSON and terminal formats."""

import json
import re
from datetime import UTC, datetime
from typing import NamedTuple

from gaelocal.appengine.project import DEV

SEVERITIES = ("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")
RANKS = {name: rank for rank, name in enumerate(SEVERITIES)}
QUOTED = json.encoder.encode_basestring_ascii
REQUEST_LINE = (
    '{"timestamp": "%s", "severity": "%s", "service": "%s", "version": "%s", "log": "request", '
    '"message": %s, "trace": "%s", "request_id": "%s", '
    '"httpRequest": {"requestMethod": %s, "requestUrl": %s, "status": %d, '
    '"latencyMs": %.3f, "responseSize": %d, "remoteIp": "%s", "userAgent": %s}}\n'
)
# Control characters, bidirectional controls, and unpaired surrogates.
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
SERVER_ERROR = 500
CLIENT_ERROR = 400


class Source(NamedTuple):
    """The origin of a log entry."""

    service: str
    version: str = ""
    instance: str = ""

    @property
    def name(self) -> str:
        """Return the prefix of a line on the terminal; it includes the version if that is deployed."""
        return self.service if self.version in ("", DEV) else f"{self.service} {self.version}"


class HttpRequest(NamedTuple):
    """The `httpRequest` field of Cloud Logging; `latency` is in seconds, `size` in bytes of the response."""

    method: str
    url: str
    status: int
    latency: float
    size: int
    remote: str = ""
    agent: str = ""

    def as_json(self) -> dict[str, object]:
        return {
            "requestMethod": self.method,
            "requestUrl": self.url,
            "status": self.status,
            "latencyMs": round(self.latency * 1000, 3),
            "responseSize": self.size,
            "remoteIp": self.remote,
            "userAgent": self.agent,
        }

    @property
    def severity(self) -> str:
        if self.status >= SERVER_ERROR:
            return "ERROR"
        return "WARNING" if self.status >= CLIENT_ERROR else "INFO"

    def __str__(self) -> str:
        return f"{self.method} {self.url} {self.status} {self.latency * 1000:.0f} ms"


class Entry(NamedTuple):
    """`log` is `request`, `stdout`, `stderr`, `build` or `platform`; `time` counts seconds since 1970.

    `fields` are those of a structured entry that Cloud Logging does not keep elsewhere. `is_static` marks a
    request that a static handler has answered.
    """

    time: float
    severity: str
    source: Source
    log: str
    message: str = ""
    trace: str = ""
    fields: dict[str, object] | None = None
    request: HttpRequest | None = None
    request_id: str = ""
    is_static: bool = False

    @property
    def rank(self) -> int:
        return RANKS[self.severity]

    def as_json(self) -> dict[str, object]:
        entry: dict[str, object] = {
            "timestamp": _timestamp(self.time),
            "severity": self.severity,
            "service": self.source.service,
            "version": self.source.version,
            "instance": self.source.instance,
            "log": self.log,
            "message": self.text,
            "trace": self.trace,
            "request_id": self.request_id,
        }
        if self.fields:
            entry["fields"] = self.fields
        if self.request:
            entry["httpRequest"] = self.request.as_json()
        return entry

    def as_line(self) -> str:
        """Return the entry as a JSON line; formatted by hand for requests, which are the most frequent."""
        if self.request is None:
            return json.dumps(self.as_json()) + "\n"
        return REQUEST_LINE % (
            *(
                _timestamp(self.time),
                self.severity,
                *self.source[:2],
                QUOTED(self.text),
                self.trace,
                self.request_id,
            ),
            *(QUOTED(self.request.method), QUOTED(self.request.url), self.request.status),
            *(
                self.request.latency * 1000,
                self.request.size,
                self.request.remote,
                QUOTED(self.request.agent),
            ),
        )

    @property
    def text(self) -> str:
        return str(self.request) if self.request else self.message

    @property
    def repeats_request(self) -> bool:
        """Return whether a service's line only repeats the front door's line about a request."""
        return "httpRequest" in (self.fields or ()) and "\n" not in self.message

    def for_terminal(self, width: int) -> str:
        """Return the text with escaped control characters, because it may come from an attacker."""
        mark = "" if self.rank < RANKS["WARNING"] else f"{self.severity} "
        return f"{self.source.name:<{width}} | {mark}{UNSAFE.sub(_spelled_out, self.text)}\n"


def _spelled_out(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
