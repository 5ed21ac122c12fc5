"""Buffer the output of a starting instance, so that a failure is one clear line."""

import re
import signal
import time
from collections import deque
from collections.abc import Callable

from gaelocal.appengine.logs import Entry
from gaelocal.appengine.logs.lines import TRACEBACK

HOLD_SECONDS = 10.0
"""Longer than programs need to fail on a busy machine, short enough for one that prints while it loads."""
REMEMBERED = 300
WORKER_ENDED = re.compile(
    r"Worker exiting \(pid|Worker \(pid:\d+\) (?:exited|was sent)"
    r"|Worker with pid \d+ was terminated due to signal|worker \d+ \(pid: \d+\) died, killed by signal"
    r"|Child process \[\d+\] died"
)
"""As gunicorn, gunicorn 20, uWSGI and uvicorn say it."""
WORKER_KILLED = re.compile(
    r"Worker \(pid:\d+\) was sent (SIG[A-Z]+)|Worker with pid \d+ was terminated due to signal (\d+)"
    r"|worker \d+ \(pid: \d+\) died, killed by signal (\d+)"
)
CRASHES = frozenset({"SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT"})
"""Signals by which compiled code ends; starting it again does not help."""
ENDED_WORKERS = 4
FAILED_IMPORT = re.compile(r"[\w.]*(ImportError|ModuleNotFoundError|AttributeError|TypeError)\b")
OTHER_RELEASE = re.compile(
    r"may indicate binary incompatibility|compiled using NumPy 1\.x"
    r"|^NameError: name '(?:basestring|unicode|unichr|long|xrange|reduce)' is not defined"
    r"|^ *File \"[^\"\n]*[/\\]site-packages[/\\][^\"\n]*\", line \d+\n(?: .*\n)+"
    r"(?:Syntax|Indentation|Tab)Error: ",
    re.MULTILINE,
)
"""Compiled for another release of a package, or by a setuptools that no longer translates Python 2."""
ERROR_LINE = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception): .+", re.MULTILINE)
NO_REASON = "it wrote no error, as after a call of sys.exit"
MISSING = re.compile(r"^(?:ModuleNotFoundError|ImportError): ", re.MULTILINE)
"""Also in a traceback that a server has put into a message of its own."""
VARYING = re.compile(r"\b[0-9a-f]{32}\b|\b\d+\b|0x[0-9a-f]+")
"""Also the IDs of instances, which are in the paths of their sockets."""


class StartOutput:
    """Buffers the log entries of a starting process and passes them on after `release`."""

    def __init__(self, keep: Callable[[Entry], None]) -> None:
        self._keep = keep
        self._held: list[Entry] | None = []
        self._until = time.monotonic() + HOLD_SECONDS
        self._recent: deque[str] = deque(maxlen=REMEMBERED)
        self._last_line = ""

    @property
    def text(self) -> str:
        """Return the last lines, also those that were passed on or dropped."""
        return "\n".join(self._recent)

    @property
    def fingerprint(self) -> frozenset[str]:
        """Return a text that is equal for equal failures: the tracebacks, else all lines."""
        tracebacks = [message for message in self._recent if message.startswith(TRACEBACK)]
        return frozenset(VARYING.sub("0", message) for message in tracebacks or self._recent)

    @property
    def last_error(self) -> str:
        """Return the line of the last traceback that names the error; empty where there is none."""
        tracebacks = [message for message in self._recent if message.startswith(TRACEBACK)]
        return tracebacks[-1].splitlines()[-1].strip() if tracebacks else ""

    @property
    def reason_of_exit(self) -> str:
        """Return the error or the last line of stderr of a program that has ended by itself."""
        crash = self.crash
        return self.last_error or (crash and f"killed by {crash}") or self._last_words or NO_REASON

    @property
    def crash(self) -> str:
        """Return the signal that has ended the last worker if compiled code causes it; else ""."""
        killed = WORKER_KILLED.findall(self.text)
        name = _signal_name(next(filter(None, killed[-1]))) if killed else ""
        return name if name in CRASHES else ""

    @property
    def _last_words(self) -> str:
        """Return the last line, or the last one that names an error if that is only a bracket."""
        errors = [] if re.search(r"\w", self._last_line) else ERROR_LINE.findall(self.text)
        return errors[-1] if errors else self._last_line

    @property
    def shows_failed_import(self) -> bool:
        """Return whether it ended with an error that modules of other releases cause while they load."""
        text = self.text
        return bool(
            FAILED_IMPORT.match(self.last_error) or MISSING.search(text) or OTHER_RELEASE.search(text)
        )

    @property
    def is_restarting_workers(self) -> bool:
        """Return whether gunicorn starts worker after worker, each of which ends at once."""
        return len(WORKER_ENDED.findall(self.text)) >= ENDED_WORKERS

    def take(self, entry: Entry) -> None:
        self._recent.append(entry.message)
        if entry.log == "stderr" and entry.severity == "DEFAULT" and entry.message.strip():
            self._last_line = entry.message.strip()  # the server's own lines have a severity
        if self._held is not None and time.monotonic() > self._until:
            self.release()
        if self._held is None:
            self._keep(entry)
        else:
            self._held.append(entry)

    def release(self) -> None:
        """Pass on the buffered entries and all later ones."""
        held, self._held = self._held or [], None
        for entry in held:
            self._keep(entry)

    def drop(self) -> None:
        """Discard the buffered entries."""
        self._held = []


def _signal_name(text: str) -> str:
    try:
        return signal.Signals(int(text)).name if text.isdecimal() else text
    except ValueError:
        return text
