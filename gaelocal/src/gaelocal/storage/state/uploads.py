"""Resumable uploads: the bytes received so far are in a draft, and its length is the progress."""

import asyncio
from dataclasses import dataclass, replace

from gaelocal.storage.state.blobs import Draft
from gaelocal.storage.state.errors import Invalid, NotFound
from gaelocal.storage.state.merging import without
from gaelocal.storage.state.records import Blob, StoredObject, Upload
from gaelocal.storage.state.store import Store

LEAST_CHUNK = 256 * 1024
EXPECTED_HASHES = ("md5Hash", "crc32c")


@dataclass(frozen=True, slots=True)
class Piece:
    """The parsed `Content-Range`: without `first` it asks for the status; `total` may be unknown.

    `is_last` means that the body ends the upload whatever its size.
    """

    first: int | None
    total: int | None
    is_last: bool = False


class Uploads:
    """One request at a time works on an upload; a second one waits for it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._locks: dict[str, asyncio.Lock] = {}

    def begin(self, planned: Upload, total: int | None) -> Upload:
        upload = replace(planned, id=self._store.blobs.new_id(), total=total)
        with self._store.change():
            self._store.database.put_upload(upload)
        return upload

    def find(self, upload_id: str) -> Upload:
        upload = self._store.database.upload(upload_id)
        if upload is None:
            raise NotFound("The upload session does not exist, was cancelled, or is more than a week old.")
        return upload

    def lock(self, upload_id: str) -> asyncio.Lock:
        return self._locks.setdefault(upload_id, asyncio.Lock())

    def received(self, upload: Upload) -> int:
        return self._store.blobs.incoming_size(upload.id)

    def result(self, upload: Upload) -> StoredObject | None:
        """Return the object that the upload has become."""
        if upload.generation is None:
            return None
        return self._store.find(upload.bucket, upload.name, upload.generation)

    def draft(self, upload: Upload, piece: Piece) -> Draft:
        """Open the draft to append to it.

        Raises:
            Invalid: the piece begins after the bytes received.
        """
        received = self.received(upload)
        if (piece.first or 0) > received:
            raise Invalid(
                "Invalid request.  According to the Content-Range header, "
                f"the upload offset is {piece.first} byte(s), "
                f"which exceeds already uploaded size of {received} byte(s)."
            )
        return self._store.blobs.draft(upload.id)

    def is_complete(self, upload: Upload, piece: Piece) -> bool:
        total = upload.total if piece.total is None else piece.total
        return total is not None and self.received(upload) >= total

    async def measured(self, upload: Upload) -> Blob:
        return await self._store.blobs.measured(upload.id)

    def complete(self, upload: Upload, blob: Blob) -> StoredObject:
        made = self._store.add(replace(upload, fields=without(upload.fields, EXPECTED_HASHES)), blob)
        self._locks.pop(upload.id, None)
        return made

    def cancel(self, upload: Upload) -> None:
        with self._store.change():
            self._store.database.delete_upload(upload.id)
        self._store.blobs.discard(upload.id)
        self._locks.pop(upload.id, None)
