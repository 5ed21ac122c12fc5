"""Keeps queues and tasks in SQLite: what is written here survives the death of the process."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from gaelocal.sqlite_files import empty_tables, open_database, until_writable
from gaelocal.tasks.state.stored_task import DeadTask, NewTask, StoredTask

KEPT_DEAD = 100
SERVER_ERROR = 500
SCHEMA = """
CREATE TABLE IF NOT EXISTS queues (
    name TEXT PRIMARY KEY, from_file INTEGER NOT NULL, settings BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tasks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, id TEXT NOT NULL, named INTEGER NOT NULL,
    eta REAL NOT NULL, created REAL NOT NULL, running INTEGER NOT NULL DEFAULT 0,
    dispatches INTEGER NOT NULL DEFAULT 0, responses INTEGER NOT NULL DEFAULT 0,
    first_dispatched REAL, last_scheduled REAL, last_dispatched REAL, last_answered REAL, last_status INTEGER,
    request BLOB NOT NULL, body BLOB NOT NULL, executions INTEGER NOT NULL DEFAULT 0,
    history TEXT NOT NULL DEFAULT '',
    UNIQUE (queue, id)
);
CREATE INDEX IF NOT EXISTS due ON tasks (queue, running, eta);
CREATE TABLE IF NOT EXISTS tombstones (
    queue TEXT NOT NULL, id TEXT NOT NULL, until REAL NOT NULL, PRIMARY KEY (queue, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS expiry ON tombstones (until);
CREATE TABLE IF NOT EXISTS dead (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, id TEXT NOT NULL, died REAL NOT NULL,
    dispatches INTEGER NOT NULL, last_status INTEGER, reason TEXT NOT NULL, request BLOB NOT NULL,
    body BLOB NOT NULL DEFAULT x'', history TEXT NOT NULL DEFAULT '', created REAL
);
CREATE TABLE IF NOT EXISTS deleted_queues (name TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
UPDATE tasks SET running = 0 WHERE running <> 0;
"""
COLUMNS = ", ".join(field.name for field in fields(StoredTask))
CLAIM = (
    "UPDATE tasks SET running = running + 1, dispatches = dispatches + 1, last_scheduled = eta,"
    " first_dispatched = coalesce(first_dispatched, ?), last_dispatched = ?, last_answered = NULL"
)
WITHOUT_BODY = COLUMNS.replace("body", "x'' AS body")
DEAD_COLUMNS = ", ".join(field.name for field in fields(DeadTask))
DEAD_WITHOUT_BODY = DEAD_COLUMNS.replace("body", "x'' AS body")


class Store:
    def __init__(self, file: Path) -> None:
        self._sql = open_database(file, _prepare)
        self._sql.row_factory = sqlite3.Row

    def clear(self) -> None:
        """Delete all tasks, reserved names and dead tasks; the queues stay."""
        empty_tables(self._sql, but=["queues"])

    def close(self) -> None:
        self._sql.close()

    async def until_writable(self) -> None:
        """Wait while another program holds the lock, without stopping the event loop."""
        await until_writable(self._sql)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make all writes inside one transaction, and leave none open after an error."""
        self._sql.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._sql.execute("COMMIT")
        finally:
            if self._sql.in_transaction:  # SQLite itself rolls back when the disk is full
                self._sql.execute("ROLLBACK")

    def queues(self) -> list[tuple[int, bytes]]:
        """Return the origin and the settings of each queue."""
        rows = self._sql.execute("SELECT from_file, settings FROM queues ORDER BY name")
        return [(row["from_file"], row["settings"]) for row in rows]

    def keep_queue(self, name: str, origin: int, settings: bytes) -> None:
        self._sql.execute("INSERT OR REPLACE INTO queues VALUES (?, ?, ?)", (name, origin, settings))

    def drop_queue(self, name: str, reserved_until: float) -> None:
        with self.together():
            self._sql.execute("DELETE FROM queues WHERE name = ?", (name,))
            self._sql.execute("INSERT OR REPLACE INTO deleted_queues VALUES (?, ?)", (name, reserved_until))
            for table in ("tasks", "tombstones", "dead"):
                self._sql.execute(f"DELETE FROM {table} WHERE queue = ?", (name,))  # noqa: S608 - three constants

    def is_reserved(self, name: str, now: float) -> bool:
        """Return whether a queue of this name was deleted a short time ago."""
        query = "SELECT 1 FROM deleted_queues WHERE name = ? AND until > ?"
        return self._sql.execute(query, (name, now)).fetchone() is not None

    def add(self, task: NewTask) -> bool:
        """Add a task; return False if its name is in use or was a short time ago."""
        if task.named and self._is_tombstone(task):
            return False
        try:
            self._sql.execute(
                "INSERT INTO tasks (queue, id, named, eta, created, request, body)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (task.queue, task.id, task.named, task.eta, task.created, task.request, task.body),
            )
        except sqlite3.IntegrityError:
            return False
        return True

    def find(self, queue: str, task_id: str) -> StoredTask | None:
        query = f"SELECT {COLUMNS} FROM tasks WHERE queue = ? AND id = ?"  # noqa: S608 - constant columns
        row = self._sql.execute(query, (queue, task_id)).fetchone()
        return _task(row) if row else None

    def history(self, seq: int) -> str:
        """Return the attempts of a task that have ended; none of a task that is gone."""
        row = self._sql.execute("SELECT history FROM tasks WHERE seq = ?", (seq,)).fetchone()
        return str(row["history"]) if row else ""

    def page(self, queue: str, after: int, limit: int, with_body: bool) -> list[StoredTask]:
        """Return the tasks after that `seq`, in the order of their creation."""
        columns = COLUMNS if with_body else WITHOUT_BODY
        query = f"SELECT {columns} FROM tasks WHERE queue = ? AND seq > ? ORDER BY seq LIMIT ?"  # noqa: S608
        return [_task(row) for row in self._sql.execute(query, (queue, after, limit))]

    def next_eta(self, queue: str) -> float | None:
        query = "SELECT min(eta) FROM tasks WHERE queue = ? AND running = 0"
        eta: float | None = self._sql.execute(query, (queue,)).fetchone()[0]
        return eta

    def claim_due(self, queue: str, now: float, limit: int) -> list[StoredTask]:
        """Mark up to `limit` due tasks as running, the oldest first, and return them."""
        due = "SELECT seq FROM tasks WHERE queue = ? AND running = 0 AND eta <= ? ORDER BY eta, seq LIMIT ?"
        claimed = self._claim(f"seq IN ({due})", now, (queue, now, limit))
        return sorted(claimed, key=lambda task: (task.eta, task.seq))

    def claim(self, queue: str, task_id: str, now: float) -> StoredTask | None:
        """Mark this task as running, whether or not it is due or runs already."""
        claimed = self._claim("queue = ? AND id = ?", now, (queue, task_id))
        return claimed[0] if claimed else None

    def put_back(self, task: StoredTask, eta: float, now: float, status: int, history: str = "") -> None:
        """Let a failed task wait until `eta`; a task that was deleted meanwhile stays deleted."""
        self._sql.execute(
            "UPDATE tasks SET running = max(running - 1, 0), eta = ?, responses = responses + ?,"
            " executions = executions + ?, last_answered = ?, last_status = ?, history = ? WHERE seq = ?",
            (eta, int(status > 0), int(0 < status < SERVER_ERROR), now, status, history, task.seq),
        )

    def remove(self, task: StoredTask, now: float, tombstone_until: float) -> bool:
        """Delete a task and reserve its name for a while."""
        with self.together():
            return self._remove(task, now, tombstone_until)

    def give_up(self, task: StoredTask, dead: DeadTask, tombstone_until: float) -> bool:
        """Delete a task that failed for the last time and keep it as dead; return whether it was there."""
        with self.together():
            is_removed = self._remove(task, dead.died, tombstone_until)
            if is_removed:
                self._keep_dead(dead)
        return is_removed

    def purge(self, queue: str, tombstone_until: float) -> None:
        with self.together():
            self._sql.execute(
                "INSERT OR REPLACE INTO tombstones SELECT queue, id, ? FROM tasks WHERE queue = ? AND named",
                (tombstone_until, queue),
            )
            self._sql.execute("DELETE FROM tasks WHERE queue = ?", (queue,))

    def _remove(self, task: StoredTask, now: float, tombstone_until: float) -> bool:
        if task.named:
            self._sql.execute("DELETE FROM tombstones WHERE until <= ?", (now,))
            self._reserve_name(task.queue, task.id, tombstone_until)
        return self._sql.execute("DELETE FROM tasks WHERE seq = ?", (task.seq,)).rowcount > 0

    def _keep_dead(self, dead: DeadTask) -> None:
        """Keep the last hundred dead tasks of a queue."""
        columns = [field.name for field in fields(DeadTask) if field.name != "seq"]
        self._sql.execute(
            f"INSERT INTO dead ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",  # noqa: S608
            [getattr(dead, name) for name in columns],
        )
        self._sql.execute(
            "DELETE FROM dead WHERE queue = ? AND seq NOT IN"
            " (SELECT seq FROM dead WHERE queue = ? ORDER BY seq DESC LIMIT ?)",
            (dead.queue, dead.queue, KEPT_DEAD),
        )

    def dead(self, queue: str) -> list[DeadTask]:
        """Return the dead tasks of a queue without their bodies, the newest first."""
        query = f"SELECT {DEAD_WITHOUT_BODY} FROM dead WHERE queue = ? ORDER BY seq DESC"  # noqa: S608 - constant columns
        return [DeadTask(**row) for row in self._sql.execute(query, (queue,))]

    def find_dead(self, queue: str, seq: int) -> DeadTask | None:
        query = f"SELECT {DEAD_COLUMNS} FROM dead WHERE queue = ? AND seq = ?"  # noqa: S608 - constant columns
        row = self._sql.execute(query, (queue, seq)).fetchone()
        return DeadTask(**row) if row else None

    def drop_dead(self, queue: str, seq: int) -> None:
        self._sql.execute("DELETE FROM dead WHERE queue = ? AND seq = ?", (queue, seq))

    def revive(self, dead: DeadTask, now: float) -> bool:
        """Put a dead task back into its queue under its old name; return whether the name was free."""
        again = NewTask(
            queue=dead.queue,
            id=dead.id,
            named=False,
            eta=now,
            created=now,
            request=dead.request,
            body=dead.body,
        )
        with self.together():
            self._sql.execute("DELETE FROM tombstones WHERE queue = ? AND id = ?", (dead.queue, dead.id))
            is_added = self.add(again)
            if is_added:
                self.drop_dead(dead.queue, dead.seq)
        return is_added

    def counts(self) -> dict[str, dict[str, Any]]:
        """Return for each queue with tasks how many there are, how many run, and the oldest eta."""
        query = "SELECT queue, count(*) AS tasks, sum(running > 0) AS running, min(eta) AS oldest FROM tasks"
        return {row["queue"]: dict(row) for row in self._sql.execute(f"{query} GROUP BY queue")}

    def dead_counts(self) -> dict[str, int]:
        return dict(self._sql.execute("SELECT queue, count(*) FROM dead GROUP BY queue").fetchall())

    def _is_tombstone(self, task: NewTask) -> bool:
        query = "SELECT 1 FROM tombstones WHERE queue = ? AND id = ? AND until > ?"
        return self._sql.execute(query, (task.queue, task.id, task.created)).fetchone() is not None

    def _reserve_name(self, queue: str, task_id: str, until: float) -> None:
        self._sql.execute("INSERT OR REPLACE INTO tombstones VALUES (?, ?, ?)", (queue, task_id, until))

    def _claim(self, where: str, now: float, arguments: tuple[Any, ...]) -> list[StoredTask]:
        query = f"{CLAIM} WHERE {where} RETURNING {COLUMNS}"
        return [_task(row) for row in self._sql.execute(query, (now, now, *arguments)).fetchall()]


def _prepare(connection: sqlite3.Connection) -> None:
    connection.executescript(SCHEMA)


def _task(row: sqlite3.Row) -> StoredTask:
    values: dict[str, Any] = dict(row)
    values["named"] = bool(values["named"])
    return StoredTask(**values)
