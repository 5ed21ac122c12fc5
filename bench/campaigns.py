"""Functions of the kill campaigns: kill a process, connect to the Datastore, report from the command line."""

import argparse
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import psutil

from tests.journeys.platform import Platform
from timeline.backends import connect, disconnect
from timeline.interfaces import Backends
from timeline.settings import Settings


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


@contextmanager
def backends_of(platform: Platform) -> Iterator[Backends]:
    """Connect to the Datastore of a running platform."""
    addresses = platform.addresses
    settings = Settings(
        google_cloud_project=addresses["project"], datastore_emulator_host=addresses["datastore"]
    )
    backends = connect(settings)
    try:
        yield backends
    finally:
        disconnect(backends)


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
