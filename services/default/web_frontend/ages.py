"""How long ago something happened, in the fewest words."""

from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)


def how_long_ago(then: datetime, now: datetime) -> str:
    """`3 min ago` within a week, the day after that."""
    age = now - then
    if age < MINUTE:
        return "just now"
    if age < HOUR:
        return f"{age // MINUTE} min ago"
    if age < DAY:
        return f"{age // HOUR} h ago"
    if age < A_WEEK:
        return _days(age // DAY)
    return f"{then.day} {then:%b %Y}"


def _days(count: int) -> str:
    return "yesterday" if count == 1 else f"{count} days ago"
