"""Group log entries: one group for each request, with the lines that the application logged during it."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from gaelocal.appengine.logs import Entry

AFTER_REQUEST = 0.5
"""Seconds. A line is read from a pipe, so that it may be noted shortly after the end of its request."""


@dataclass
class Group:
    """A request with its lines, oldest first; or a single line that belongs to no request."""

    request: Entry | None
    lines: list[Entry] = field(default_factory=list)

    @property
    def first(self) -> Entry:
        return self.request or self.lines[0]

    @cached_property
    def id(self) -> str:
        entry = self.first
        return entry.request_id or f"{entry.time:.6f}-{zlib.crc32(entry.text.encode('utf-8', 'replace')):08x}"

    @property
    def time(self) -> float:
        return self.first.time

    @property
    def started(self) -> float:
        return self.time - (self.request.request.latency if self.request and self.request.request else 0.0)

    @property
    def seconds(self) -> float:
        return self.time - self.started

    @property
    def severity(self) -> str:
        """The highest severity of the request and its lines."""
        entries = [*([self.request] if self.request else []), *self.lines]
        return max(entries, key=lambda entry: entry.rank).severity

    @property
    def status(self) -> int | None:
        return self.request.request.status if self.request and self.request.request else None

    @property
    def trace(self) -> str:
        return self.first.trace

    @property
    def traces(self) -> set[str]:
        """The traces of the request and its lines: a task may log under that of its creator."""
        return {self.trace, *(line.trace for line in self.lines)} - {""}

    def covers(self, entry: Entry) -> bool:
        return self.started <= entry.time <= self.time + AFTER_REQUEST

    def contains(self, text: str) -> bool:
        """Return whether the request or a line contains the text, whatever the case."""
        entries = [*([self.request] if self.request else []), *self.lines]
        return any(text in _searchable(entry) for entry in entries)


def group_entries(entries: Iterable[Entry]) -> list[Group]:
    """Return the groups, newest first; `entries` are in the order in which they were noted."""
    kept = list(entries)
    groups = [Group(entry) for entry in kept if entry.request]
    by_id = {group.first.request_id: group for group in groups if group.first.request_id}
    by_trace: dict[str, list[Group]] = {}
    for group in groups:
        by_trace.setdefault(group.trace, []).append(group)
    for entry in kept:
        if entry.request:
            continue
        owner = by_id.get(entry.request_id) if entry.request_id else None
        owner = owner or _owner(entry, by_trace.get(entry.trace, []) if entry.trace else [])
        if owner:
            owner.lines.append(entry)
        else:
            groups.append(Group(None, [entry]))
    return sorted(groups, key=lambda group: group.time, reverse=True)


def _owner(entry: Entry, candidates: list[Group]) -> Group | None:
    """Return the request of the same trace that logged a line: that of its service at its time."""
    of_service = [group for group in candidates if group.first.source.service == entry.source.service]
    during = [group for group in of_service if group.covers(entry)]
    return next(iter(during or of_service or candidates), None)


def _searchable(entry: Entry) -> str:
    fields = json.dumps(entry.fields, ensure_ascii=False, default=str) if entry.fields else ""
    return f"{entry.text}\n{fields}".casefold()
