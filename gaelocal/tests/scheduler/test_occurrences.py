"""When schedules run: against a walk that looks at every minute's clock on the wall."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaelocal.scheduler.grammar import parse_schedule
from gaelocal.scheduler.occurrences import runs
from gaelocal.scheduler.schedule import DAY_MINUTES, Calendar, Interval, Schedule, Window

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
WALKED_MINUTES = 3 * DAY_MINUTES

day_sets = st.frozensets(st.integers(0, 6), min_size=1)
times = st.integers(0, DAY_MINUTES - 1)
windows = st.builds(Window, st.integers(1, 600), times, times, day_sets)
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


def fits(schedule: Window | Calendar, wall: datetime) -> bool:
    """Say whether the schedule runs when a clock on the wall shows this; written apart from the code."""
    minute = wall.hour * 60 + wall.minute
    if isinstance(schedule, Calendar):
        if minute != schedule.minute or wall.month not in schedule.months:
            return False
        nth = -(-wall.day // 7)
        return wall.day in schedule.monthdays or (
            wall.weekday() in schedule.weekdays and nth in schedule.ordinals
        )
    since = (minute - schedule.start) % DAY_MINUTES
    length = (schedule.end - schedule.start) % DAY_MINUTES
    began = wall - timedelta(minutes=since)
    return since <= length and since % schedule.minutes == 0 and began.weekday() in schedule.weekdays


@settings(max_examples=60, deadline=None)
@given(schedule=st.one_of(windows, calendars), place=st.sampled_from(DST_DAYS), offset=st.integers(0, 86_399))
def test_runs_are_exactly_the_minutes_whose_clock_fits(
    schedule: Window | Calendar, place: tuple[str, datetime], offset: int
) -> None:
    zone, after = ZoneInfo(place[0]), place[1] + timedelta(seconds=offset)
    first = after.replace(second=0) + timedelta(minutes=1)
    walked = [first + timedelta(minutes=minute) for minute in range(WALKED_MINUTES)]
    expected = [at for at in walked if fits(schedule, at.astimezone(zone).replace(tzinfo=None))]

    found = list(islice(runs(schedule, zone, after), max(1, len(expected))))

    assert found[: len(expected)] == expected
    assert expected or found[0] > walked[-1]


@settings(max_examples=60, deadline=None)
@given(
    minutes=st.integers(1, 5000),
    weekdays=day_sets,
    place=st.sampled_from(DST_DAYS),
    offset=st.integers(0, 86_399),
)
def test_an_interval_counts_from_the_end_of_the_last_run_and_keeps_to_its_days(
    minutes: int, weekdays: frozenset[int], place: tuple[str, datetime], offset: int
) -> None:
    zone, ended = ZoneInfo(place[0]), place[1] + timedelta(seconds=offset)

    at = next(runs(Interval(minutes, weekdays), zone, ended))

    earliest = ended + timedelta(minutes=minutes)
    assert at >= earliest
    assert at.astimezone(zone).weekday() in weekdays
    assert at == earliest or earliest.astimezone(zone).weekday() not in weekdays
    assert at - earliest < timedelta(days=8)


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


def test_a_window_may_wrap_midnight_and_belongs_to_the_day_it_starts_on() -> None:
    rule = parse_schedule("every 1 hours from 23:00 to 01:00 on mon")

    found = local(rule, BERLIN, datetime(2026, 6, 1, tzinfo=BERLIN), 4)

    assert [at[:16] for at in found] == [
        "2026-06-01 23:00",
        "2026-06-02 00:00",
        "2026-06-02 01:00",
        "2026-06-08 23:00",
    ]


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
