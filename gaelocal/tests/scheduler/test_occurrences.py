"""The run times of schedules, over changes of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaelocal.scheduler.grammar import parse_schedule
from gaelocal.scheduler.occurrences import runs
from gaelocal.scheduler.schedule import DAY_MINUTES, Calendar, Interval, Schedule

BERLIN = ZoneInfo("Europe/Berlin")
DST_DAYS = [
    ("Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 24, 12, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 7, 18, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 10, 31, 18, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 0, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 0, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 10, 31, 18, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 3, 7, 18, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 29, 0, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 2, 28, 0, tzinfo=UTC)),
    ("UTC", datetime(2028, 2, 28, 0, tzinfo=UTC)),
]
WALKED_DAYS = 3

day_sets = st.frozensets(st.integers(0, 6), min_size=1)
times = st.integers(0, DAY_MINUTES - 1)
calendars = st.one_of(
    st.builds(
        Calendar,
        times,
        st.frozensets(st.integers(1, 12), min_size=6),
        ordinals=st.frozensets(st.integers(1, 5), min_size=2),
        weekdays=day_sets,
    ),
    st.builds(Calendar, times, monthdays=st.frozensets(st.integers(1, 31), min_size=3)),
)


def fits(schedule: Calendar, wall: datetime) -> bool:
    """Return whether the schedule runs at this local time; written independently of the code."""
    if wall.hour * 60 + wall.minute != schedule.minute or wall.month not in schedule.months:
        return False
    nth = -(-wall.day // 7)
    return wall.day in schedule.monthdays or (
        wall.weekday() in schedule.weekdays and nth in schedule.ordinals
    )


@settings(max_examples=60, deadline=None)
@given(schedule=calendars, place=st.sampled_from(DST_DAYS), offset=st.integers(0, 86_399))
def test_calendar_runs_are_exactly_the_minutes_whose_local_time_fits(
    schedule: Calendar, place: tuple[str, datetime], offset: int
) -> None:
    zone, after = ZoneInfo(place[0]), place[1] + timedelta(seconds=offset)
    first = after.replace(second=0) + timedelta(minutes=1)
    walked = [first + timedelta(minutes=minute) for minute in range(WALKED_DAYS * DAY_MINUTES)]
    expected = [at for at in walked if fits(schedule, at.astimezone(zone).replace(tzinfo=None))]

    found = list(islice(runs(schedule, zone, after), max(1, len(expected))))

    assert found[: len(expected)] == expected
    assert expected or found[0] > walked[-1]


@settings(max_examples=60, deadline=None)
@given(minutes=st.integers(1, DAY_MINUTES), weekdays=day_sets, offset=st.integers(0, 86_399))
def test_an_interval_keeps_its_phase_over_the_days_it_leaves_out(
    minutes: int, weekdays: frozenset[int], offset: int
) -> None:
    ended = datetime(2026, 11, 2, tzinfo=UTC) + timedelta(seconds=offset)
    step = timedelta(minutes=minutes)

    at = next(runs(Interval(minutes, weekdays), ZoneInfo("UTC"), ended))

    phase = ended.replace(second=0)
    assert at.weekday() in weekdays
    assert (at - phase) % step == timedelta(0)
    left_out = [phase + count * step for count in range(1, (at - phase) // step)]
    assert all(run.weekday() not in weekdays for run in left_out)


def local(schedule: Schedule, zone: ZoneInfo, after: datetime, count: int) -> list[str]:
    found = islice(runs(schedule, zone, after), count)
    return [at.astimezone(zone).isoformat(sep=" ", timespec="minutes") for at in found]


def test_a_time_that_does_not_exist_is_skipped_to_the_next_day() -> None:
    found = local(parse_schedule("every day 02:30"), BERLIN, datetime(2026, 3, 28, tzinfo=BERLIN), 2)

    assert found == ["2026-03-28 02:30+01:00", "2026-03-30 02:30+02:00"]


def test_a_time_that_comes_twice_fires_twice() -> None:
    found = local(parse_schedule("every day 02:30"), BERLIN, datetime(2026, 10, 25, tzinfo=BERLIN), 3)

    assert found == ["2026-10-25 02:30+02:00", "2026-10-25 02:30+01:00", "2026-10-26 02:30+01:00"]


def test_a_window_includes_both_its_ends() -> None:
    found = local(
        parse_schedule("every 2 hours from 10:00 to 14:00"), BERLIN, datetime(2026, 6, 1, tzinfo=BERLIN), 4
    )

    assert [at[11:16] for at in found] == ["10:00", "12:00", "14:00", "10:00"]


def test_each_run_of_a_window_over_midnight_is_tested_by_its_own_weekday() -> None:
    rule = parse_schedule("every 1 hours from 23:00 to 01:00 on mon")

    found = local(rule, BERLIN, datetime(2026, 6, 1, 12, tzinfo=BERLIN), 4)

    assert [at[:16] for at in found] == [
        "2026-06-01 23:00",
        "2026-06-08 00:00",
        "2026-06-08 01:00",
        "2026-06-08 23:00",
    ]


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ("every 2 hours from 01:00 to 06:00", date(2026, 3, 29), ["01:00", "04:00", "06:00", "01:00"]),
        ("every 2 hours from 01:00 to 06:00", date(2026, 10, 25), ["01:00", "02:00", "04:00", "06:00"]),
        ("every 15 minutes from 02:15 to 02:45", date(2026, 3, 29), ["03:00", "02:15", "02:30", "02:45"]),
        (
            "every 30 minutes from 02:00 to 02:30",
            date(2026, 10, 25),
            ["02:00", "02:30", "02:00", "02:30"],
        ),
        ("every 8 hours synchronized", date(2026, 3, 29), ["09:00", "17:00", "00:00", "08:00"]),
    ],
)
def test_a_window_counts_elapsed_time_when_clocks_change(text: str, day: date, expected: list[str]) -> None:
    found = local(parse_schedule(text), BERLIN, datetime.combine(day, time(0, 30), BERLIN), 4)

    assert [at[11:16] for at in found] == expected


def test_an_interval_of_a_minute_runs_at_whole_minutes() -> None:
    ended = datetime(2026, 6, 1, 12, 0, 30, 500, tzinfo=UTC)

    found = list(islice(runs(Interval(1), ZoneInfo("UTC"), ended), 2))

    assert found == [datetime(2026, 6, 1, 12, 1, tzinfo=UTC), datetime(2026, 6, 1, 12, 2, tzinfo=UTC)]


def test_synchronized_counts_from_midnight() -> None:
    found = local(
        parse_schedule("every 8 hours synchronized"), BERLIN, datetime(2026, 6, 1, 9, tzinfo=BERLIN), 3
    )

    assert [at[11:16] for at in found] == ["16:00", "00:00", "08:00"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("every monday 09:00", "2026-11-23 09:00"),
        ("1 of jan,april,july,oct 00:00", "2027-01-01 00:00"),
        ("1st monday of sep,oct,nov 17:00", "2027-09-06 17:00"),
        ("2nd,third mon,wed,thu of march 17:00", "2027-03-08 17:00"),
        ("29 of feb 12:00", "2028-02-29 12:00"),
        ("5th monday of feb 12:00", "2044-02-29 12:00"),
        ("1 of 2nd month of quarter 08:00", "2027-02-01 08:00"),
    ],
)
def test_the_first_run_after_a_day_in_november(text: str, first: str) -> None:
    found = local(parse_schedule(text), ZoneInfo("UTC"), datetime(2026, 11, 20, 10, tzinfo=UTC), 1)

    assert found[0][:16] == first
