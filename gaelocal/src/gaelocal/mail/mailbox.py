"""Stores every accepted mail in a file, so that a killed process loses none."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gaelocal.mail.message_parser import attachments_of, parse_message
from gaelocal.sqlite_files import open_database, until_writable

SCHEMA = """
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    opened TEXT NOT NULL,
    raw BLOB NOT NULL
)
"""
EVERYTHING = -1  # SQLite's LIMIT for no limit


@dataclass(frozen=True, slots=True)
class Envelope:
    """The SMTP envelope: sender and recipients, which may differ from the mail's headers."""

    sender: str
    recipients: tuple[str, ...]


class Mailbox:
    """All mail, in SQLite. A mail survives the death of the process once `add` has returned."""

    def __init__(self, file: Path) -> None:
        self._db = open_database(file, _prepare)

    def close(self) -> None:
        self._db.close()

    async def until_writable(self) -> None:
        """Wait while another program holds the lock, without stopping the event loop."""
        await until_writable(self._db)

    def add(self, envelope: Envelope, raw: bytes) -> int:
        """Store a mail and return its ID. It is parsed now, so that listing needs no parsing."""
        received = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        row = (
            received,
            envelope.sender,
            json.dumps(envelope.recipients),
            json.dumps(parse_message(raw)),
            raw,
        )
        command = "INSERT INTO mail (received, sender, recipients, opened, raw) VALUES (?, ?, ?, ?, ?)"
        return self._db.execute(command, row).lastrowid or 0

    def newest(self, limit: int | None, to: str = "") -> list[dict[str, Any]]:
        """List mails to recipients with `to` in their address, whatever the case."""
        query = (
            "SELECT id, received, sender, recipients, opened FROM mail"
            " WHERE instr(lower(recipients), lower(?)) ORDER BY id DESC LIMIT ?"
        )
        rows = self._db.execute(query, (to, EVERYTHING if limit is None else limit))
        return [_shown(*row) for row in rows]

    def read(self, mail_id: int) -> dict[str, Any]:
        """Return one mail with its `source`.

        Raises:
            LookupError: there is no such mail.
        """
        query = "SELECT id, received, sender, recipients, opened, raw FROM mail WHERE id = ?"
        row = self._db.execute(query, (mail_id,)).fetchone()
        if row is None:
            raise LookupError(f"no mail {mail_id}")
        *columns, raw = row
        return {**_shown(*columns), "source": raw.decode("utf-8", "replace")}

    def attachment(self, mail_id: int, number: int) -> tuple[str, bytes]:
        """Return the name and the bytes of an attachment, counted from 0.

        Raises:
            LookupError: there is no such mail or attachment.
        """
        row = self._db.execute("SELECT raw FROM mail WHERE id = ?", (mail_id,)).fetchone()
        found = attachments_of(row[0]) if row else []
        if not 0 <= number < len(found):
            raise LookupError(f"no attachment {number} of mail {mail_id}")
        return found[number]

    def delete(self, mail_id: int) -> None:
        self._db.execute("DELETE FROM mail WHERE id = ?", (mail_id,))

    def clear(self) -> None:
        self._db.execute("DELETE FROM mail")


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute(SCHEMA)


def _shown(mail_id: int, received: str, sender: str, recipients: str, opened: str) -> dict[str, Any]:
    addresses = json.loads(recipients)
    return {
        "id": mail_id,
        "to": ", ".join(addresses),
        "recipients": addresses,
        "from": sender,
        "received": received,
        **json.loads(opened),
    }
