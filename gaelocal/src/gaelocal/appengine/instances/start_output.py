"""Buffer the output of a starting instance, so that a failure is one clear line."""

import re
import time
from collections import deque
from collections.abc import Callable

from gaelocal.appengine.logs import Entry
from gaelocal.appengine.logs.lines import TRACEBACK

HOLD_SECONDS = 10.0
"""Longer than programs need to fail on a busy machine, short enough for one that prints while it loads."""
REMEMBERED = 300
WORKER_ENDED = re.compile(r"Worker exiting \(pid|Worker \(pid:\d+\) (?:exited|was sent)")
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
VARYING = re.compile(r"\b\d+\b|0x[0-9a-f]+")


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
        return self.last_error or self._last_words or NO_REASON

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
