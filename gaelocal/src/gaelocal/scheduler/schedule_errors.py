"""The error of a schedule, and suggestions for common mistakes."""

import re

from gaelocal.scheduler.schedule_words import SINGULAR, UNITS, WEEKDAYS

UNIX = re.compile(r"@\w+|[\d*][\d*/,a-z#-]*(\s+[\d*?/,a-z#-]+){4,5}")
STEP = re.compile(r"\*/(\d+)")
SHORT_DAY = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


LONGEST = 1000
"""Characters of a schedule; one that lists all minutes of an hour has 200."""


class ScheduleError(ValueError):
    """App Engine would refuse the schedule. The message says why and what to write instead."""


def check_length(text: str) -> None:
    """Raise ScheduleError if a schedule is longer than any that is meant."""
    if len(text) > LONGEST:
        raise ScheduleError(f"a schedule has at most {LONGEST:,} characters")


def hint_for_unix(text: str) -> str | None:
    """Return the App Engine spelling of a unix crontab line, or None if `text` is not one."""
    if not UNIX.fullmatch(text):
        return None
    return f"this is unix cron syntax; in App Engine's syntax it is `{_translated(text.split())}`"


def hint_for_unit(count: str, word: str) -> str:
    """Return what may follow `every N` in place of `word`."""
    if word in SINGULAR:
        return f"write `every {count} {SINGULAR[word]}`, in the plural even after 1"
    if word.rstrip("s") == "day":
        return f"days are not counted: write `every {int(count) * 24} hours`, or `every day 09:00`"
    if word.rstrip("s") == "week":
        return "weeks are not counted: name the day, `every monday 09:00`"
    return f"expected one of {', '.join(UNITS)} after `every {count}`, found {quoted(word)}"


def hint_for_every(word: str) -> str:
    """Return what may follow `every` in place of `word`."""
    if word in SINGULAR or word in UNITS:
        return f"write `every 1 {SINGULAR.get(word, word)}`"
    if word in ("week", "month", "year", "weekday"):
        return "write the day and the time, such as `every monday 09:00` or `1 of month 09:00`"
    return f"expected a number, a weekday or `day` after `every`, found {quoted(word)}"


def quoted(word: str) -> str:
    return f"`{word}`" if word else "the end"


def _translated(fields: list[str]) -> str:
    if len(fields) < 5:  # noqa: PLR2004 - @daily and its like are one word
        return {"@hourly": "every 1 hours", "@weekly": "every sunday 00:00"}.get(fields[0], "every day 00:00")
    minute, hour, monthday, month, weekday = fields[:5]
    step = STEP.fullmatch(minute)
    if step and hour == "*":
        return f"every {step[1]} minutes"
    if not (minute.isdigit() and hour.isdigit()):
        return "every 5 minutes" if hour == "*" and minute == "*" else "every 1 hours"
    time = f"{int(hour):02}:{int(minute):02}"
    if monthday.isdigit():
        return f"{monthday} of month {time}"
    return f"every {_day(weekday)} {time}" if month == "*" else f"every day {time}"


def _day(weekday: str) -> str:
    if weekday.isdigit() and int(weekday) < len(SHORT_DAY):
        return SHORT_DAY[int(weekday)]
    return weekday if weekday in WEEKDAYS else "day"
