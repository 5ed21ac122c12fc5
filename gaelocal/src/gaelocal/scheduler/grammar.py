"""Reads the schedules of cron.yaml: the whole grammar of App Engine's cron reference.

timespec: specifictime | interval
interval: EVERY N (hours|mins|minutes) (FROM hh:mm TO hh:mm | SYNCHRONIZED)? (ON weekdays)?
specifictime: (((ordinals weekdays)|monthdays) OF (monthspec|quarterspec) | ordinals weekdays) hh:mm
"""

import re
from collections.abc import Mapping

from gaelocal.scheduler.hints import hint_for_every, hint_for_unit, hint_for_unix
from gaelocal.scheduler.schedule import (
    DAY_MINUTES,
    EVERY_DAY,
    EVERY_MONTH,
    Calendar,
    Interval,
    Schedule,
    Window,
)
from gaelocal.scheduler.words import LONGEST_MONTH, MONTHS, ORDINALS, UNITS, WEEKDAYS

TOKEN = re.compile(r"\s*(?:(\d{1,2}:\d{2})|(\d+[a-z]+)|(\d+)|([a-z]+)|(,)|(\S+))")
TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
END = ""
QUARTER_MONTHS = {1: frozenset({1, 4, 7, 10}), 2: frozenset({2, 5, 8, 11}), 3: frozenset({3, 6, 9, 12})}
QUARTER_ORDINALS = {word: number for word, number in ORDINALS.items() if number in QUARTER_MONTHS}
LAST_MONTHDAY = 31


class ScheduleError(ValueError):
    """What is wrong with a schedule, and what to write instead."""


def parse_schedule(text: str) -> Schedule:
    """Read a schedule.

    Raises:
        ScheduleError: App Engine would refuse it.
    """
    lowered = text.strip().lower()
    if unix := hint_for_unix(lowered):
        raise ScheduleError(unix)
    return _Parser(lowered).timespec()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = [match[0].strip() for match in TOKEN.finditer(text)] + [END]
        self._at = 0

    def timespec(self) -> Schedule:
        schedule = self._interval() if self._starts_interval() else self._specific_time()
        if self._next != END:
            raise ScheduleError(f"`{self._next}` is too much; the schedule ends before it")
        return schedule

    @property
    def _next(self) -> str:
        return self._tokens[self._at]

    def _starts_interval(self) -> bool:
        return self._next == "every" and self._tokens[self._at + 1].isdigit()

    def _interval(self) -> Schedule:
        self._take("every")
        minutes = self._length()
        if self._took("from"):
            start = self._time()
            self._take("to")
            return Window(minutes, start, self._time(), self._on_weekdays())
        if self._took("synchronized"):
            if DAY_MINUTES % minutes:
                raise ScheduleError(
                    f"`synchronized` wants an interval that divides 24 hours, {minutes} minutes do not"
                )
            return Window(minutes, 0, DAY_MINUTES - 1, self._on_weekdays())
        return Interval(minutes, self._on_weekdays())

    def _length(self) -> int:
        count = self._advance()
        unit = self._advance()
        if unit not in UNITS:
            raise ScheduleError(hint_for_unit(count, unit))
        minutes = int(count) * UNITS[unit]
        if minutes < 1:
            raise ScheduleError("an interval is at least one minute long")
        return minutes

    def _on_weekdays(self) -> frozenset[int]:
        return self._weekdays() if self._took("on") else EVERY_DAY

    def _specific_time(self) -> Calendar:
        if self._next.isdigit():
            days = self._monthdays()
            self._take("of")
            months = self._months()
            _refuse_impossible(days, months)
            return Calendar(self._time(), months, monthdays=days)
        ordinals = self._ordinals()
        weekdays = self._weekdays()
        months = self._months() if self._took("of") else EVERY_MONTH
        return Calendar(self._time(), months, ordinals=ordinals, weekdays=weekdays)

    def _ordinals(self) -> frozenset[int]:
        if not self._took("every"):
            return self._listed(ORDINALS, "an ordinal (`every`, or 1st to 5th)")
        if self._next != "day" and self._next not in WEEKDAYS:
            raise ScheduleError(hint_for_every(self._next))
        return frozenset(ORDINALS.values())

    def _weekdays(self) -> frozenset[int]:
        return EVERY_DAY if self._took("day") else self._listed(WEEKDAYS, "a weekday or `day`")

    def _monthdays(self) -> frozenset[int]:
        days = {self._monthday()}
        while self._took(","):
            days.add(self._monthday())
        return frozenset(days)

    def _monthday(self) -> int:
        word = self._advance()
        if not word.isdigit() or not 1 <= int(word) <= LAST_MONTHDAY:
            raise ScheduleError(f"`{word}` is no day of a month: 1 to {LAST_MONTHDAY}")
        return int(word)

    def _months(self) -> frozenset[int]:
        if self._took("month"):
            return EVERY_MONTH
        if self._took("quarter"):
            return QUARTER_MONTHS[1]
        if self._next in ORDINALS:
            return self._months_of_quarter()
        return self._listed(MONTHS, "a month, `month` or `quarter`")

    def _months_of_quarter(self) -> frozenset[int]:
        positions = self._listed(QUARTER_ORDINALS, "1st, 2nd or 3rd")
        for word in ("month", "of", "quarter"):
            self._take(word)
        return frozenset[int]().union(*(QUARTER_MONTHS[position] for position in positions))

    def _time(self) -> int:
        word = self._advance()
        match = TIME.fullmatch(word)
        if word == END:
            raise ScheduleError("the time is missing at the end: write it as hh:mm, `every day 09:00`")
        if not match:
            raise ScheduleError(f"`{word}` stands where the time should: hh:mm, 00:00 to 23:59")
        return int(match[1]) * 60 + int(match[2])

    def _listed(self, known: Mapping[str, int], what: str) -> frozenset[int]:
        found = {self._one_of(known, what)}
        while self._took(","):
            found.add(self._one_of(known, what))
        return frozenset(found)

    def _one_of(self, known: Mapping[str, int], what: str) -> int:
        word = self._advance()
        if word not in known:
            raise ScheduleError(_expected(what, word))
        return known[word]

    def _take(self, word: str) -> None:
        found = self._advance()
        if found != word:
            raise ScheduleError(_expected(f"`{word}`", found))

    def _took(self, word: str) -> bool:
        found = self._next == word
        self._at += found
        return found

    def _advance(self) -> str:
        word = self._next
        self._at += word != END
        return word


def _expected(what: str, found: str) -> str:
    if found == END:
        return f"it ends where {what} should follow"
    return f"`{found}` stands where {what} should"


def _refuse_impossible(days: frozenset[int], months: frozenset[int]) -> None:
    longest = max(LONGEST_MONTH[month] for month in months)
    if min(days) > longest:
        raise ScheduleError(f"no such day exists: the longest of these months has {longest} days")
