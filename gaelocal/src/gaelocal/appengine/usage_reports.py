"""Usage of services that run elsewhere: each container and each front door reports its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

FRESH_SECONDS = 60.0
"""Seconds without a report after which a container counts as stopped."""
MOST_REPORTS = 200
MOST_LETTERS = 100


class InvalidReport(ValueError):
    """A report that does not match the documented format; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """Memory in bytes, CPU time in seconds, `started` in seconds since 1970; zero where it is not known.

    `instance` is the container that reports; a front door reports requests alone.
    """

    service: str
    instance: str
    memory: int = 0
    cpu: float = 0.0
    requests: int = 0
    started: float = 0.0

    @classmethod
    def parse(cls, values: Any) -> Self:
        """Read a report.

        Raises:
            InvalidReport: it does not match the documented format.
        """
        if not isinstance(values, dict):
            raise InvalidReport("a report must be an object")
        names, numbers = ("service", "instance"), ("memory", "cpu", "requests", "started")
        if unknown := sorted(set(values) - {*names, *numbers}):
            raise InvalidReport(f"a report has no `{unknown[0]}`")
        for name in names:
            if not isinstance(values.get(name), str) or not 0 < len(values[name]) <= MOST_LETTERS:
                raise InvalidReport(f"`{name}` must be a text of 1 to {MOST_LETTERS} characters")
        for name in numbers:
            if not _is_amount(values.get(name, 0)):
                raise InvalidReport(f"`{name}` must be a number, 0 or more")
        return cls(**values)


class UsageReports:
    """The last report of each reporter about each service."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._reports: dict[tuple[str, str], tuple[float, UsageReport]] = {}

    def receive(self, report: UsageReport) -> None:
        self._reports.pop((report.service, report.instance), None)
        while len(self._reports) >= MOST_REPORTS:
            del self._reports[next(iter(self._reports))]
        self._reports[report.service, report.instance] = (self._clock(), report)

    def add_to(self, row: dict[str, object]) -> dict[str, object]:
        """Return the console's row of a service with the reported usage added."""
        reports = self._fresh(str(row["service"]))
        containers = [report for report in reports if report.memory]
        if not reports:
            return row
        return row | {
            "memory": sum(report.memory for report in containers),
            "memory_limit": int(str(row["memory_limit"])) * max(1, len(containers)),
            "cpu": round(sum(report.cpu for report in containers), 3),
            "requests": int(str(row["requests"])) + sum(report.requests for report in reports),
            "containers": sorted(report.instance for report in containers),
        }

    def _fresh(self, service: str) -> list[UsageReport]:
        oldest = self._clock() - FRESH_SECONDS
        kept = self._reports.values()
        return [report for at, report in kept if at >= oldest and report.service == service]


def _is_amount(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= float(str(value)) < float(2**63)
