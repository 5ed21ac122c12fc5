"""Format ages and file sizes for people."""

from datetime import datetime, timedelta
from hashlib import sha256

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
UNITS = ("bytes", "kB", "MB", "GB", "TB")
STEP = 1000


def format_age(then: datetime, now: datetime) -> str:
    """Return a text such as `3 min ago` within a week, and the date after that."""
    age = now - then
    if age < MINUTE:
        return "just now"
    if age < HOUR:
        return f"{age // MINUTE} min ago"
    if age < DAY:
        return f"{age // HOUR} h ago"
    if age < WEEK:
        return _days(age // DAY)
    return f"{then.day} {then:%b %Y}"


def format_size(count: int) -> str:
    size, unit = float(count), 0
    while size >= STEP and unit < len(UNITS) - 1:
        size, unit = size / STEP, unit + 1
    digits = 1 if unit and size < 10 else 0  # noqa: PLR2004 - show two significant digits
    return f"{size:.{digits}f} {UNITS[unit]}"


def _days(count: int) -> str:
    return "yesterday" if count == 1 else f"{count} days ago"


def hue_of(handle: str) -> int:
    """Return the angle of a colour that always belongs to this handle."""
    return int(sha256(handle.encode()).hexdigest(), 16) % 360
