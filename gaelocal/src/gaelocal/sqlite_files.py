"""Open the SQLite files of the data folder, and wait for one that another program has locked."""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Collection
from pathlib import Path

from gaelocal.state_files import is_disk_error, make_folder, set_aside
from gaelocal.yaml_files import ConfigError

BUSY_SECONDS = 0.1
"""Seconds for which one statement waits for a lock; the event loop is blocked meanwhile."""
PATIENCE = 5.0
PAUSE = 0.05
CHECKED_BYTES = 64 * 1024 * 1024
"""A larger file is not checked at start-up, which would take more than a second."""
SIDE_FILES = ("-wal", "-shm", "-journal")
OUTAGE = sqlite3.OperationalError
"""Locked, full, or an I/O error: the next try may succeed."""

Prepare = Callable[[sqlite3.Connection], None]
Column = tuple[str, str]
Tables = dict[str, list[Column]]


def open_database(file: Path, prepare: Prepare, *, cached_statements: int = 128) -> sqlite3.Connection:
    """Open a file and let `prepare` create its tables.

    A file that is damaged, or has tables of another version, is moved aside and made anew.

    Raises:
        ConfigError: the file cannot be used now, or not be made; the message names it.
    """
    make_folder(file.parent)
    try:
        if reason := _reason_against(file, prepare):
            set_aside(file, reason, also=[file.with_name(file.name + end) for end in SIDE_FILES])
        return _opened(file, prepare, cached_statements)
    except sqlite3.Error as error:
        hint = "; is another program using it?" if is_locked(error) else ""
        raise ConfigError(f"{file} cannot be used ({error}){hint}") from error


def empty_tables(connection: sqlite3.Connection, *, but: Collection[str] = ()) -> None:
    """Delete every row of every table, except of the tables named by `but`, in one transaction."""
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    with connection:
        for name in names:
            if name not in but and not name.startswith("sqlite_"):
                connection.execute(f"DELETE FROM {name}")  # noqa: S608 - a name from the schema


async def until_writable(connection: sqlite3.Connection, seconds: float = PATIENCE) -> None:
    """Wait until no other program holds the lock, without stopping the event loop.

    Raises:
        sqlite3.OperationalError: it is held for longer, or the file cannot be written.
    """
    until = asyncio.get_running_loop().time() + seconds
    while not is_writable(connection, raises=asyncio.get_running_loop().time() >= until):  # noqa: ASYNC110 - other programs send no event
        await asyncio.sleep(PAUSE)


def is_writable(connection: sqlite3.Connection, *, raises: bool = False) -> bool:
    """Return whether no other program holds the lock; with `raises`, a held lock is an error.

    Raises:
        sqlite3.OperationalError: the file cannot be written.
    """
    if connection.in_transaction:
        return True
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except OUTAGE as error:
        if raises or not is_locked(error):
            raise
        return False
    return True


def is_outage(error: BaseException) -> bool:
    """Return whether data cannot be read or written now: a disk error, or a database that is locked."""
    return isinstance(error, OUTAGE) or (isinstance(error, OSError) and is_disk_error(error))


def outage_message(error: BaseException) -> str:
    """Return a sentence without the name of the file."""
    reason = (error.strerror or "") if isinstance(error, OSError) else str(error)
    return f"The data cannot be read or written now: {reason}."


def is_locked(error: sqlite3.Error) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def tables_of(connection: sqlite3.Connection) -> Tables:
    """Return the columns of each table as pairs of name and declaration, in their order."""
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return {name: _columns(connection, name) for (name,) in connection.execute(query).fetchall()}


def _columns(connection: sqlite3.Connection, table: str) -> list[Column]:
    query = 'SELECT name, type, "notnull", dflt_value FROM pragma_table_info(?)'
    return [
        (name, f"{kind}{' NOT NULL' if is_required else ''}{f' DEFAULT {default}' if default else ''}")
        for name, kind, is_required, default in connection.execute(query, (table,)).fetchall()
    ]


def _tables_wanted(prepare: Prepare) -> Tables:
    fresh = _connect(":memory:")
    try:
        prepare(fresh)
        return tables_of(fresh)
    finally:
        fresh.close()


def _add_columns(connection: sqlite3.Connection, prepare: Prepare) -> None:
    """Add the columns that tables of an older version lack."""
    found = tables_of(connection)
    for table, columns in _tables_wanted(prepare).items():
        for name, declaration in columns[len(found.get(table, columns)) :]:
            connection.execute(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {declaration}')


def _connect(file: Path | str, cached_statements: int = 128) -> sqlite3.Connection:
    return sqlite3.connect(
        file,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=cached_statements,
    )


def _opened(file: Path, prepare: Prepare, cached_statements: int) -> sqlite3.Connection:
    connection = _connect(file, cached_statements)
    try:
        connection.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        _add_columns(connection, prepare)
        prepare(connection)
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    except BaseException:
        connection.close()
        raise
    return connection


def _reason_against(file: Path, prepare: Prepare) -> str:
    """Return why a file cannot be used; empty if it can, or if there is none."""
    if not os.path.lexists(file):
        return _reason_against_side_files(file)
    if not file.is_file():
        return "is not a file"
    if not os.access(file, os.R_OK | os.W_OK):
        return "may not be read and written"
    if not file.stat().st_size:
        return "is empty"
    return _reason_against_side_files(file) or _reason_against_content(file, prepare)


def _reason_against_side_files(file: Path) -> str:
    for end in SIDE_FILES:
        side = file.with_name(file.name + end)
        if os.path.lexists(side) and not (side.is_file() and os.access(side, os.R_OK | os.W_OK)):
            return f"has a {side.name} that cannot be used"
    return ""


def _reason_against_content(file: Path, prepare: Prepare) -> str:
    connection = _connect(file)
    try:
        if damage := _damage(connection, file):
            return f"is damaged ({damage})"
        return _difference(connection, prepare)
    except OUTAGE as error:
        if is_locked(error):
            raise
        return f"cannot be used ({error})"
    except sqlite3.DatabaseError as error:
        return f"is damaged ({error})"
    finally:
        connection.close()


def _damage(connection: sqlite3.Connection, file: Path) -> str:
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if file.stat().st_size > CHECKED_BYTES:
        return ""
    found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    return "" if found == "ok" else " ".join(found.split())[:120]


def _difference(connection: sqlite3.Connection, prepare: Prepare) -> str:
    """Compare its tables with those that `prepare` creates in an empty database."""
    wanted = _tables_wanted(prepare)
    for table, columns in tables_of(connection).items():
        if table in wanted and not _can_become(columns, wanted[table]):
            return f"has a table `{table}` of an incompatible version"
    return ""


def _can_become(columns: list[Column], wanted: list[Column]) -> bool:
    """Return whether the table lacks only nullable or defaulted columns at its end."""
    names = [name for name, _ in columns]
    missing = wanted[len(columns) :]
    is_start = names == [name for name, _ in wanted[: len(columns)]]
    return is_start and all("NOT NULL" not in how or "DEFAULT" in how for _, how in missing)
