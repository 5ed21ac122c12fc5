"""The output of an instance that is starting: held back, so that a failure is one clear line."""

import re
import time
from collections import deque
from collections.abc import Callable

from gaelocal.appengine.logs import Entry
from gaelocal.appengine.logs.lines import TRACEBACK

HOLD_SECONDS = 3.0
"""Longer than most programs need to fail, short enough for one that prints while it loads."""
REMEMBERED = 300
WORKER_ENDED = re.compile(r"Worker exiting \(pid|Worker \(pid:\d+\) (?:exited|was sent)")
ENDED_WORKERS = 4
VARYING = re.compile(r"\b\d+\b|0x[0-9a-f]+")


class StartOutput:
    """Takes the entries of one life of an instance and passes them on from `release` on."""

    def __init__(self, keep: Callable[[Entry], None]) -> None:
        self._keep = keep
        self._held: list[Entry] | None = []
        self._until = time.monotonic() + HOLD_SECONDS
        self._recent: deque[str] = deque(maxlen=REMEMBERED)

    @property
    def text(self) -> str:
        """Return the last lines, also those that were passed on or dropped."""
        return "\n".join(self._recent)

    @property
    def fingerprint(self) -> frozenset[str]:
        """Return what two starts that fail alike have in common: their tracebacks, else all their lines."""
        tracebacks = [message for message in self._recent if message.startswith(TRACEBACK)]
        return frozenset(VARYING.sub("0", message) for message in tracebacks or self._recent)

    @property
    def is_restarting_workers(self) -> bool:
        """Return whether gunicorn starts worker after worker, each of which ends at once."""
        return len(WORKER_ENDED.findall(self.text)) >= ENDED_WORKERS

    def take(self, entry: Entry) -> None:
        self._recent.append(entry.message)
        if self._held is not None and time.monotonic() > self._until:
            self.release()
        if self._held is None:
            self._keep(entry)
        else:
            self._held.append(entry)

    def release(self) -> None:
        """Pass on what is held, and everything from now on."""
        held, self._held = self._held or [], None
        for entry in held:
            self._keep(entry)

    def drop(self) -> None:
        """Forget what is held."""
        self._held = []
