"""The limits: their documentation, and the workloads that must fit."""

import re
from pathlib import Path

from timeline.rate_limits import limits
from timeline.rate_limits.limits import DAY, MINUTE, POSTS, READS, SIGN_INS, WRITES, Limit

PAGE = Path(__file__).resolve().parents[3] / "docs" / "limits.md"


def every_limit() -> list[Limit]:
    groups = [value for value in vars(limits).values() if isinstance(value, tuple)]
    return [limit for group in groups for limit in group]


def row_of(limit: Limit) -> str:
    window = {MINUTE: "a minute", DAY: "a day"}[limit.seconds]
    numbers = ("none" if number is None else f"{number:,}" for number in (limit.person, limit.address))
    return f"| `{limit.name}` | {window} | {' | '.join(numbers)} |"


def test_the_documentation_has_every_limit() -> None:
    rows = re.findall(r"^\| `.*\|$", PAGE.read_text(), re.MULTILINE)

    assert rows == [row_of(limit) for limit in every_limit()]


def test_limit_names_are_unique() -> None:
    names = [limit.name for limit in every_limit()]

    assert len(set(names)) == len(names)


def test_the_exercise_and_a_campaign_of_a_thousand_fit_into_the_limits() -> None:
    """A hundred posts with curl take seconds, a thousand in the kill campaign at least a minute."""
    per_minute, per_day = POSTS

    assert (per_minute.person or 0) >= 1_000
    assert (per_day.person or 0) >= 5_000


def test_limits_for_writes_are_exact() -> None:
    assert {limit.is_exact for limit in READS} == {False}
    assert {limit.is_exact for limit in (*WRITES, *POSTS, *SIGN_INS)} == {True}


def test_a_limit_is_at_least_one() -> None:
    assert [limit.quota(is_person=True, scale=0.000_001) for limit in WRITES] == [1]
    assert POSTS[1].quota(is_person=False, scale=1.0) is None
