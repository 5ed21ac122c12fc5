"""Measure the calls, entities, objects and bytes of each endpoint (`make bench ARGS=budgets`).

`docs/operation-budgets.json` contains the budgets; a test measures again and compares. `--write` updates
the pages in docs.
"""

import argparse
import json
import logging
import sys
import tempfile
from pathlib import Path

from bench import costs
from bench.metering import CACHE
from bench.operations import OPERATIONS, ROOT, MeteredPlatform, Operation, metered_platform

BUDGETS = ROOT / "docs" / "operation-budgets.json"
TABLE = ROOT / "docs" / "operation-budgets.md"
AMOUNTS = (
    "calls",
    "entities_read",
    "keys_read",
    "entities_written",
    "entities_deleted",
    "objects_written",
    "objects_read",
    "objects_listed",
    "objects_deleted",
    "tasks",
    CACHE,
    "answer_bytes",
)
Cost = dict[str, int]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--write", action="store_true", help="update docs/operation-budgets.* and docs/costs.md"
    )
    is_to_write = parser.parse_args().write
    logging.disable()
    with tempfile.TemporaryDirectory() as folder, metered_platform(Path(folder)) as platform:
        measured = {operation.name: cost_of(platform, operation) for operation in OPERATIONS}
    if is_to_write:
        BUDGETS.write_text(json.dumps(measured, indent=1) + "\n")
        TABLE.write_text(page_of(measured))
        costs.write(measured)
    print(table_of(measured))
    return 0


def cost_of(platform: MeteredPlatform, operation: Operation) -> Cost:
    """Run the operation twice and return the amounts of the second run; zero amounts are omitted."""
    for _ in range(2):
        prepared = operation.prepare(platform)
        platform.meter.reset()
        answer = operation.run(platform, prepared)
        size = len(answer.get_data())
    assert answer.status_code < 400, f"{operation.name}: {answer.status_code} {answer.get_data()[:300]!r}"
    calls = platform.meter.calls
    spent = {
        **platform.meter.amounts,
        CACHE: calls[CACHE],
        "calls": calls.total() - calls[CACHE],
        "answer_bytes": size,
    }
    return {amount: spent[amount] for amount in AMOUNTS if spent.get(amount)}


def table_of(measured: dict[str, Cost]) -> str:
    """Markdown, one row per operation; columns that are empty everywhere are omitted."""
    columns = [amount for amount in AMOUNTS if any(amount in cost for cost in measured.values())]
    head = ["operation", *(column.replace("_", " ") for column in columns)]
    rows = [[name, *(str(cost.get(column, "")) for column in columns)] for name, cost in measured.items()]
    return "\n".join(
        "| " + " | ".join(row) + " |" for row in (head, ["---"] + ["---:"] * len(columns), *rows)
    )


def page_of(measured: dict[str, Cost]) -> str:
    return f"""# Operation budgets

The operations that one request uses, counted at the wire below the unmodified Google clients. `calls` are
remote calls to Datastore, Cloud Storage and Cloud Tasks; `cache` are commands to memcache; Google bills
entities, objects and tasks. Rate limits are disabled here: they cost a write one command to memcache
for each limit that applies, two in the first request of a window, and a read a twentieth of one.
`make bench ARGS="round_trips"` measures how many calls of a request wait for each other.
`tests/test_budgets.py` fails if a request uses more or fewer operations than in this table.
`.venv/bin/python -m bench.budgets --write` measures again and writes this page.

{table_of(measured)}
"""


if __name__ == "__main__":
    sys.exit(main())
