"""Messages that gaelocal's own modules log, kept beside the log entries of the services."""

import asyncio
import contextlib
import logging
from functools import partial

from gaelocal.appengine.logs.entries import Entry, Source
from gaelocal.appengine.logs.log_buffer import LogBuffer


class OwnMessages(logging.Handler):
    """Keeps warnings and errors, also those of other threads; the terminal has shown them already."""

    def __init__(self, logs: LogBuffer) -> None:
        super().__init__(logging.WARNING)
        self._logs = logs
        self._loop = asyncio.get_running_loop()

    def emit(self, record: logging.LogRecord) -> None:
        entry = Entry(record.created, record.levelname, Source("gaelocal"), "platform", self.format(record))
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(partial(self._logs.keep, entry, is_shown=True))
