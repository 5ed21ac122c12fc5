"""Multipart uploads of the XML API: parts are blobs of their own, joined when the upload is completed."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import replace

from gaelocal.storage.state.errors import Invalid, NotFound
from gaelocal.storage.state.records import Blob, MultipartUpload, Part, StoredObject, Upload
from gaelocal.storage.state.store import Store

MOST_PARTS = 10_000
LEAST_PART = 5 * 1024 * 1024


class MultipartUploads:
    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, planned: Upload) -> MultipartUpload:
        upload = MultipartUpload(
            id=self._store.blobs.new_id(),
            bucket=planned.bucket,
            name=planned.name,
            created=self._store.clock(),
            fields=planned.fields,
        )
        with self._store.change():
            self._store.database.put_multipart_upload(upload)
        return upload

    def find(self, bucket: str, name: str, upload_id: str) -> MultipartUpload:
        upload = self._store.database.multipart_upload(upload_id)
        if upload is None or (upload.bucket, upload.name) != (bucket, name):
            raise NotFound("The requested upload was not found.", code="NoSuchUpload")
        return upload

    def add_part(self, upload: MultipartUpload, number: int, blob: Blob) -> Part:
        if not 1 <= number <= MOST_PARTS:
            raise Invalid(f"Part number must be between 1 and {MOST_PARTS}.")
        part = Part(number=number, blob=blob, uploaded=self._store.clock())
        with self._store.change():
            self.find(upload.bucket, upload.name, upload.id)
            self._store.database.put_part(upload.id, part)
        self._store.blobs.settle(part.blob.id)
        return part

    def parts(self, upload: MultipartUpload) -> list[Part]:
        return self._store.database.parts(upload.id)

    async def complete(
        self, upload: MultipartUpload, wanted: Sequence[tuple[int, str]]
    ) -> tuple[StoredObject, str]:
        """Join the parts named by number and ETag; return the object and its ETag in the XML API."""
        parts = self._chosen(upload, wanted)
        joined = await self._store.blobs.joined(part.blob.id for part in parts)
        blob = replace(joined, parts=len(parts))
        new = Upload(
            id=blob.id,
            bucket=upload.bucket,
            name=upload.name,
            created=self._store.clock(),
            total=blob.size,
            fields=upload.fields,
            conditions={},
        )
        try:
            made = self._store.add(new, blob)
        finally:
            self._store.blobs.discard(blob.id)
        self.cancel(upload)
        return made, _etag_of([part.blob for part in parts])

    def cancel(self, upload: MultipartUpload) -> None:
        with self._store.change():
            self._store.database.delete_multipart_upload(upload.id)

    def _chosen(self, upload: MultipartUpload, wanted: Sequence[tuple[int, str]]) -> list[Part]:
        found = {part.number: part for part in self.parts(upload)}
        numbers = [number for number, _ in wanted]
        if not numbers or numbers != sorted(set(numbers)):
            raise Invalid("The list of parts was not in ascending order.", code="InvalidPartOrder")
        for number, etag in wanted:
            if number not in found or etag not in ("", part_etag(found[number])):
                raise Invalid(f"Part {number} could not be found, or its ETag differs.", code="InvalidPart")
        parts = [found[number] for number in numbers]
        if any(part.blob.size < LEAST_PART for part in parts[:-1]):
            raise Invalid(
                "Your proposed upload is smaller than the minimum allowed size of 5 MiB for a part.",
                code="EntityTooSmall",
            )
        return parts


def part_etag(part: Part) -> str:
    return base64.b64decode(part.blob.md5 or "").hex()


def _etag_of(blobs: Sequence[Blob]) -> str:
    digests = b"".join(base64.b64decode(blob.md5 or "") for blob in blobs)
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(blobs)}"
