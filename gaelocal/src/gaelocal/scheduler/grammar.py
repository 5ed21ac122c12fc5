"""Parser of App Engine's schedules. It accepts exactly what groc, the parser in Google's SDK, accepts.

timespec: specifictime | interval
interval: EVERY N (hours|mins|minutes) (FROM hh:mm TO hh:mm | SYNCHRONIZED)? (ON weekdays)?
specifictime: (((ordinals weekdays)|monthdays) OF (monthspec|quarterspec) | ordinals weekdays) hh:mm
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gaelocal.scheduler.schedule import (
    DAY_MINUTES,
    EVERY_DAY,
    EVERY_MONTH,
    Calendar,
    Interval,
    Schedule,
    Window,
)
from gaelocal.scheduler.schedule_errors import (
    ScheduleError,
    check_length,
    hint_for_every,
    hint_for_unit,
    hint_for_unix,
    quoted,
)
from gaelocal.scheduler.schedule_words import KEYWORDS, LONGEST_MONTH, MONTHS, ORDINALS, UNITS, WEEKDAYS

WORDS = sorted({*KEYWORDS, *ORDINALS, *WEEKDAYS, *MONTHS, *UNITS}, key=len, reverse=True)
TIME = r"(?:[01]\d|2[0-3]|\d):[0-5]\d"
TOKEN = re.compile(rf"[ \t\r\n]*({TIME}|{'|'.join(WORDS)}|\d{{1,5}}|\S|\Z)", re.ASCII)
WHOLE_WORD = re.compile(r",|[^\s,]+")
UNKNOWN_ORDINAL = re.compile(r"\d+(st|nd|rd|th)")
END = ""
QUARTER_MONTHS = {1: frozenset({1, 4, 7, 10}), 2: frozenset({2, 5, 8, 11}), 3: frozenset({3, 6, 9, 12})}
QUARTER_ORDINALS = {word: number for word, number in ORDINALS.items() if number in QUARTER_MONTHS}
LAST_MONTHDAY = 31


def parse_schedule(text: str) -> Schedule:
    """Parse a schedule.

    Raises:
        ScheduleError: App Engine would refuse the schedule.
    """
    check_length(text)
    lowered = text.lower()
    if unix := hint_for_unix(lowered.strip()):
        raise ScheduleError(unix)
    return _Parser(lowered).timespec()


@dataclass(frozen=True, slots=True)
class _Token:
    """`written` is the whole word that contains the token; error messages quote it."""

    text: str
    written: str


def _tokens(text: str) -> list[_Token]:
    """Split the schedule into tokens; white space between them is optional, as in groc."""
    written = {at: word[0] for word in WHOLE_WORD.finditer(text) for at in range(*word.span())}
    found = (match for match in TOKEN.finditer(text) if match[1])
    return [*(_Token(match[1], written[match.start(1)]) for match in found), _Token(END, END)]


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0

    def timespec(self) -> Schedule:
        schedule = self._interval() if self._starts_interval() else self._specific_time()
        if self._next != END:
            raise ScheduleError(f"unexpected `{self._written}` after the end of the schedule")
        return schedule

    @property
    def _next(self) -> str:
        return self._tokens[self._at].text

    @property
    def _written(self) -> str:
        return self._tokens[self._at].written

    def _starts_interval(self) -> bool:
        return self._next == "every" and self._tokens[self._at + 1].text.isdigit()

    def _interval(self) -> Schedule:
        self._expect("every")
        minutes = self._period()
        if self._accept("from"):
            start = self._time()
            self._expect("to")
            return Window(minutes, start, self._time(), self._on_weekdays(minutes))
        if self._accept("synchronized"):
            if DAY_MINUTES % minutes:
                raise ScheduleError(
                    f"`synchronized` needs a period that divides 24 hours, not {minutes} minutes"
                )
            return Window(minutes, 0, DAY_MINUTES - 1, self._on_weekdays(minutes))
        return Interval(minutes, self._on_weekdays(minutes))

    def _period(self) -> int:
        count = self._advance()
        unit = self._next
        if unit not in UNITS:
            raise ScheduleError(hint_for_unit(count, self._written))
        self._advance()
        minutes = int(count) * UNITS[unit]
        if minutes < 1:
            raise ScheduleError("the period must be at least one minute")
        return minutes

    def _on_weekdays(self, minutes: int) -> frozenset[int]:
        weekdays = self._weekdays() if self._accept("on") else EVERY_DAY
        if weekdays != EVERY_DAY and minutes > DAY_MINUTES:
            raise ScheduleError("a period of more than 24 hours cannot be limited to weekdays by `on`")
        return weekdays

    def _specific_time(self) -> Calendar:
        if UNKNOWN_ORDINAL.fullmatch(self._written) and self._next not in ORDINALS:
            raise ScheduleError(f"expected an ordinal from 1st to 5th, found `{self._written}`")
        if self._next.isdigit():
            return self._of_monthdays(self._monthdays(), needs_months=True)
        is_every = self._next == "every"
        ordinals = self._ordinals()
        if self._next == "day" and not is_every:
            self._advance()
            return self._of_monthdays(ordinals, needs_months=False)
        weekdays = self._weekdays()
        months = self._months() if self._accept("of") else EVERY_MONTH
        return Calendar(self._time(), months, ordinals=ordinals, weekdays=weekdays)

    def _of_monthdays(self, days: frozenset[int], *, needs_months: bool) -> Calendar:
        """Parse the rest of the schedule: months are required after `1,15` and optional after `1st day`."""
        if not needs_months and self._next != "of":
            months = EVERY_MONTH
        else:
            self._expect("of")
            months = self._months()
        _refuse_impossible(days, months)
        return Calendar(self._time(), months, monthdays=days)

    def _ordinals(self) -> frozenset[int]:
        if not self._accept("every"):
            return self._comma_list(ORDINALS, "an ordinal (`every`, or 1st to 5th)")
        if self._next != "day" and self._next not in WEEKDAYS:
            raise ScheduleError(hint_for_every(self._written))
        return frozenset(ORDINALS.values())

    def _weekdays(self) -> frozenset[int]:
        return EVERY_DAY if self._accept("day") else self._comma_list(WEEKDAYS, "a weekday or `day`")

    def _monthdays(self) -> frozenset[int]:
        days = {self._monthday()}
        while self._accept(","):
            days.add(self._monthday())
        return frozenset(days)

    def _monthday(self) -> int:
        written, word = self._written, self._advance()
        if not word.isdigit() or not 1 <= int(word) <= LAST_MONTHDAY:
            raise ScheduleError(f"{quoted(written)} is not a day of the month (1 to {LAST_MONTHDAY})")
        return int(word)

    def _months(self) -> frozenset[int]:
        if self._accept("month"):
            return EVERY_MONTH
        if self._accept("quarter"):
            return QUARTER_MONTHS[1]
        if self._next in ORDINALS:
            return self._months_of_quarter()
        return self._comma_list(MONTHS, "a month, `month` or `quarter`")

    def _months_of_quarter(self) -> frozenset[int]:
        positions = self._comma_list(QUARTER_ORDINALS, "1st, 2nd or 3rd")
        for word in ("month", "of", "quarter"):
            self._expect(word)
        return frozenset[int]().union(*(QUARTER_MONTHS[position] for position in positions))

    def _time(self) -> int:
        written, word = self._written, self._advance()
        if word == END:
            raise ScheduleError("the time is missing at the end: write it as hh:mm, `every day 09:00`")
        if not re.fullmatch(TIME, word):
            raise ScheduleError(f"expected a time from 00:00 to 23:59 as hh:mm, found `{written}`")
        hour, minute = word.split(":")
        return int(hour) * 60 + int(minute)

    def _comma_list(self, known: Mapping[str, int], expected: str) -> frozenset[int]:
        found = {self._one_of(known, expected)}
        while self._accept(","):
            found.add(self._one_of(known, expected))
        return frozenset(found)

    def _one_of(self, known: Mapping[str, int], expected: str) -> int:
        written, word = self._written, self._advance()
        if word not in known:
            raise ScheduleError(f"expected {expected}, found {quoted(written)}")
        return known[word]

    def _expect(self, word: str) -> None:
        written = self._written
        if self._advance() != word:
            raise ScheduleError(f"expected `{word}`, found {quoted(written)}")

    def _accept(self, word: str) -> bool:
        found = self._next == word
        self._at += found
        return found

    def _advance(self) -> str:
        word = self._next
        self._at += word != END
        return word


def _refuse_impossible(days: frozenset[int], months: frozenset[int]) -> None:
    longest = max(LONGEST_MONTH[month] for month in months)
    if min(days) > longest:
        raise ScheduleError(f"no such day exists: the longest of these months has {longest} days")
