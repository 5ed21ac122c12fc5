"""Show log entries on the terminal: one readable line for each request, severities in colour."""

import contextlib
import re
from collections.abc import Iterable
from typing import TextIO

from gaelocal.appengine.logs.entries import RANKS, Entry

LEVELS = {"debug": "DEBUG", "info": "INFO", "warning": "WARNING", "error": "ERROR"}
COLOURS = {"WARNING": "33", "ERROR": "31", "CRITICAL": "1;31", "ALERT": "1;31", "EMERGENCY": "1;31"}
"""ANSI colours of the severities that stand out."""

SERVER_NOISE = re.compile(
    r"Starting gunicorn|Listening at: |Using worker: |Control socket listening|Booting worker with pid|"
    r"Handling signal: |Worker exiting|Worker \(pid:\d+\) was sent SIGTERM|Shutting down: |"
    r"INFO: {5}(Started server process|Waiting for application|Application (startup|shutdown) complete|"
    r"Uvicorn running|Finished server process|Shutting down)"
)
"""Lines of gunicorn and uvicorn about their own start and end."""
PACKAGE_NOISE = re.compile(
    r" [+~-] \S+==| +(?:Downloaded|Built) \S|  warnings\.warn\("
    r"|.*[/\\]site-packages[/\\]google[/\\].*: FutureWarning: You are using a .*Python version"
)
"""uv's list of what it has installed, and the advice of Google's packages to use a newer Python."""
ACCESS_LINE = re.compile(r'.*"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S+ HTTP/[\d.]+".* \d{3}\b')
"""A web server's own line about a request, which the front door's line repeats."""


class Terminal:
    """Writes to `stream` the entries that `level` includes: static files and server noise only at `debug`."""

    def __init__(self, stream: TextIO | None, level: str = "info") -> None:
        self._stream = stream
        self._shows_all = level == "debug"
        self._rank = RANKS[LEVELS[level]]
        self._width = 0
        self._has_colours = bool(stream and stream.isatty())

    def show(self, entries: Iterable[Entry]) -> None:
        if self._stream is None:
            return
        shown = [entry for entry in entries if self._shows(entry)]
        self._width = max([self._width, *(len(entry.source.name) for entry in shown)])
        with contextlib.suppress(OSError, ValueError):
            self._stream.write("".join(self._line(entry) for entry in shown))
            self._stream.flush()

    def _shows(self, entry: Entry) -> bool:
        if self._shows_all:
            return True
        if entry.repeats_request or entry.is_static or entry.rank < self._least_rank(entry):
            return False
        return not any(noise.match(entry.message) for noise in (SERVER_NOISE, PACKAGE_NOISE, ACCESS_LINE))

    def _least_rank(self, entry: Entry) -> int:
        """A line without a severity is a `print`, which is shown like INFO."""
        return 0 if entry.severity == "DEFAULT" and self._rank <= RANKS["INFO"] else self._rank

    def _line(self, entry: Entry) -> str:
        line = entry.for_terminal(self._width)
        colour = COLOURS.get(entry.severity)
        if not (self._has_colours and colour):
            return line
        return f"\x1b[{colour}m{line[:-1]}\x1b[0m\n"
