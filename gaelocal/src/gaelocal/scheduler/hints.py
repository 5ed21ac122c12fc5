"""What to write instead: for the schedules that people try, and App Engine refuses."""

import re

from gaelocal.scheduler.words import SINGULAR, UNITS, WEEKDAYS

UNIX = re.compile(r"@\w+|[\d*][\d*/,a-z#-]*(\s+[\d*?/,a-z#-]+){4,5}")
STEP = re.compile(r"\*/(\d+)")
SHORT_DAY = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def hint_for_unix(text: str) -> str | None:
    """Say how App Engine puts a unix crontab line; None where `text` is not one."""
    if not UNIX.fullmatch(text):
        return None
    return f"this is unix cron, App Engine says it in words: `{_translated(text.split())}`"


def hint_for_unit(count: str, word: str) -> str:
    """Say what may stand after `every N`, given what does."""
    if word in SINGULAR:
        return f"write `every {count} {SINGULAR[word]}`, in the plural even after 1"
    if word.rstrip("s") == "day":
        return f"days are not counted: write `every {int(count) * 24} hours`, or `every day 09:00`"
    if word.rstrip("s") == "week":
        return "weeks are not counted: name the day, `every monday 09:00`"
    return f"after `every {count}` stands one of {', '.join(UNITS)}"


def hint_for_every(word: str) -> str:
    """Say what may stand after `every`, given a word that may not."""
    if word in SINGULAR or word in UNITS:
        return f"write `every 1 {SINGULAR.get(word, word)}`"
    if word in ("week", "month", "year", "weekday"):
        return "write the day and the time, such as `every monday 09:00` or `1 of month 09:00`"
    return "after `every` stands a number, a weekday or `day`"


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
