"""The rows in SQLite: a change, and the erasure of the blobs it leaves unused, are one transaction."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gaelocal.sqlite_files import empty_tables, open_database, until_writable
from gaelocal.storage.state.records import (
    Bucket,
    Fields,
    Folder,
    MultipartUpload,
    Part,
    StoredObject,
    Upload,
)
from gaelocal.storage.state.rows import (
    bucket_of,
    folder_of,
    multipart_upload_of,
    object_of,
    object_values,
    part_of,
    upload_of,
)

SCHEMA = Path(__file__).with_name("schema.sql")
LIVE = "SELECT *, NULL AS deleted, NULL AS kept_until FROM objects"
NONCURRENT = "SELECT * FROM versions WHERE kept_until IS NULL"
SOFT_DELETED = "SELECT * FROM versions WHERE kept_until IS NOT NULL"
ALL_VERSIONS = f"{LIVE} UNION ALL {NONCURRENT}"


class Database:
    """Names are stored as UTF-8 bytes, so that rows sort as in Cloud Storage."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._rows: sqlite3.Connection

    def open(self) -> None:
        self._rows = open_database(self._file, _prepare)

    def clear(self) -> None:
        empty_tables(self._rows, but=["generations"])

    def close(self) -> None:
        self._rows.close()

    async def until_writable(self) -> None:
        """Wait while another program holds the lock, without stopping the event loop."""
        await until_writable(self._rows)

    @contextmanager
    def change(self) -> Iterator[None]:
        """Run the body in one transaction, which any error rolls back."""
        self._rows.execute("BEGIN IMMEDIATE")
        with self._rows:
            yield

    def next_generation(self, now: float) -> int:
        """Return the time in microseconds, or one more than the last if the clock stands still."""
        (generation,) = self._rows.execute(
            "UPDATE generations SET last = max(last + 1, ?) RETURNING last", (int(now * 1_000_000),)
        ).fetchone()
        return int(generation)

    # Buckets

    def bucket(self, name: str) -> Bucket | None:
        row = self._rows.execute("SELECT * FROM buckets WHERE name = ?", (name,)).fetchone()
        return bucket_of(row) if row else None

    def buckets(self, prefix: str = "", after: str = "", limit: int = -1) -> list[Bucket]:
        rows = self._rows.execute(
            "SELECT * FROM buckets WHERE name > ? AND substr(name, 1, ?) = ? ORDER BY name LIMIT ?",
            (after, len(prefix), prefix, limit),
        )
        return [bucket_of(row) for row in rows]

    def put_bucket(self, bucket: Bucket) -> None:
        self._rows.execute(
            "INSERT OR REPLACE INTO buckets VALUES (?, ?, ?, ?, ?)",
            (bucket.name, bucket.metageneration, bucket.created, bucket.updated, json.dumps(bucket.fields)),
        )

    def delete_bucket(self, name: str) -> None:
        for table, column in (("buckets", "name"), ("uploads", "bucket"), ("folders", "bucket")):
            self._rows.execute(f"DELETE FROM {table} WHERE {column} = ?", (name,))  # noqa: S608 - constants
        for (upload_id,) in self._rows.execute(
            "SELECT id FROM multipart_uploads WHERE bucket = ?", (name,)
        ).fetchall():
            self.delete_multipart_upload(upload_id)

    def put_deleted_bucket(self, bucket: Bucket, generation: int, deleted: float, kept_until: float) -> None:
        written = (bucket.name, generation, bucket.metageneration, bucket.created, bucket.updated)
        self._rows.execute(
            "INSERT INTO deleted_buckets VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*written, json.dumps(bucket.fields), deleted, kept_until),
        )

    def deleted_buckets(self) -> list[tuple[Bucket, int, float, float]]:
        """Return each soft-deleted bucket, its generation, when it was deleted and until when it is kept."""
        rows = self._rows.execute("SELECT * FROM deleted_buckets ORDER BY name, generation")
        return [(bucket_of((row[0], *row[2:6])), row[1], row[6], row[7]) for row in rows]

    def delete_deleted_bucket(self, name: str, generation: int) -> None:
        self._rows.execute(
            "DELETE FROM deleted_buckets WHERE name = ? AND generation = ?", (name, generation)
        )

    def rename_bucket_of_versions(self, old: str, new: str) -> None:
        self._rows.execute("UPDATE versions SET bucket = ? WHERE bucket = ?", (new, old))

    # Objects

    def object(self, bucket: str, name: str) -> StoredObject | None:
        """Return the live version."""
        row = self._rows.execute(f"{LIVE} WHERE bucket = ? AND name = ?", (bucket, name.encode())).fetchone()
        return object_of(row) if row else None

    def version(
        self, bucket: str, name: str, generation: int, *, soft_deleted: bool = False
    ) -> StoredObject | None:
        source = SOFT_DELETED if soft_deleted else ALL_VERSIONS
        row = self._rows.execute(
            f"SELECT * FROM ({source}) WHERE bucket = ? AND name = ? AND generation = ?",  # noqa: S608
            (bucket, name.encode(), generation),
        ).fetchone()
        return object_of(row) if row else None

    def objects(
        self, source: str, bucket: str, after: tuple[bytes, int], end: bytes, limit: int
    ) -> list[StoredObject]:
        """Return objects of `source` in the order of their names and generations, from `after` on."""
        rows = self._rows.execute(
            f"SELECT * FROM ({source}) WHERE bucket = ? AND name >= ? AND name < ?"  # noqa: S608
            " AND (name > ? OR generation > ?) ORDER BY name, generation LIMIT ?",
            (bucket, after[0], end, after[0], after[1], limit),
        )
        return [object_of(row) for row in rows]

    def has_objects(self, bucket: str) -> bool:
        row = self._rows.execute(
            f"SELECT 1 FROM ({ALL_VERSIONS}) WHERE bucket = ? LIMIT 1",  # noqa: S608
            (bucket,),
        ).fetchone()
        return row is not None

    def put_object(self, made: StoredObject) -> None:
        """Write a live version in the place of the one that has its name."""
        self.delete_object(made.bucket, made.name)
        self._rows.execute(
            "INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", object_values(made)
        )
        self._rows.execute("DELETE FROM doomed WHERE content = ?", (made.blob.id,))

    def put_version(self, made: StoredObject) -> None:
        """Write a version that is not live."""
        self._rows.execute(
            "INSERT OR REPLACE INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*object_values(made), made.deleted, made.kept_until),
        )

    def delete_object(self, bucket: str, name: str) -> None:
        """Delete the live row; a trigger dooms its blob unless another row shares it."""
        self._rows.execute("DELETE FROM objects WHERE bucket = ? AND name = ?", (bucket, name.encode()))

    def delete_version(self, version: StoredObject) -> None:
        self._rows.execute(
            "DELETE FROM versions WHERE bucket = ? AND name = ? AND generation = ?",
            (version.bucket, version.name.encode(), version.generation),
        )

    def delete_versions_kept_until(self, now: float) -> None:
        self._rows.execute("DELETE FROM versions WHERE kept_until <= ?", (now,))

    # Blobs

    def has_blob(self, blob_id: str) -> bool:
        found = self._rows.execute("SELECT 1 FROM used_contents WHERE content = ? LIMIT 1", (blob_id,))
        return found.fetchone() is not None

    def doomed_blobs(self) -> list[str]:
        return [blob_id for (blob_id,) in self._rows.execute("SELECT content FROM doomed")]

    def forget_doomed_blobs(self, blob_ids: list[str]) -> None:
        self._rows.executemany("DELETE FROM doomed WHERE content = ?", [(one,) for one in blob_ids])

    # Uploads

    def upload(self, upload_id: str) -> Upload | None:
        row = self._rows.execute("SELECT * FROM uploads WHERE id = ?", (upload_id,)).fetchone()
        return upload_of(row) if row else None

    def put_upload(self, upload: Upload) -> None:
        promised = (json.dumps(upload.fields), json.dumps(upload.conditions), upload.generation)
        self._rows.execute(
            "INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (upload.id, upload.bucket, upload.name, upload.created, upload.total, *promised),
        )

    def delete_upload(self, upload_id: str) -> None:
        self._rows.execute("DELETE FROM uploads WHERE id = ?", (upload_id,))

    def delete_uploads_before(self, moment: float) -> None:
        self._rows.execute("DELETE FROM uploads WHERE created < ?", (moment,))

    def multipart_upload(self, upload_id: str) -> MultipartUpload | None:
        row = self._rows.execute("SELECT * FROM multipart_uploads WHERE id = ?", (upload_id,)).fetchone()
        return multipart_upload_of(row) if row else None

    def multipart_uploads(self, bucket: str) -> list[MultipartUpload]:
        rows = self._rows.execute(
            "SELECT * FROM multipart_uploads WHERE bucket = ? ORDER BY name, created", (bucket,)
        )
        return [multipart_upload_of(row) for row in rows]

    def put_multipart_upload(self, upload: MultipartUpload) -> None:
        self._rows.execute(
            "INSERT INTO multipart_uploads VALUES (?, ?, ?, ?, ?)",
            (upload.id, upload.bucket, upload.name, upload.created, json.dumps(upload.fields)),
        )

    def delete_multipart_upload(self, upload_id: str) -> None:
        self._rows.execute("DELETE FROM parts WHERE upload = ?", (upload_id,))
        self._rows.execute("DELETE FROM multipart_uploads WHERE id = ?", (upload_id,))

    def parts(self, upload_id: str) -> list[Part]:
        rows = self._rows.execute("SELECT * FROM parts WHERE upload = ? ORDER BY number", (upload_id,))
        return [part_of(row) for row in rows]

    def put_part(self, upload_id: str, part: Part) -> None:
        blob = part.blob
        self._rows.execute("DELETE FROM parts WHERE upload = ? AND number = ?", (upload_id, part.number))
        self._rows.execute(
            "INSERT INTO parts VALUES (?, ?, ?, ?, ?, ?, ?)",
            (upload_id, part.number, blob.id, blob.size, blob.md5, blob.crc32c, part.uploaded),
        )

    # Folders and HMAC keys

    def folder(self, bucket: str, kind: str, name: str) -> Folder | None:
        row = self._rows.execute(
            "SELECT * FROM folders WHERE bucket = ? AND kind = ? AND name = ?", (bucket, kind, name.encode())
        ).fetchone()
        return folder_of(row) if row else None

    def folders(self, bucket: str, kind: str | None = None, prefix: str = "") -> list[Folder]:
        start = prefix.encode()
        rows = self._rows.execute(
            "SELECT * FROM folders WHERE bucket = ? AND kind = coalesce(?, kind)"
            " AND name >= ? AND name < ? ORDER BY name",
            (bucket, kind, start, start + b"\xff"),
        )
        return [folder_of(row) for row in rows]

    def put_folder(self, folder: Folder) -> None:
        written = (folder.metageneration, folder.created, folder.updated, json.dumps(folder.fields))
        self._rows.execute(
            "INSERT OR REPLACE INTO folders VALUES (?, ?, ?, ?, ?, ?, ?)",
            (folder.bucket, folder.kind, folder.name.encode(), *written),
        )

    def delete_folder(self, folder: Folder) -> None:
        self._rows.execute(
            "DELETE FROM folders WHERE bucket = ? AND kind = ? AND name = ?",
            (folder.bucket, folder.kind, folder.name.encode()),
        )

    def hmac_keys(self) -> list[Fields]:
        return [json.loads(text) for (text,) in self._rows.execute("SELECT fields FROM hmac_keys")]

    def put_hmac_key(self, access_id: str, fields: Fields) -> None:
        self._rows.execute("INSERT OR REPLACE INTO hmac_keys VALUES (?, ?)", (access_id, json.dumps(fields)))


def _prepare(connection: sqlite3.Connection) -> None:
    connection.executescript(SCHEMA.read_text(encoding="utf-8"))
