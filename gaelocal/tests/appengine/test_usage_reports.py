"""Usage reports of containers and front doors about services that run elsewhere."""

from typing import Any

import pytest

from gaelocal.appengine.usage_reports import (
    FRESH_SECONDS,
    MOST_REPORTS,
    InvalidReport,
    UsageReport,
    UsageReports,
)

MB = 1024 * 1024


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def a_report(**changes: Any) -> UsageReport:
    return UsageReport.parse(
        {"service": "default", "instance": "c1", "memory": 60 * MB, "cpu": 1.5} | changes
    )


def a_row(**changes: Any) -> dict[str, object]:
    empty = {"service": "default", "memory": 0, "memory_limit": 768 * MB, "cpu": 0.0, "requests": 3}
    return empty | changes


def test_a_container_reports_its_memory_and_a_front_door_its_requests() -> None:
    reports = UsageReports()
    reports.receive(a_report())
    reports.receive(UsageReport.parse({"service": "default", "instance": "front-door", "requests": 40}))

    row = reports.add_to(a_row())

    assert (row["memory"], row["cpu"], row["memory_limit"]) == (60 * MB, 1.5, 768 * MB)
    assert row["requests"] == 43
    assert row["containers"] == ["c1"]


def test_several_containers_of_a_service_are_added_up() -> None:
    reports = UsageReports()
    for name in ("c1", "c2", "c1"):
        reports.receive(a_report(instance=name))

    row = reports.add_to(a_row())

    assert (row["memory"], row["memory_limit"]) == (120 * MB, 2 * 768 * MB)


def test_a_report_counts_for_its_service_alone() -> None:
    reports = UsageReports()
    reports.receive(a_report(service="api-backend"))

    assert reports.add_to(a_row()) == a_row()


def test_a_container_that_reports_no_more_is_gone() -> None:
    clock = Clock()
    reports = UsageReports(clock)
    reports.receive(a_report())

    clock.now = FRESH_SECONDS + 1

    assert reports.add_to(a_row()) == a_row()


def test_the_number_of_reports_is_bounded() -> None:
    reports = UsageReports()
    for number in range(MOST_REPORTS + 5):
        reports.receive(a_report(instance=str(number)))

    assert len(reports._reports) == MOST_REPORTS


@pytest.mark.parametrize(
    "values",
    [
        [],
        {"service": "default"},
        {"service": "", "instance": "c1"},
        {"service": "x" * 101, "instance": "c1"},
        {"service": "default", "instance": "c1", "memory": "1"},
        {"service": "default", "instance": "c1", "memory": -1},
        {"service": "default", "instance": "c1", "cpu": float("nan")},
        {"service": "default", "instance": "c1", "cpu": True},
        {"service": "default", "instance": "c1", "other": 1},
    ],
)
def test_a_report_of_another_shape_is_refused(values: object) -> None:
    with pytest.raises(InvalidReport):
        UsageReport.parse(values)
