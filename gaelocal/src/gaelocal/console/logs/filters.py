"""The filter of the Logs panel, as the parameters of its address."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gaelocal.appengine.logs.entries import RANKS, SEVERITIES
from gaelocal.console.logs.groups import Group
from gaelocal.console.problems import ConsoleError

RANGES = {
    "": "Any time",
    "5m": "Last 5 minutes",
    "1h": "Last hour",
    "24h": "Last 24 hours",
    "custom": "From … to",
}
SECONDS = {"5m": 300, "1h": 3600, "24h": 86400}
STATUS = re.compile(r"[1-5](?:xx|[0-9]{2})")
STATUSES = ("2xx", "3xx", "4xx", "5xx")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Empty fields match everything; `start` and `end` are local times of this machine."""

    text: str = ""
    severity: str = ""
    status: str = ""
    service: str = ""
    version: str = ""
    trace: str = ""
    request_id: str = ""
    range: str = ""
    start: str = ""
    end: str = ""
    with_static: bool = False

    @classmethod
    def of(cls, parameters: Any) -> "LogFilter":
        """Read the parameters.

        Raises:
            ConsoleError: one is not valid.
        """
        made = cls(
            text=parameters.get("q", "").strip(),
            severity=parameters.get("severity", "").upper(),
            status=parameters.get("status", "").lower(),
            service=parameters.get("service", ""),
            version=parameters.get("version", ""),
            trace=parameters.get("trace", "").strip(),
            request_id=parameters.get("request_id", "").strip(),
            range=parameters.get("range", ""),
            start=parameters.get("start", ""),
            end=parameters.get("end", ""),
            with_static=parameters.get("static", "") == "1",
        )
        made.check()
        return made

    def check(self) -> None:
        if self.severity and self.severity not in SEVERITIES:
            raise ConsoleError(400, "invalid_severity", f"severity must be one of {', '.join(SEVERITIES)}")
        if self.status and not STATUS.fullmatch(self.status):
            raise ConsoleError(400, "invalid_status", "status must be a class like 5xx or a status like 404")
        if self.range not in RANGES:
            raise ConsoleError(
                400, "invalid_range", f"range must be one of {', '.join(filter(None, RANGES))}"
            )
        for moment in (self.start, self.end):
            _seconds(moment)

    def matches(self, group: Group, now: float) -> bool:
        entry = group.first
        return (
            (self.with_static or not entry.is_static)
            and (not self.severity or RANKS[group.severity] >= RANKS[self.severity])
            and (not self.status or _has_status(self.status, group.status))
            and self.service in ("", entry.source.service)
            and self.version in ("", entry.source.version)
            and (not self.trace or self.trace in group.traces)
            and self.request_id in ("", entry.request_id)
            and self._is_in_range(group.time, now)
            and (not self.text or group.contains(self.text.casefold()))
        )

    def _is_in_range(self, time: float, now: float) -> bool:
        if self.range in SECONDS:
            return time >= now - SECONDS[self.range]
        start, end = _seconds(self.start), _seconds(self.end)
        return (start is None or time >= start) and (end is None or time < end)


def _has_status(wanted: str, status: int | None) -> bool:
    if status is None:
        return False
    return str(status)[0] == wanted[0] if wanted.endswith("xx") else str(status) == wanted


def _seconds(text: str) -> float | None:
    """Return a time in seconds since 1970; without a time zone, it is that of this machine.

    Raises:
        ConsoleError: it is malformed.
    """
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        raise ConsoleError(
            400, "invalid_time", f"“{text[:40]}” is not a time like 2026-11-20T09:30"
        ) from None
