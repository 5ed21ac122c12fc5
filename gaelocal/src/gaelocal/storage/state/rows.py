"""Convert rows of the database to records."""

import json
from typing import Any

from gaelocal.storage.state.records import (
    Blob,
    Bucket,
    Folder,
    MultipartUpload,
    Part,
    StoredObject,
    Upload,
)

Row = tuple[Any, ...]


def bucket_of(row: Row) -> Bucket:
    name, metageneration, created, updated, fields = row
    return Bucket(
        name=name, metageneration=metageneration, created=created, updated=updated, fields=json.loads(fields)
    )


def object_values(made: StoredObject) -> Row:
    blob = made.blob
    written = (made.bucket, made.name.encode(), made.generation, made.metageneration)
    measured = (blob.id, blob.size, blob.md5, blob.crc32c, blob.parts)
    return (*written, made.created, made.updated, *measured, json.dumps(made.fields))


def object_of(row: Row) -> StoredObject:
    blob_id, size, md5, crc32c, parts = row[6:11]
    return StoredObject(
        bucket=row[0],
        name=row[1].decode(),
        generation=row[2],
        metageneration=row[3],
        created=row[4],
        updated=row[5],
        blob=Blob(id=blob_id, size=size, md5=md5, crc32c=crc32c, parts=parts),
        fields=json.loads(row[11]),
        deleted=row[12],
        kept_until=row[13],
    )


def upload_of(row: Row) -> Upload:
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


def multipart_upload_of(row: Row) -> MultipartUpload:
    return MultipartUpload(id=row[0], bucket=row[1], name=row[2], created=row[3], fields=json.loads(row[4]))


def part_of(row: Row) -> Part:
    blob = Blob(id=row[2], size=row[3], md5=row[4], crc32c=row[5])
    return Part(number=row[1], blob=blob, uploaded=row[6])


def folder_of(row: Row) -> Folder:
    return Folder(
        bucket=row[0],
        kind=row[1],
        name=row[2].decode(),
        metageneration=row[3],
        created=row[4],
        updated=row[5],
        fields=json.loads(row[6]),
    )
