"""Time zones as people look for them: by region, by city, with what their clocks say now."""

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
"""The name of a zone, and how it is shown."""


def zones_by_region(chosen: str, now: datetime) -> dict[str, Choices]:
    """`chosen` is among them, also where it has an old name that is not offered any more."""
    regions: dict[str, Choices] = {OTHER: []}
    for name in sorted({*_offered(), chosen}):
        region = name.partition("/")[0]
        regions.setdefault(region if region in REGIONS else OTHER, []).append((name, _shown(name, now)))
    return regions


@cache
def _offered() -> tuple[str, ...]:
    """Without the old names (US/Pacific) and those that are only an offset (Etc/GMT+3)."""
    return ("UTC", *(name for name in available_timezones() if name.partition("/")[0] in REGIONS))


def _shown(name: str, now: datetime) -> str:
    city = name.partition("/")[2].replace("_", " ").replace("/", ", ") or name
    offset = now.astimezone(ZoneInfo(name)).utcoffset() or timedelta()
    return f"{city} (UTC{_written(offset)})" if offset else city if city == "UTC" else f"{city} (UTC)"


def _written(offset: timedelta) -> str:
    minutes = abs(offset) // timedelta(minutes=1)
    sign = "\N{MINUS SIGN}" if offset < timedelta() else "+"
    return f"{sign}{minutes // 60}:{minutes % 60:02}" if minutes % 60 else f"{sign}{minutes // 60}"
