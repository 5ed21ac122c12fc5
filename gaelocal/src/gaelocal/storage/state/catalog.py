"""The rows in SQLite: a change, and what it leaves to be erased, are one transaction."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gaelocal.sqlite_files import open_database, until_writable
from gaelocal.storage.state.records import Bucket, Content, StoredObject, Upload

SCHEMA = Path(__file__).with_name("schema.sql")
_PUT_OBJECT = "INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_PUT_UPLOAD = "INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


class Catalog:
    """Names are kept as UTF-8 bytes, so that the order of the rows is the order of Cloud Storage."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._rows: sqlite3.Connection

    def open(self) -> None:
        self._rows = open_database(self._file, _prepare)

    def close(self) -> None:
        self._rows.close()

    async def until_writable(self) -> None:
        """Wait while another program holds the lock, without stopping the event loop."""
        await until_writable(self._rows)

    @contextmanager
    def change(self) -> Iterator[None]:
        """Make what happens inside one transaction; a Refusal inside undoes it."""
        self._rows.execute("BEGIN IMMEDIATE")
        with self._rows:
            yield

    def next_generation(self, now: float) -> int:
        """Give the time in microseconds, or one more than the last where the clock stands still."""
        (generation,) = self._rows.execute(
            "UPDATE generations SET last = max(last + 1, ?) RETURNING last", (int(now * 1_000_000),)
        ).fetchone()
        return int(generation)

    def bucket(self, name: str) -> Bucket | None:
        row = self._rows.execute("SELECT * FROM buckets WHERE name = ?", (name,)).fetchone()
        return _bucket(row) if row else None

    def buckets(self, prefix: str, after: str, limit: int) -> list[Bucket]:
        rows = self._rows.execute(
            "SELECT * FROM buckets WHERE name > ? AND substr(name, 1, ?) = ? ORDER BY name LIMIT ?",
            (after, len(prefix), prefix, limit),
        )
        return [_bucket(row) for row in rows]

    def put_bucket(self, bucket: Bucket) -> None:
        self._rows.execute(
            "INSERT OR REPLACE INTO buckets VALUES (?, ?, ?, ?, ?)",
            (bucket.name, bucket.metageneration, bucket.created, bucket.updated, json.dumps(bucket.fields)),
        )

    def delete_bucket(self, name: str) -> None:
        self._rows.execute("DELETE FROM buckets WHERE name = ?", (name,))
        self._rows.execute("DELETE FROM uploads WHERE bucket = ?", (name,))

    def object(self, bucket: str, name: str) -> StoredObject | None:
        row = self._rows.execute(
            "SELECT * FROM objects WHERE bucket = ? AND name = ?", (bucket, name.encode())
        ).fetchone()
        return _object(row) if row else None

    def objects(self, bucket: str, first: bytes, end: bytes, limit: int) -> list[StoredObject]:
        """Give objects in the order of their names, from `first` on and before `end`."""
        rows = self._rows.execute(
            "SELECT * FROM objects WHERE bucket = ? AND name >= ? AND name < ? ORDER BY name LIMIT ?",
            (bucket, first, end, limit),
        )
        return [_object(row) for row in rows]

    def put_object(self, made: StoredObject) -> None:
        self.delete_object(made.bucket, made.name, keep=made.content.id)
        content = made.content
        written = (made.bucket, made.name.encode(), made.generation, made.metageneration)
        measured = (content.id, content.size, content.md5, content.crc32c, content.parts)
        self._rows.execute(
            _PUT_OBJECT, (*written, made.created, made.updated, *measured, json.dumps(made.fields))
        )

    def delete_object(self, bucket: str, name: str, keep: str = "") -> None:
        """Delete the row; its content is doomed unless it is `keep` or another object shares it."""
        self._rows.execute("DELETE FROM objects WHERE bucket = ? AND name = ?", (bucket, name.encode()))
        self._rows.execute("DELETE FROM doomed WHERE content = ?", (keep,))

    def has_content(self, content_id: str) -> bool:
        found = self._rows.execute(
            "SELECT 1 FROM objects WHERE content = ? LIMIT 1", (content_id,)
        ).fetchone()
        return found is not None

    def doomed(self) -> list[str]:
        return [content for (content,) in self._rows.execute("SELECT content FROM doomed")]

    def forget_doomed(self, content_ids: list[str]) -> None:
        self._rows.executemany("DELETE FROM doomed WHERE content = ?", [(one,) for one in content_ids])

    def upload(self, upload_id: str) -> Upload | None:
        row = self._rows.execute("SELECT * FROM uploads WHERE id = ?", (upload_id,)).fetchone()
        return _upload(row) if row else None

    def put_upload(self, upload: Upload) -> None:
        promised = (json.dumps(upload.fields), json.dumps(upload.conditions), upload.generation)
        self._rows.execute(
            _PUT_UPLOAD, (upload.id, upload.bucket, upload.name, upload.created, upload.total, *promised)
        )

    def delete_upload(self, upload_id: str) -> None:
        self._rows.execute("DELETE FROM uploads WHERE id = ?", (upload_id,))

    def delete_uploads_before(self, moment: float) -> None:
        self._rows.execute("DELETE FROM uploads WHERE created < ?", (moment,))


def _prepare(connection: sqlite3.Connection) -> None:
    connection.executescript(SCHEMA.read_text(encoding="utf-8"))


def _bucket(row: tuple[str, int, float, float, str]) -> Bucket:
    name, metageneration, created, updated, fields = row
    return Bucket(
        name=name, metageneration=metageneration, created=created, updated=updated, fields=json.loads(fields)
    )


def _object(row: tuple[str, bytes, int, int, float, float, str, int, str, str, int, str]) -> StoredObject:
    content_id, size, md5, crc32c, parts = row[6:11]
    return StoredObject(
        bucket=row[0],
        name=row[1].decode(),
        generation=row[2],
        metageneration=row[3],
        created=row[4],
        updated=row[5],
        content=Content(id=content_id, size=size, md5=md5, crc32c=crc32c, parts=parts),
        fields=json.loads(row[11]),
    )


def _upload(row: tuple[str, str, str, float, int, str, str, int]) -> Upload:
    return Upload(
        id=row[0],
        bucket=row[1],
        name=row[2],
        created=row[3],
        total=row[4],
        fields=json.loads(row[5]),
        conditions=json.loads(row[6]),
        generation=row[7],
    )
