"""The figures of the benchmarks: one line each as they are measured, and one table at the end."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FILE_VARIABLE = "BENCH_FIGURES"
"""Names the file to which `report` appends; `make bench` reads it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value; a target that it must not exceed or fall below is optional."""

    what: str
    today: float
    at_most: float | None = None
    at_least: float | None = None
    tolerance: float = 0.0
    """What the measurement itself adds at most."""

    @property
    def is_missed(self) -> bool:
        is_too_large = self.at_most is not None and self.today > self.at_most + self.tolerance
        is_too_small = self.at_least is not None and self.today < self.at_least
        return is_too_large or is_too_small

    @property
    def value(self) -> str:
        return number(self.today)

    @property
    def target(self) -> str:
        if self.at_most is not None:
            return f"≤ {number(self.at_most)}"
        return f"≥ {number(self.at_least)}" if self.at_least is not None else ""


def report(
    what: str,
    today: float,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
    tolerance: float = 0.0,
) -> None:
    """Print a figure and add it to the table of `make bench`."""
    figure = Figure(what, today, at_most, at_least, tolerance)
    target = f"  (target {figure.target})" if figure.target else ""
    print(f"{what:48} {figure.value}{target}", flush=True)
    if file := os.environ.get(FILE_VARIABLE):
        with Path(file).open("a") as lines:
            lines.write(json.dumps(asdict(figure)) + "\n")


def read_figures(file: Path) -> list[Figure]:
    return [Figure(**json.loads(line)) for line in file.read_text().splitlines()]


def table_of(figures: Mapping[str, list[Figure]]) -> str:
    """Return a table of all figures by benchmark, below a line that describes the machine."""
    rows = [("benchmark", "what", "today", "target", "")]
    for name, each in figures.items():
        rows += [(name, one.what, one.value, one.target, "missed" * one.is_missed) for one in each]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join((machine(), lines[0], "-" * len(lines[0]), *lines[1:]))


def machine() -> str:
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {cpu_model()}, Python {platform.python_version()}, load {load:.1f}"


def cpu_model() -> str:
    """Return the model that Linux names, elsewhere the architecture."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def number(value: float) -> str:
    """Return a number with three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
