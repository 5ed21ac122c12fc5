"""Reads start on the event loop; a read that takes too long is interrupted and repeated in a thread."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from gaelocal.datastore.state.tables import TableReader, Tables

T = TypeVar("T")
Work = Callable[[TableReader], T]

BUDGET_SECONDS = 0.002
"""The longest time for which a read may block all other calls."""

# A reading thread sleeps for _SLEEP_SECONDS after every _RUN_SECONDS. The sleep releases the GIL, and the
# event loop then holds it for as long as it needs.
_RUN_SECONDS = 0.0005
_SLEEP_SECONDS = 0.00005
_INSTRUCTIONS = 200  # of SQLite's virtual machine, between two calls of the progress handler
_THREADS = 2


class LongReads:
    """Runs reads on the tables' own connection, and repeats slow ones on a snapshot in a thread."""

    def __init__(self, tables: Tables, budget: float = BUDGET_SECONDS) -> None:
        self._tables = tables
        self._budget = budget
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="datastore-read")
        self._deadline = 0.0
        tables.connection.set_progress_handler(self._is_late, _INSTRUCTIONS)

    def close(self) -> None:
        self._threads.shutdown()

    def run(self, work: Work[T]) -> T | Awaitable[T]:
        """Return the result, or an awaitable of the result if the read takes longer than the budget.

        `work` may run twice and must change nothing.
        """
        self._deadline = time.perf_counter() + self._budget
        try:
            return work(self._tables)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
        finally:
            self._deadline = 0.0
        reader = self._tables.snapshot()
        return asyncio.get_running_loop().run_in_executor(self._threads, self._run, work, reader)

    def _is_late(self) -> bool:
        return bool(self._deadline) and time.perf_counter() > self._deadline

    def _run(self, work: Work[T], reader: TableReader) -> T:
        reader.connection.set_progress_handler(_GilReleaser().sleep_if_due, _INSTRUCTIONS)
        try:
            return work(reader)
        finally:
            self._tables.release(reader)


class _GilReleaser:
    def __init__(self) -> None:
        self._sleeps_at = time.perf_counter() + _RUN_SECONDS

    def sleep_if_due(self) -> bool:
        """Sleep if the thread has run for long enough; return False, so that SQLite continues the read."""
        if time.perf_counter() > self._sleeps_at:
            time.sleep(_SLEEP_SECONDS)
            self._sleeps_at = time.perf_counter() + _RUN_SECONDS
        return False
