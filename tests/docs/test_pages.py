"""The documentation is consistent: its lists, its links to lines of code, its tables."""

import json
import re
import tomllib

import pytest

from bench.costs import BEGIN, BUDGETS, PAGE, table_of, with_table
from gaelocal.scheduler.grammar import parse_schedule
from gaelocal.scheduler.schedule_errors import ScheduleError
from tests.docs.decisions import LIST, decisions, list_entry, status_of
from tests.docs.lines import links
from tests.docs.reading import ROOT, pages

SCHEDULES = (ROOT / "docs" / "cron.md").read_text()


def test_the_list_of_pages_is_complete() -> None:
    contents = (ROOT / "docs" / "README.md").read_text()
    top = [page.name for page in pages() if page.parent == ROOT / "docs" and page.name != "README.md"]

    assert [name for name in top if f"({name})" not in contents] == []


def test_a_decision_has_a_date_and_a_status() -> None:
    assert [page.name for page in decisions() if status_of(page) is None] == []


def test_the_list_of_decisions_is_complete() -> None:
    listed = [line for line in LIST.read_text().splitlines() if line.startswith("- ")]

    assert listed == [list_entry(page) for page in decisions()], "update it: python -m tests.docs.decisions"


def test_a_link_to_a_name_leads_to_its_definition() -> None:
    found = list(links())
    missing = [(link.page.name, link.name) for link in found if not link.defined]
    moved = [(link.page.name, link.name) for link in found if not link.is_near_definition]

    assert len(found) > 20
    assert missing == []
    assert moved == [], "update the line numbers: .venv/bin/python -m tests.docs.lines"


@pytest.mark.parametrize("schedule", re.findall(r"^\| `([^`]+)` \|", SCHEDULES, re.MULTILINE))
def test_a_documented_schedule_is_valid(schedule: str) -> None:
    assert parse_schedule(schedule)


def test_a_schedule_documented_as_refused_is_refused() -> None:
    (sentence,) = re.findall(r"^These are refused with a hint:(.*?)\n\n", SCHEDULES, re.MULTILINE | re.DOTALL)
    named = [text for text in re.findall(r"`([^`]+)`", sentence) if text not in ("minutes", "every 48 hours")]

    assert len(named) == 6
    for schedule in named:
        with pytest.raises(ScheduleError):
            parse_schedule(schedule)


def test_the_table_of_costs_follows_from_the_budgets() -> None:
    page = PAGE.read_text()

    assert BEGIN in page
    assert page == with_table(page, table_of(json.loads(BUDGETS.read_text()))), "make costs ARGS=--write"


def test_the_documented_layers_are_those_of_the_import_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    block = (ROOT / "docs" / "architecture.md").read_text().partition("## Layers")[2].split("```")[1]

    assert [line.partition("  ")[0] for line in block.strip().splitlines()] == layers
