"""What a schedule of cron.yaml can say, once it has been read."""

from dataclasses import dataclass
from datetime import date

DAY_MINUTES = 24 * 60
EVERY_DAY = frozenset(range(7))
EVERY_MONTH = frozenset(range(1, 13))


@dataclass(frozen=True, slots=True)
class Interval:
    """`every 5 minutes`: so long after the end of the run before. Monday is 0."""

    minutes: int
    weekdays: frozenset[int] = EVERY_DAY


@dataclass(frozen=True, slots=True)
class Window:
    """`every 5 minutes from 10:00 to 14:00`, ends included; `start` and `end` are minutes of the day.

    One that wraps midnight belongs to the day on which it starts.
    """

    minutes: int
    start: int
    end: int
    weekdays: frozenset[int] = EVERY_DAY

    def minutes_of(self, day: date) -> range:
        """Give the minutes since the midnight of `day` at which it runs; past 1440 is the next day."""
        if day.weekday() not in self.weekdays:
            return range(0)
        end = self.end if self.end >= self.start else self.end + DAY_MINUTES
        return range(self.start, end + 1, self.minutes)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`2nd,third mon,wed of march 17:00`, or `1 of jan,july 00:00`, which has `monthdays` instead."""

    minute: int
    months: frozenset[int] = EVERY_MONTH
    monthdays: frozenset[int] = frozenset()
    ordinals: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()

    def minutes_of(self, day: date) -> range:
        """Give the one minute of `day` at which it runs, or none."""
        return range(self.minute, self.minute + 1) if self._has(day) else range(0)

    def _has(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        if self.monthdays:
            return day.day in self.monthdays
        return day.weekday() in self.weekdays and (day.day - 1) // 7 + 1 in self.ordinals


Schedule = Interval | Window | Calendar
