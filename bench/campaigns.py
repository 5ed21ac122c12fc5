"""Functions of both kill campaigns: kill a process, wait for empty queues, report from the command line."""

import argparse
import random
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import psutil

from tests.journeys.platform import Platform
from tests.waiting import eventually


class Outcome(Protocol):
    """The counts of a campaign, in a dataclass."""

    @property
    def is_clean(self) -> bool: ...


def kill(pid: int) -> bool:
    """Kill a process; return whether it was still there."""
    try:
        psutil.Process(pid).kill()
    except psutil.NoSuchProcess:
        return False
    return True


def wait_for_empty_queues(platform: Platform, within: float) -> None:
    """Wait until no task is left in any queue; fail after `within` seconds."""

    def are_empty() -> bool:
        return all(queue["tasks"] == 0 for queue in platform.ask_console("/api/queues"))

    eventually(are_empty, within=within)


def run_from_command_line(description: str | None, sizes: dict[str, Any], run: Callable[..., Outcome]) -> int:
    """Run a campaign in a temporary folder and print its counts; return 0 if it is clean.

    `sizes` holds the options with their defaults. `run` gets the folder, the options' values and the seed.
    """
    parser = argparse.ArgumentParser(description=description)
    for name, default in sizes.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    parser.add_argument("--seed", type=int, default=None)
    arguments = vars(parser.parse_args())
    seed = arguments["seed"] if arguments["seed"] is not None else random.randrange(1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(Path(folder), *(arguments[name] for name in sizes), seed)
    print(f"seed {seed}")
    for name, count in asdict(outcome).items():  # type: ignore[call-overload]
        print(f"{name.replace('_', ' '):32} {count}")
    return 0 if outcome.is_clean else 1
