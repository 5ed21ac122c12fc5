"""Time zones for a menu, by region and city, with their current offset from UTC."""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)
OTHER = "Other"
Choices = list[tuple[str, str]]
"""Pairs of a zone's name and its label."""


def zones_by_region(chosen: str, now: datetime) -> dict[str, Choices]:
    """Include `chosen` even if it is an old name that is no longer offered."""
    regions: dict[str, Choices] = {OTHER: []}
    for name in sorted({*_offered(), chosen}):
        region = name.partition("/")[0]
        regions.setdefault(region if region in REGIONS else OTHER, []).append((name, _label(name, now)))
    return regions


@cache
def _offered() -> tuple[str, ...]:
    """Return all zones except old names (US/Pacific) and mere offsets (Etc/GMT+3)."""
    return ("UTC", *(name for name in available_timezones() if name.partition("/")[0] in REGIONS))


def _label(name: str, now: datetime) -> str:
    city = name.partition("/")[2].replace("_", " ").replace("/", ", ") or name
    offset = now.astimezone(ZoneInfo(name)).utcoffset() or timedelta()
    return f"{city} (UTC{_format_offset(offset)})" if offset else city if city == "UTC" else f"{city} (UTC)"


def _format_offset(offset: timedelta) -> str:
    minutes = abs(offset) // timedelta(minutes=1)
    sign = "\N{MINUS SIGN}" if offset < timedelta() else "+"
    return f"{sign}{minutes // 60}:{minutes % 60:02}" if minutes % 60 else f"{sign}{minutes // 60}"
