"""The meaning of a parsed schedule."""

from dataclasses import dataclass
from datetime import date

DAY_MINUTES = 24 * 60
EVERY_DAY = frozenset(range(7))
EVERY_MONTH = frozenset(range(1, 13))


@dataclass(frozen=True, slots=True)
class Interval:
    """`every 5 minutes`, counted from the end of the previous run. Monday is weekday 0."""

    minutes: int
    weekdays: frozenset[int] = EVERY_DAY


@dataclass(frozen=True, slots=True)
class Window:
    """`every 5 minutes from 10:00 to 14:00`, both ends included.

    `start` and `end` are minutes of the day. A window whose end is before its start ends on the next day.
    """

    minutes: int
    start: int
    end: int
    weekdays: frozenset[int] = EVERY_DAY


@dataclass(frozen=True, slots=True)
class Calendar:
    """`2nd,third mon,wed of march 17:00`, or `1 of jan,july 00:00`, which has `monthdays` instead."""

    minute: int
    months: frozenset[int] = EVERY_MONTH
    monthdays: frozenset[int] = frozenset()
    ordinals: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()

    def includes(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        if self.monthdays:
            return day.day in self.monthdays
        return day.weekday() in self.weekdays and (day.day - 1) // 7 + 1 in self.ordinals


@dataclass(frozen=True, slots=True)
class UnixCron:
    """`*/5 9-17 * * mon-fri`, which Cloud Scheduler accepts beside App Engine's own schedules.

    As in every cron, a day must match both `monthdays` and `weekdays`, or one of them if both are restricted.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    monthdays: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    is_either_day: bool = False

    def includes(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        of_month, of_week = day.day in self.monthdays, day.weekday() in self.weekdays
        return of_month or of_week if self.is_either_day else of_month and of_week


Schedule = Interval | Window | Calendar | UnixCron
