"""The times at which a schedule runs, in its time zone and over every change of the clocks.

The rules are those of groc, the cron parser in Google's SDK: a calendar time that does not exist is left out
and an ambiguous one fires twice; windows and intervals count elapsed time; a window over midnight tests
the weekday of each run, not of its start; `on` leaves out runs without changing the phase of the others.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gaelocal.scheduler.schedule import Calendar, Interval, Schedule, UnixCron, Window

SEARCHED_DAYS = 366 * 100
"""The fifth Monday of February comes every 28 years, or after 40 years across the year 2100."""

A_DAY = timedelta(days=1)
A_MINUTE = timedelta(minutes=1)
SMALLEST = timedelta(microseconds=1)


def runs(schedule: Schedule, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Yield the runs strictly after that instant, in order.

    For an interval, `after` is the end of the previous run, and each run is taken to end as it starts.
    """
    after = after.astimezone(UTC)
    if isinstance(schedule, Calendar | UnixCron):
        yield from _of_days(schedule, zone, after)
        return
    while True:
        after = _on_weekdays(schedule, zone, after)
        yield after


def _of_days(schedule: Calendar | UnixCron, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    today = after.astimezone(zone).date()
    last = after
    for ahead in range(SEARCHED_DAYS):
        day = today + timedelta(days=ahead)
        if schedule.includes(day):
            pending = sorted({at for minute in _minutes(schedule) for at in _instants(day, minute, zone)})
            for last in (at for at in pending if at > last):
                yield last
    raise ValueError(f"{schedule} does not run within a hundred years")


def _minutes(schedule: Calendar | UnixCron) -> list[int]:
    if isinstance(schedule, Calendar):
        return [schedule.minute]
    return [hour * 60 + minute for hour in schedule.hours for minute in schedule.minutes]


def _on_weekdays(schedule: Interval | Window, zone: ZoneInfo, after: datetime) -> datetime:
    step = timedelta(minutes=schedule.minutes)
    following = _following(schedule, zone)
    while True:
        candidate = following(after)
        local = candidate.astimezone(zone)
        if local.weekday() in schedule.weekdays:
            return candidate
        # Every run before the end of this day is excluded too, so skip them in one step.
        tomorrow = _first_instant(local.date() + A_DAY, 0, zone)
        after += max(1, (tomorrow - SMALLEST - after) // step) * step


def _following(schedule: Interval | Window, zone: ZoneInfo) -> Callable[[datetime], datetime]:
    if isinstance(schedule, Window):
        return lambda after: _after_window_run(schedule, zone, after)
    step = timedelta(minutes=schedule.minutes)
    return lambda after: (after + step).replace(second=0, microsecond=0)


def _after_window_run(schedule: Window, zone: ZoneInfo, after: datetime) -> datetime:
    step = timedelta(minutes=schedule.minutes)
    start = _latest(schedule.start, zone, after)
    candidate = start + ((after - start) // step + 1) * step
    next_start = _earliest(schedule.start, zone, after + SMALLEST)
    is_inside = candidate <= _earliest(schedule.end, zone, start) and candidate < next_start
    return candidate if is_inside else next_start


def _latest(minute: int, zone: ZoneInfo, at: datetime) -> datetime:
    """Return the last instant, `at` included, that has this time of the day."""
    day = at.astimezone(zone).date()
    while (found := _first_instant(day, minute, zone)) > at:
        day -= A_DAY
    return found


def _earliest(minute: int, zone: ZoneInfo, at: datetime) -> datetime:
    """Return the first instant, `at` included, that has this time of the day."""
    day = at.astimezone(zone).date()
    while (found := _first_instant(day, minute, zone)) < at:
        day += A_DAY
    return found


def _first_instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return the earlier instant of an ambiguous time, and the next that exists for a skipped one."""
    local = _local(day, minute)
    while not (instants := list(_of_local(local, zone))):
        local += A_MINUTE
    return instants[0]


def _instants(day: date, minute: int, zone: ZoneInfo) -> list[datetime]:
    return list(_of_local(_local(day, minute), zone))


def _local(day: date, minute: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def _of_local(local: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the instants that have this local time: none, one, or one twice or two different ones."""
    for fold in (0, 1):
        instant = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == local:
            yield instant
