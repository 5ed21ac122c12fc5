"""Keep log entries: the last ones in memory, all of them for a while on disk, each one on the terminal."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice

from gaelocal.appengine.logs.entries import RANKS, Entry
from gaelocal.appengine.logs.file import LogFile
from gaelocal.appengine.logs.lines import severity_of
from gaelocal.appengine.logs.terminal import Terminal
from gaelocal.supervision import Health
from gaelocal.yaml_files import ConfigError

REMEMBERED = 5000
WRITE_AFTER = 0.1
WANTED: dict[str, Callable[[Entry], str]] = {
    "service": lambda entry: entry.source.service,
    "version": lambda entry: entry.source.version,
    "trace": lambda entry: entry.trace,
    "request_id": lambda entry: entry.request_id,
}


class LogBuffer:
    """Entries are written in batches every tenth of a second, so that no request waits for the disk."""

    def __init__(self, file: LogFile, terminal: Terminal, health: Health | None = None) -> None:
        self._file = file
        self._component = (health or Health()).component("log file")
        self._terminal = terminal
        self._entries: deque[Entry] = deque(maxlen=REMEMBERED)
        self._unwritten: list[tuple[Entry, bool]] = []
        self._writing: asyncio.TimerHandle | None = None

    def keep(self, entry: Entry, *, is_shown: bool = False) -> None:
        """Keep an entry; `is_shown` means that the terminal shows it already."""
        self._entries.append(entry)
        self._unwritten.append((entry, is_shown))
        if self._writing is None:
            self._writing = asyncio.get_running_loop().call_later(WRITE_AFTER, self.write)

    def entries(
        self, severity: str | None = None, limit: int = 200, **wanted: str | None
    ) -> list[dict[str, object]]:
        """Return the entries in memory, newest first; `severity` is the minimum.

        `wanted` filters by `service`, `version`, `trace` and `request_id`; None matches all.
        """
        rank = RANKS[severity_of(severity or "DEFAULT")]
        values = {name: value for name, value in wanted.items() if value is not None}
        found = (
            entry
            for entry in reversed(self._entries)
            if entry.rank >= rank and all(WANTED[name](entry) == value for name, value in values.items())
        )
        return [entry.as_json() for entry in islice(found, limit)]

    def recent(self) -> list[Entry]:
        """Return all entries in memory, oldest first."""
        return list(self._entries)

    def last_lines(self, service: str, version: str, count: int = 12) -> list[str]:
        """Return the last lines that a version itself logged, oldest first, to show why it failed."""
        return list(islice(self._logged_by(service, version), count))[::-1]

    def write(self) -> None:
        """Write out what is not written yet."""
        if self._writing:
            self._writing.cancel()
        self._writing, entries = None, self._unwritten
        if not entries:
            return
        self._unwritten = []
        self._append("".join(entry.as_line() for entry, _ in entries))
        self._terminal.show(entry for entry, is_shown in entries if not is_shown)

    def _append(self, lines: str) -> None:
        """Append lines to the file; on a full disk, entries are kept in memory only."""
        try:
            self._file.append(lines)
        except (OSError, ConfigError) as error:
            self._component.failed(error)
        else:
            self._component.recovered()

    def _logged_by(self, service: str, version: str) -> Iterator[str]:
        for entry in reversed(self._entries):
            if entry.source[:2] == (service, version) and entry.log != "request":
                yield from reversed(entry.text.splitlines())
