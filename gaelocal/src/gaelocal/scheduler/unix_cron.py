"""Parser of unix cron lines, which Cloud Scheduler accepts beside App Engine's schedules."""

from collections.abc import Mapping

from gaelocal.scheduler.schedule import UnixCron
from gaelocal.scheduler.schedule_errors import ScheduleError, check_length
from gaelocal.scheduler.schedule_words import LONGEST_MONTH, MONTH_NAMES, WEEKDAY_NAMES

MINUTE, HOUR, MONTHDAY, MONTH, WEEKDAY = (0, 59), (0, 23), (1, 31), (1, 12), (0, 7)
FIELDS = 5
MONTHS = {name[:3]: number for number, name in enumerate(MONTH_NAMES, start=1)}
WEEKDAYS = {name[:3]: (number + 1) % 7 for number, name in enumerate(WEEKDAY_NAMES)}
"""In cron sunday is 0, and 7 as well."""


def is_unix_cron(text: str) -> bool:
    """Return whether it has five fields of cron; `1st monday of march 17:00` has five words and a time."""
    return len(text.split()) == FIELDS and text.strip()[0] in "*0123456789" and ":" not in text


def parse_unix_cron(text: str) -> UnixCron:
    """Parse minute, hour, day of the month, month and day of the week.

    Raises:
        ScheduleError: a field is not valid, or no day matches.
    """
    check_length(text)
    minute, hour, monthday, month, weekday = text.lower().split()
    cron = UnixCron(
        minutes=_field(minute, MINUTE, {}),
        hours=_field(hour, HOUR, {}),
        monthdays=_field(monthday, MONTHDAY, {}),
        months=_field(month, MONTH, MONTHS),
        weekdays=frozenset((day - 1) % 7 for day in _field(weekday, WEEKDAY, WEEKDAYS)),
        is_either_day=not monthday.startswith("*") and not weekday.startswith("*"),
    )
    longest = max(LONGEST_MONTH[number] for number in cron.months)
    if not cron.is_either_day and min(cron.monthdays) > longest:
        raise ScheduleError(f"no such day exists: the longest of these months has {longest} days")
    return cron


def _field(written: str, bounds: tuple[int, int], names: Mapping[str, int]) -> frozenset[int]:
    return frozenset[int]().union(*(_part(part, bounds, names) for part in written.split(",")))


def _part(written: str, bounds: tuple[int, int], names: Mapping[str, int]) -> range:
    """Parse `5`, `1-5`, `*`, and each of them with a step: `*/15`."""
    span, has_step, step = written.partition("/")
    low, _, high = span.partition("-")
    if span == "*":
        first, last = bounds
    else:
        first = _number(low, bounds, names)
        last = _number(high, bounds, names) if high else (bounds[1] if has_step else first)
    if first > last:
        raise ScheduleError(f"`{written}` begins after it ends")
    if has_step and not (step.isdigit() and int(step) > 0):
        raise ScheduleError(f"the step of `{written}` must be a number above 0")
    return range(first, last + 1, int(step) if has_step else 1)


def _number(written: str, bounds: tuple[int, int], names: Mapping[str, int]) -> int:
    if written in names:
        return names[written]
    if not written.isdigit() or not bounds[0] <= int(written) <= bounds[1]:
        raise ScheduleError(f"`{written}` is not a number from {bounds[0]} to {bounds[1]}")
    return int(written)
