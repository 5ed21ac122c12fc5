"""The cost of 1,000 photos at Google: the operations of docs/operation-budgets.json times public prices."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUDGETS = ROOT / "docs" / "operation-budgets.json"
PAGE = ROOT / "docs" / "costs.md"
BEGIN, END = "<!-- make costs ARGS=--write -->", "<!-- end of the table -->"

PRICED_ON = "November 2026"
"""US dollars without free quotas, for an application in us-central with a Datastore in nam5."""
PRICES = {
    "entities_read": 0.06 / 100_000,
    "entities_written": 0.18 / 100_000,
    "entities_deleted": 0.02 / 100_000,
    "objects_written": 0.05 / 10_000,
    "objects_listed": 0.05 / 10_000,
    "objects_read": 0.004 / 10_000,
    "task_calls": 0.40 / 1_000_000,
    "F2 seconds": 0.10 / 3_600,
    "B4 seconds": 0.20 / 3_600,
    "gigabytes out": 0.12,
    "gigabytes kept a month": 0.020,
}
BILLS = {
    "Datastore": ("entities_read", "entities_written", "entities_deleted"),
    "Cloud Storage": ("objects_written", "objects_listed", "objects_read", "gigabytes kept a month"),
    "Cloud Tasks": ("task_calls",),
    "instances": ("F2 seconds", "B4 seconds"),
    "network": ("gigabytes out",),
}
PHOTOS = 1_000
PAGE_OF = 20
CALLS_OF_A_TASK = 2
"""Creation and delivery."""
ORIGINAL_BYTES = 3_500_000
"""A phone's JPEG of 12 megapixels."""
RENDITIONS_BYTES = 1_110_000
"""All sizes as JPEG and WebP."""
SHOWN_BYTES = 35_000
"""The WebP of 640 pixels, which a timeline shows."""
UPLOAD_SECONDS, RENDITION_SECONDS, WEBP_SECONDS, READ_SECONDS = 0.10, 0.20, 0.90, 0.02
"""Instance seconds without concurrent requests; `make bench` measures their parts."""
GIGA = 1_000_000_000

Budgets = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A use of 1,000 photos: the number of each operation, and amounts that no budget contains."""

    name: str
    operations: Mapping[str, int]
    besides: Mapping[str, float] = field(default_factory=dict)


SCENARIOS = (
    Scenario(
        "post them",
        {
            "POST /api/v1/photos, Idempotency-Key": PHOTOS,
            "POST /tasks/renditions/": PHOTOS,
            "POST /tasks/webp/": PHOTOS,
        },
        {"F2 seconds": PHOTOS * UPLOAD_SECONDS, "B4 seconds": PHOTOS * (RENDITION_SECONDS + WEBP_SECONDS)},
    ),
    Scenario(
        "keep them for a month",
        {},
        {"gigabytes kept a month": PHOTOS * (ORIGINAL_BYTES + RENDITIONS_BYTES) / GIGA},
    ),
    Scenario(
        "scroll past all of them once, nothing cached",
        {"GET /api/v1/photos, not cached": PHOTOS // PAGE_OF, "GET /image/{id}/{name}": PHOTOS},
        {"F2 seconds": PHOTOS * READ_SECONDS, "gigabytes out": PHOTOS * SHOWN_BYTES / GIGA},
    ),
    Scenario(
        "delete them",
        {"DELETE /api/v1/photos/{id}": PHOTOS, "POST /tasks/erase/": PHOTOS},
        {"F2 seconds": PHOTOS * READ_SECONDS, "B4 seconds": PHOTOS * READ_SECONDS},
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into docs/costs.md")
    is_to_write = parser.parse_args().write
    budgets = json.loads(BUDGETS.read_text())
    if is_to_write:
        write(budgets)
    print(table_of(budgets))
    return 0


def write(budgets: Budgets) -> None:
    """Update the table in docs/costs.md."""
    PAGE.write_text(with_table(PAGE.read_text(), table_of(budgets)))


def amounts_of(scenario: Scenario, budgets: Budgets) -> dict[str, float]:
    """Return the amounts of a scenario. Raise KeyError for an operation without a budget."""
    spent: Counter[str] = Counter()
    for operation, times in scenario.operations.items():
        budget = budgets[operation]
        for amount, number in budget.items():
            spent[amount] += number * times
        spent["task_calls"] += CALLS_OF_A_TASK * budget.get("tasks", 0) * times
    return {**spent, **scenario.besides}


def bill_of(scenario: Scenario, budgets: Budgets) -> dict[str, float]:
    """Return the dollars per Google service."""
    spent = amounts_of(scenario, budgets)
    return {
        payee: sum(spent.get(amount, 0) * PRICES[amount] for amount in amounts)
        for payee, amounts in BILLS.items()
    }


def table_of(budgets: Budgets) -> str:
    rows = [["1,000 photos", *BILLS, "together"], ["---"] + ["---:"] * (len(BILLS) + 1)]
    for scenario in SCENARIOS:
        bill = bill_of(scenario, budgets)
        rows.append([scenario.name, *map(_dollars, bill.values()), _dollars(sum(bill.values()))])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def with_table(page: str, table: str) -> str:
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}"


def _dollars(amount: float) -> str:
    return f"${amount:.4f}" if amount else ""


if __name__ == "__main__":
    sys.exit(main())
