"""The requests of one trace as the bars of a waterfall."""

from dataclasses import dataclass

from gaelocal.console.logs.groups import Group

WIDTH = 1000
LEAST_WIDTH = 4
TOLERANCE = 0.002
"""Seconds by which the clocks of two services' log lines may differ."""


@dataclass(frozen=True, slots=True)
class Bar:
    """`left` and `width` are in thousandths of the trace, `marks` those of log lines with their severity."""

    group: Group
    depth: int
    offset: float
    left: int
    width: int
    marks: list[tuple[int, str]]


def bars_of(groups: list[Group]) -> tuple[list[Bar], float]:
    """Return the bars in the order of their start, and the duration of the whole trace in seconds."""
    requests = sorted(
        (group for group in groups if group.request), key=lambda group: (group.started, -group.seconds)
    )
    if not requests:
        return [], 0.0
    start = requests[0].started
    total = max(group.time for group in requests) - start
    bars: list[Bar] = []
    for group in requests:
        depth = max((bar.depth + 1 for bar in bars if _encloses(bar.group, group)), default=0)
        offset = group.started - start
        left = min(_place(offset, total), WIDTH - LEAST_WIDTH)
        width = max(LEAST_WIDTH, min(_place(group.seconds, total), WIDTH - left))
        marks = [
            (min(WIDTH, max(0, _place(line.time - start, total))), line.severity) for line in group.lines
        ]
        bars.append(Bar(group, depth, offset, left, width, marks))
    return bars, total


def _place(seconds: float, total: float) -> int:
    return round(WIDTH * seconds / total) if total > 0 else 0


def _encloses(outer: Group, inner: Group) -> bool:
    return outer.started <= inner.started + TOLERANCE and inner.time <= outer.time + TOLERANCE
