"""`gaelocal usage`: print the instance hours of each service and what they cost on App Engine."""

from argparse import ArgumentParser, Namespace
from typing import Any

from gaelocal.commands.admin_client import AdminClient
from gaelocal.commands.platform_client import add_platform_arguments

HELP = "print the instance hours of each service and their price"
EXAMPLES = """
  gaelocal usage
"""
COLUMNS = ("SERVICE", "CLASS", "RUNNING", "HOURS", "PRICE PER HOUR", "PRICE")
NOTE = (
    "Since the data folder was made; US dollars in us-central1. App Engine adds 15 minutes to each instance, "
    "and 28 F-class and 9 B-class hours a day are free."
)


def add_arguments(parser: ArgumentParser) -> None:
    add_platform_arguments(parser)


def run(arguments: Namespace) -> int:
    admin = AdminClient(arguments)
    rows = admin.get(f"{admin.app}:usage")["instanceHours"]
    total = ("total", "", "", f"{sum(row['hours'] for row in rows):.2f}", "", _dollars(rows))
    table = [COLUMNS, *(_row(row) for row in rows), total]
    widths = [max(len(row[column]) for row in table) for column in range(len(COLUMNS))]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print(NOTE)
    return 0


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["service"],
        row["instance_class"],
        str(row["running"]),
        f"{row['hours']:.2f}",
        f"${row['price_per_hour']:.2f}",
        _dollars([row]),
    )


def _dollars(rows: list[dict[str, Any]]) -> str:
    return f"${sum(row['price'] for row in rows):.3f}"
