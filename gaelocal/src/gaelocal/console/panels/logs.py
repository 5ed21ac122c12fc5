"""The Logs panel: one row for each request with its lines, filters, and the waterfall of a trace."""

import time
from typing import Any

from aiohttp import web

from gaelocal.appengine.logs import Entry
from gaelocal.appengine.logs.entries import SEVERITIES
from gaelocal.console.formatting import pretty_json
from gaelocal.console.logs.filters import RANGES, STATUSES, LogFilter
from gaelocal.console.logs.groups import Group, group_entries
from gaelocal.console.logs.waterfall import bars_of
from gaelocal.console.pages import Pages
from gaelocal.console.parts import ConsoleParts
from gaelocal.console.problems import ConsoleError

PANEL = "logs"
PAGE = 100
MOST_LINES = 200


class LogsPanel:
    def __init__(self, parts: ConsoleParts, pages: Pages) -> None:
        self._logs = parts.engine.logs
        self._pages = pages

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/logs", self._list), web.get("/logs/trace/{trace}", self._trace)]

    async def _list(self, request: web.Request) -> web.Response:
        wanted = LogFilter.of(request.query)
        before = _number(request.query.get("before", ""))
        entries = self._logs.recent()
        found = [
            group
            for group in group_entries(entries)
            if (before is None or group.time < before) and wanted.matches(group, time.time())
        ]
        opened = request.query.get("open", "")
        shown = found[:PAGE] + [group for group in found[PAGE:] if group.id == opened]
        return self._pages.render(
            request,
            PANEL,
            "logs.html",
            wanted=wanted,
            rows=[_row(group, is_open=group.id == opened) for group in shown],
            older=f"{found[PAGE - 1].time:.6f}" if len(found) > PAGE else "",
            before=before,
            total=len(found),
            services=sorted({entry.source.service for entry in entries} | ({wanted.service} - {""})),
            versions=_versions(entries, wanted),
            severities=SEVERITIES[1:],
            statuses=STATUSES,
            ranges=RANGES,
        )

    async def _trace(self, request: web.Request) -> web.Response:
        trace = request.match_info["trace"]
        groups = [group for group in group_entries(self._logs.recent()) if trace in group.traces]
        if not groups:
            raise ConsoleError(
                404, "not_found", "No log entry of this trace is in memory. The last 5,000 entries are kept."
            )
        bars, seconds = bars_of(groups)
        kept = (line for group in groups for line in group.lines if line.trace in ("", trace, group.trace))
        lines = sorted(kept, key=lambda line: line.time)
        return self._pages.render(
            request,
            PANEL,
            "trace.html",
            trace=trace,
            bars=bars,
            seconds=seconds,
            services=sorted({bar.group.first.source.service for bar in bars}),
            lines=[_line(entry) for entry in lines[-MOST_LINES:]],
        )


def _versions(entries: list[Entry], wanted: LogFilter) -> list[str]:
    of_service = (entry.source for entry in entries if wanted.service in ("", entry.source.service))
    return sorted({source.version for source in of_service if source.version} | ({wanted.version} - {""}))


def _row(group: Group, *, is_open: bool) -> dict[str, Any]:
    entry = group.first
    return {
        "id": group.id,
        "time": entry.time,
        "severity": group.severity,
        "source": entry.source,
        "log": entry.log,
        "request": entry.request,
        "text": entry.text,
        "trace": entry.trace,
        "other_traces": sorted(group.traces - {entry.trace}),
        "request_id": entry.request_id,
        "is_static": entry.is_static,
        "sender": _sender(group),
        "lines": [_line(line) for line in group.lines[-MOST_LINES:]] if is_open else [],
        "count": len(group.lines) if group.request else 0,
        "is_open": is_open,
    }


def _sender(group: Group) -> str:
    """Return which part of the platform sent the request, if it was none from outside."""
    agent = group.request.request.agent if group.request and group.request.request else ""
    if "AppEngine-Google" in agent or "Google-Cloud-Tasks" in agent:
        return "task or cron"
    return "Cloud Scheduler" if "Google-Cloud-Scheduler" in agent else ""


def _line(entry: Entry) -> dict[str, Any]:
    return {
        "time": entry.time,
        "severity": entry.severity,
        "source": entry.source,
        "log": entry.log,
        "text": entry.text,
        "fields": pretty_json(entry.fields) if entry.fields else "",
    }


def _number(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        raise ConsoleError(400, "invalid_time", "before must be a number of seconds") from None
