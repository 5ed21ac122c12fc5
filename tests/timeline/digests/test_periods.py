"""Periods: repeated and late runs have the same period."""

from datetime import UTC, datetime, timedelta

import pytest

from timeline.digests.periods import Kind, period_named, period_of
from timeline.errors import InvalidRequest

FRIDAY = datetime(2026, 11, 20, 9, 0, 2, tzinfo=UTC)


@pytest.mark.parametrize("hours", [-9, 0, 5, 14])
def test_every_run_of_a_day_has_the_same_period(hours: int) -> None:
    assert period_of("daily", FRIDAY + timedelta(hours=hours)).name == "daily-2026-11-20"


@pytest.mark.parametrize("days", [-4, 0, 2])
def test_every_run_of_a_week_has_the_period_of_its_monday(days: int) -> None:
    assert period_of("weekly", FRIDAY + timedelta(days=days)).name == "weekly-2026-11-16"


def test_the_day_is_in_utc() -> None:
    elsewhere = FRIDAY.astimezone(datetime.strptime("+1400", "%z").tzinfo)

    assert period_of("daily", elsewhere).name == "daily-2026-11-20"


@pytest.mark.parametrize(("kind", "previous"), [("daily", "2026-11-19"), ("weekly", "2026-11-09")])
def test_the_previous_period_is_one_length_back(kind: Kind, previous: str) -> None:
    assert period_of(kind, FRIDAY).previous.name == f"{kind}-{previous}"


def test_a_period_starts_with_the_previous_run() -> None:
    assert period_of("daily", FRIDAY).default_start == datetime(2026, 11, 19, 9, tzinfo=UTC)


@pytest.mark.parametrize("name", ["daily-2026-11-20", "weekly-2026-11-16"])
def test_a_period_is_found_by_its_name(name: str) -> None:
    assert period_named(name).name == name


@pytest.mark.parametrize(
    "name", ["", "daily", "daily-2026-02-30", "daily-2026-1-1", "off-2026-11-20", "daily-2026-11-20x"]
)
def test_an_invalid_period_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest):
        period_named(name)
