"""Generated cron schedules against groc, the parser in Google's SDK."""

import itertools
import os
import random
import sys
import types
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from conformance.report import Report, Settings, SuiteUnavailable
from gaelocal.scheduler.grammar import parse_schedule
from gaelocal.scheduler.occurrences import runs
from gaelocal.scheduler.schedule_errors import ScheduleError

NAME = "cron schedules against groc"
SDK = Path("/usr/lib/google-cloud-sdk/platform/google_appengine")
COUNT, SEED, RUNS = 2000, 1, 12
LAST_YEAR = 2037
"""pytz, on which groc relies, knows no changes of the clocks after this year."""

WEEKDAYS = [
    *("mon", "monday", "tue", "tuesday", "wed", "wednesday", "thu", "thursday", "fri", "friday"),
    *("sat", "saturday", "sun", "sunday"),
]
MONTHS = [
    *(
        "jan",
        "january",
        "feb",
        "february",
        "mar",
        "march",
        "apr",
        "april",
        "may",
        "jun",
        "june",
        "jul",
        "july",
    ),
    *("aug", "august", "sep", "september", "oct", "october", "nov", "november", "dec", "december"),
]
ORDINALS = ["1st", "first", "2nd", "second", "3rd", "third", "4th", "fourth", "5th", "fifth"]
MISTAKES = [
    *(
        "tues",
        "thur",
        "thurs",
        "weds",
        "sept",
        "last",
        "hour",
        "minute",
        "week",
        "days",
        "6th",
        "24:00",
        "9:5",
    ),
    *("*", "0", "32", "and", ",", "every", "day", "of", "month", "quarter", "on", "from", "to", "10:00"),
    "synchronized",
]
ZONES = [
    *("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana"),
    *("America/Santiago", "Europe/Athens", "Asia/Kathmandu", "Pacific/Apia"),
]
CHANGES = ((3, 28), (10, 24), (3, 8), (11, 1), (10, 3), (4, 4), (9, 5), (3, 7))


def run(_settings: Settings) -> Report:
    report = Report(NAME)
    groc, pytz = _groc()
    generator = Generator(random.Random(SEED))
    for _ in range(COUNT):
        schedule, zone, start = generator.schedule(), generator.zone(), generator.start()
        expected = _groc_runs(groc, pytz, schedule, zone, start)
        found = _our_runs(schedule, zone, start)
        report.expect(
            f"`{schedule}` in {zone} after {start}", found == expected, f"{found} is not {expected}"
        )
    return report


def _groc() -> tuple[types.ModuleType, types.ModuleType]:
    """Import groc without its package, and pytz with the time zones of this system."""
    if not SDK.is_dir():
        raise SuiteUnavailable(f"Google's SDK with its App Engine component is not in {SDK}")
    os.environ["PYTZ_TZDATADIR"] = "/usr/share/zoneinfo"
    sys.path[:0] = [str(SDK / "lib/py3_antlr3"), str(SDK / "lib/six")]
    package = types.ModuleType("groc_of_the_sdk")
    package.__path__ = [str(SDK / "google/appengine/cron")]
    sys.modules["groc_of_the_sdk"] = package
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pytz
            from groc_of_the_sdk import groctimespecification
    except ImportError as missing:
        raise SuiteUnavailable(f"groc needs {missing.name}: pip install {missing.name}") from missing
    return groctimespecification, pytz


def _groc_runs(
    groc: types.ModuleType, pytz: types.ModuleType, text: str, zone: str, start: datetime
) -> list[str]:
    try:
        matches = groc.GrocTimeSpecification(text, zone).GetMatches(start.astimezone(pytz.utc), RUNS)
    except Exception:  # noqa: BLE001 - groc refuses by several kinds of errors
        return ["refused"]
    return _shown([match.astimezone(UTC).replace(microsecond=0) for match in matches])


def _our_runs(text: str, zone: str, start: datetime) -> list[str]:
    try:
        schedule = parse_schedule(text)
    except ScheduleError:
        return ["refused"]
    return _shown(list(itertools.islice(runs(schedule, ZoneInfo(zone), start), RUNS)))


def _shown(moments: Sequence[datetime]) -> list[str]:
    return [moment.isoformat() for moment in moments if moment.year < LAST_YEAR]


class Generator:
    """Random schedules, one in five of them with a mistake."""

    def __init__(self, source: random.Random) -> None:
        self._random = source
        self._choice = source.choice

    def zone(self) -> str:
        return self._choice(ZONES)

    def start(self) -> datetime:
        any_day = (self._random.randint(1, 12), self._random.randint(1, 28))
        month, day = self._choice([any_day, self._choice(CHANGES)])
        clock = (self._random.randint(0, 23), self._random.randint(0, 59))
        return datetime(2026, month, day, *clock, self._choice([0, 0, 30]), tzinfo=UTC)

    def schedule(self) -> str:
        written = self._choice(
            [self._interval, self._interval, self._weekdays, self._monthdays, self._plain]
        )()
        if self._random.random() < 0.2:
            written = self._with_mistake(written)
        return written.replace(" ", "") if self._random.random() < 0.05 else written

    def _interval(self) -> str:
        count = self._choice([1, 2, 5, 7, 10, 15, 24, 30, 45, 90, self._random.randint(0, 2000)])
        written = f"every {count} {self._choice(['hours', 'mins', 'minutes', 'minutes'])}"
        written += self._choice(["", "", f" from {self._time()} to {self._time()}", " synchronized"])
        return written + self._choice(["", "", f" on {self._many(WEEKDAYS)}", " on day"])

    def _weekdays(self) -> str:
        days = self._choice(["day", self._many(WEEKDAYS)])
        return f"{self._choice(['every', self._many(ORDINALS)])} {days} of {self._months()} {self._time()}"

    def _monthdays(self) -> str:
        days = self._many([str(day) for day in range(1, 32)])
        return f"{days} of {self._months()} {self._time()}"

    def _plain(self) -> str:
        days = self._choice(["day", self._many(WEEKDAYS)])
        return f"{self._choice(['every', 'every', self._many(ORDINALS)])} {days} {self._time()}"

    def _months(self) -> str:
        quarter = f"{self._many(ORDINALS[:6])} month of quarter"
        return self._choice(["month", "quarter", self._many(MONTHS), self._many(MONTHS), quarter])

    def _time(self) -> str:
        hour, minute = self._random.randint(0, 23), self._random.randint(0, 59)
        return self._choice([f"{hour:02}:{minute:02}", f"{hour}:{minute:02}"])

    def _many(self, words: Sequence[str]) -> str:
        separator = self._choice([",", ",", ", ", " ,"])
        return separator.join(self._choice(words) for _ in range(self._random.randint(1, 4)))

    def _with_mistake(self, written: str) -> str:
        words = written.split(" ")
        at = self._random.randrange(len(words))
        words[at : at + 1] = self._choice(
            [
                [self._choice(MISTAKES)],
                [],
                [words[at], self._choice(MISTAKES)],
                [words[at][:-1]],
                [words[at].upper()],
            ]
        )
        return " ".join(words)
