"""The day or week that a summary closes, named so that repeated and late runs mean the same one."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, cast

from timeline.errors import InvalidRequest

Kind = Literal["daily", "weekly"]
LENGTHS: dict[Kind, timedelta] = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}

STARTED_AT = time(9, tzinfo=UTC)
"""When cron.yaml starts both jobs, the weekly one on mondays."""

IS_NAME = re.compile(r"(daily|weekly)-(\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class Period:
    """`day` is the day of the run in UTC; for a week, its monday."""

    kind: Kind
    day: date

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.day}"

    @property
    def previous(self) -> "Period":
        return replace(self, day=self.day - LENGTHS[self.kind])

    @property
    def opening(self) -> datetime:
        """When it began, unless the last mail says so better: at the run before, had it been on time."""
        return datetime.combine(self.previous.day, STARTED_AT)


def period_of(kind: Kind, now: datetime) -> Period:
    """Give the period that a run at this moment closes."""
    day = now.astimezone(UTC).date()
    return Period(kind, day - timedelta(days=day.weekday()) if kind == "weekly" else day)


def period_named(name: str) -> Period:
    """Raises InvalidRequest for what is no name of a period."""
    match = IS_NAME.fullmatch(name)
    if match is None:
        raise InvalidRequest("A period is named like daily-2026-11-20.")
    try:
        return Period(cast("Kind", match[1]), date.fromisoformat(match[2]))
    except ValueError as error:
        raise InvalidRequest("A period is named by a day of the calendar.") from error
