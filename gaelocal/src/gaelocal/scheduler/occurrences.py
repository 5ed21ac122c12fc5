"""When a schedule runs next, in its time zone, over every change of the clocks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gaelocal.scheduler.schedule import EVERY_DAY, Calendar, Interval, Schedule, Window

SEARCHED_DAYS = 366 * 100
"""A fifth monday of february comes every 28 years, or every 40 over the year 2100."""


def runs(schedule: Schedule, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Give the runs strictly after that instant, in order.

    For an interval, `after` is the end of the last run, and each run is taken to end as it starts.
    """
    if isinstance(schedule, Interval):
        return _of_interval(schedule, zone, after)
    return _of_days(schedule, zone, after)


def _of_days(schedule: Window | Calendar, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    today = after.astimezone(zone).date()
    earlier = _of_day(schedule, zone, today - timedelta(days=1))
    for ahead in range(SEARCHED_DAYS):
        later = _of_day(schedule, zone, today + timedelta(days=ahead))
        # A window that wraps midnight can, where clocks go back, run on beside that of the next day.
        boundary = later[0] if later else None
        pending = sorted(earlier + later)
        yield from (at for at in pending if at > after and (boundary is None or at < boundary))
        earlier = [at for at in pending if boundary is not None and at >= boundary]
    raise ValueError(f"{schedule} does not run within a hundred years")


def _of_day(schedule: Window | Calendar, zone: ZoneInfo, day: date) -> list[datetime]:
    midnight = datetime.combine(day, time())
    walls = [midnight + timedelta(minutes=minute) for minute in schedule.minutes_of(day)]
    if walls and _is_plain(walls[0], walls[-1], zone):
        first = walls[0].replace(tzinfo=zone).astimezone(UTC)
        return [first + (wall - walls[0]) for wall in walls]
    return sorted({instant for wall in walls for instant in _readings(wall, zone)})


def _is_plain(first: datetime, last: datetime, zone: ZoneInfo) -> bool:
    """Say that no clock is changed in between: by far most days, and ten times quicker."""
    before = first.replace(tzinfo=zone, fold=0)
    return before.utcoffset() == last.replace(tzinfo=zone, fold=1).utcoffset()


def _readings(wall: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Give the instants at which a clock on the wall shows this: none, one, or two."""
    for fold in (0, 1):
        instant = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == wall:
            yield instant


def _of_interval(schedule: Interval, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    while True:
        after = _after_interval(schedule, zone, after)
        yield after


def _after_interval(schedule: Interval, zone: ZoneInfo, after: datetime) -> datetime:
    at = after.astimezone(UTC) + timedelta(minutes=schedule.minutes)
    if schedule.weekdays == EVERY_DAY:
        return at
    local = at.astimezone(zone)
    if local.weekday() in schedule.weekdays:
        return at
    ahead = next(days for days in range(1, 8) if (local.weekday() + days) % 7 in schedule.weekdays)
    midnight = datetime.combine(local.date() + timedelta(days=ahead), time(), tzinfo=zone)
    return midnight.astimezone(UTC)
