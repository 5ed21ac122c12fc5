"""Run a campaign from the command line: it prints its seed and one line of figures."""

import argparse
import random
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol


class Outcome(Protocol):
    """The figures of a campaign, in a dataclass."""

    @property
    def is_clean(self) -> bool: ...


def run_campaign_command(
    description: str | None,
    sizes: dict[str, Any],
    run: Callable[..., Outcome],
    words: list[str] | None = None,
) -> int:
    """Run a campaign in a temporary folder; return 0 if it is clean.

    `sizes` holds the options with their defaults. `run` gets the folder, the options' values and the seed.
    """
    parser = argparse.ArgumentParser(description=description)
    for name, default in sizes.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    parser.add_argument("--seed", type=int, default=None)
    arguments = vars(parser.parse_args(words))
    seed = arguments["seed"] if arguments["seed"] is not None else random.randrange(1_000_000)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(Path(folder), *(arguments[name] for name in sizes), seed)
    print(one_line(outcome))
    return 0 if outcome.is_clean else 1


def one_line(outcome: Outcome) -> str:
    figures = asdict(outcome)  # type: ignore[call-overload]
    return " · ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
