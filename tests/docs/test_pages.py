"""The book holds together: its contents, its links to lines, its tables."""

import json
import re

import pytest

from bench.costs import BEGIN, BUDGETS, PAGE, table_of, with_table
from gaelocal.scheduler.grammar import parse_schedule
from gaelocal.scheduler.schedule_errors import ScheduleError
from tests.docs.lines import links
from tests.docs.reading import ROOT, pages

SCHEDULES = (ROOT / "docs" / "cron.md").read_text()


def test_the_contents_name_every_page() -> None:
    contents = (ROOT / "docs" / "README.md").read_text()
    top = [page.name for page in pages() if page.parent == ROOT / "docs" and page.name != "README.md"]

    assert [name for name in top if f"({name})" not in contents] == []


def test_a_link_to_a_name_leads_to_its_definition() -> None:
    found = list(links())
    lost = [(link.page.name, link.name) for link in found if not link.defined]
    moved = [(link.page.name, link.name) for link in found if not link.is_in_sight]

    assert len(found) > 20
    assert lost == []
    assert moved == [], "set the lines anew: .venv/bin/python -m tests.docs.lines"


@pytest.mark.parametrize("schedule", re.findall(r"^\| `([^`]+)` \|", SCHEDULES, re.MULTILINE))
def test_a_schedule_in_the_book_is_one(schedule: str) -> None:
    assert parse_schedule(schedule)


def test_a_schedule_that_the_book_calls_refused_is_refused() -> None:
    (sentence,) = re.findall(r"^Refused, with a hint:(.*?)\n\n", SCHEDULES, re.MULTILINE | re.DOTALL)
    named = [text for text in re.findall(r"`([^`]+)`", sentence) if text not in ("minutes", "every 48 hours")]

    assert len(named) == 6
    for schedule in named:
        with pytest.raises(ScheduleError):
            parse_schedule(schedule)


def test_the_table_of_costs_is_what_the_budgets_come_to() -> None:
    page = PAGE.read_text()

    assert BEGIN in page
    assert page == with_table(page, table_of(json.loads(BUDGETS.read_text()))), "make costs ARGS=--write"
