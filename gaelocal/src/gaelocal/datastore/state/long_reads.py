"""Reads begin on the event loop and move to a thread when they take too long."""

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
"""How long a read may block all other calls."""

# A thread that reads leaves the interpreter to the event loop this often, and for as long as that needs it.
_TURN_SECONDS = 0.0005
_PAUSE_SECONDS = 0.00005
_STEPS = 200  # instructions of SQLite's machine between two looks at the clock
_THREADS = 2


class LongReads:
    """Runs reads on the tables' own connection within a budget, or else on a snapshot in a thread."""

    def __init__(self, tables: Tables, budget: float = BUDGET_SECONDS) -> None:
        self._tables = tables
        self._budget = budget
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="datastore-read")
        self._deadline = 0.0
        tables.connection.set_progress_handler(self._is_late, _STEPS)

    def close(self) -> None:
        self._threads.shutdown()

    def run(self, work: Work[T]) -> T | Awaitable[T]:
        """Return the result, or an awaitable of it where the read takes longer than the budget.

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
        reader.connection.set_progress_handler(_Turns().take, _STEPS)
        try:
            return work(reader)
        finally:
            self._tables.release(reader)


class _Turns:
    def __init__(self) -> None:
        self._ends = time.perf_counter() + _TURN_SECONDS

    def take(self) -> bool:
        """Pause where the turn is over; return False, so that SQLite goes on."""
        if time.perf_counter() > self._ends:
            time.sleep(_PAUSE_SECONDS)
            self._ends = time.perf_counter() + _TURN_SECONDS
        return False
