"""`gaelocal services`: list the instances of the running platform."""

from argparse import ArgumentParser, Namespace
from typing import Any

from gaelocal.commands.platform_client import add_platform_arguments, addresses_of, ask_json

HELP = "list the services of the running platform with their instances"
EXAMPLES = """
  gaelocal services
"""
COLUMNS = ("SERVICE", "VERSION", "INSTANCE", "STATE", "PID", "MEMORY", "REQUESTS", "ADDRESS")


def add_arguments(parser: ArgumentParser) -> None:
    add_platform_arguments(parser)


def run(arguments: Namespace) -> int:
    instances = ask_json(f"{addresses_of(arguments)['console']}/api/services")
    _print_table([COLUMNS, *(_row(instance) for instance in instances)])
    return 0


def _row(instance: dict[str, Any]) -> tuple[str, ...]:
    megabytes = round(instance["memory"] / 1024 / 1024)
    return (
        instance["service"],
        instance["version"],
        str(instance["index"]),
        instance["state"],
        str(instance["pid"] or "-"),
        f"{megabytes} MB" if megabytes else "-",
        str(instance["requests"]),
        instance["address"],
    )


def _print_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
