"""The day or week of a summary, named so that repeated and late runs produce the same name."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, cast

from timeline.errors import InvalidRequest

Kind = Literal["daily", "weekly"]
LENGTHS: dict[Kind, timedelta] = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}

STARTED_AT = time(9, tzinfo=UTC)
"""The time at which cron.yaml starts both jobs; the weekly one on Mondays."""

IS_NAME = re.compile(r"(daily|weekly)-(\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class Period:
    """`day` is the day of the run in UTC; for a week, its Monday."""

    kind: Kind
    day: date

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.day}"

    @property
    def previous(self) -> "Period":
        return replace(self, day=self.day - LENGTHS[self.kind])

    @property
    def default_start(self) -> datetime:
        """The scheduled time of the previous run, used when no earlier email says where it ended."""
        return datetime.combine(self.previous.day, STARTED_AT)


def a_year_before(moment: datetime) -> datetime:
    """Return the same day and time of the previous year; the 28th for a leap day."""
    try:
        return moment.replace(year=moment.year - 1)
    except ValueError:
        return moment.replace(year=moment.year - 1, day=28)


def period_of(kind: Kind, now: datetime) -> Period:
    """Return the period that ends with a run at this moment."""
    day = now.astimezone(UTC).date()
    return Period(kind, day - timedelta(days=day.weekday()) if kind == "weekly" else day)


def period_named(name: str) -> Period:
    """Raises InvalidRequest for an invalid name."""
    match = IS_NAME.fullmatch(name)
    if match is None:
        raise InvalidRequest("The period must be a name like daily-2026-11-20.")
    try:
        return Period(cast("Kind", match[1]), date.fromisoformat(match[2]))
    except ValueError as error:
        raise InvalidRequest("The period must contain a calendar date.") from error
