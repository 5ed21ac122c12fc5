"""The unix cron lines that Cloud Scheduler accepts."""

from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from gaelocal.scheduler.grammar import parse_schedule
from gaelocal.scheduler.occurrences import runs
from gaelocal.scheduler.schedule_errors import ScheduleError
from gaelocal.scheduler.unix_cron import is_unix_cron, parse_unix_cron

SATURDAY = datetime(2026, 11, 28, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("* * * * *", ["11-28 16:31", "11-28 16:32"]),
        ("*/20 * * * *", ["11-28 16:40", "11-28 17:00"]),
        ("5/20 * * * *", ["11-28 16:45", "11-28 17:05"]),
        ("0 9-17/4 * * *", ["11-28 17:00", "11-29 09:00"]),
        ("0 9 * * 1-5", ["11-30 09:00", "12-01 09:00"]),
        ("0 9 * * sun,MON", ["11-29 09:00", "11-30 09:00"]),
        ("0 9 * * 7", ["11-29 09:00", "12-06 09:00"]),
        ("30 16 1 * *", ["12-01 16:30", "01-01 16:30"]),
        ("0 0 29 feb *", ["02-29 00:00", "02-29 00:00"]),
        ("0 0 1 * mon", ["11-30 00:00", "12-01 00:00"]),
    ],
)
def test_a_line_runs_when_cron_runs_it(line: str, expected: list[str]) -> None:
    found = islice(runs(parse_unix_cron(line), ZoneInfo("UTC"), SATURDAY), 2)

    assert [at.strftime("%m-%d %H:%M") for at in found] == expected


@pytest.mark.parametrize(
    "line",
    [
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-1 * * * *",
        "*/0 * * * *",
        "0 0 30 2 *",
        "1," * 500 + "1 * * * *",
    ],
)
def test_a_line_that_makes_no_sense_is_refused(line: str) -> None:
    assert is_unix_cron(line)
    with pytest.raises(ScheduleError):
        parse_unix_cron(line)


@pytest.mark.parametrize(
    "text",
    [
        "every 5 minutes",
        "1 of jan 09:00",
        "every day 09:00",
        "1st monday of month 09:00",
        "2nd,third mon,wed,thu of march 17:00",
    ],
)
def test_a_schedule_of_app_engine_is_not_taken_for_cron(text: str) -> None:
    assert not is_unix_cron(text)
    assert parse_schedule(text)
