"""Resumable uploads: what has arrived lies in a draft, and its length alone says how far it is."""

import asyncio
from dataclasses import dataclass, replace

from gaelocal.storage.state.contents import Draft
from gaelocal.storage.state.merging import without
from gaelocal.storage.state.records import Content, Fields, StoredObject, Upload
from gaelocal.storage.state.refusals import Invalid, NotFound
from gaelocal.storage.state.store import Store

LEAST_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """What `Content-Range` says: no `first` only asks for the status, no `total` is not known yet."""

    first: int | None
    total: int | None


class Uploads:
    """One request at a time works on an upload; a second one waits for it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._locks: dict[str, asyncio.Lock] = {}

    def begin(
        self, bucket: str, name: str, fields: Fields, conditions: dict[str, str], total: int | None
    ) -> Upload:
        upload = Upload(
            id=self._store.contents.new_id(),
            bucket=bucket,
            name=name,
            created=self._store.clock(),
            total=total,
            fields=fields,
            conditions=conditions,
        )
        with self._store.change():
            self._store.catalog.put_upload(upload)
        return upload

    def find(self, upload_id: str) -> Upload:
        upload = self._store.catalog.upload(upload_id)
        if upload is None:
            raise NotFound("The upload session does not exist, was cancelled, or is more than a week old.")
        return upload

    def lock(self, upload_id: str) -> asyncio.Lock:
        return self._locks.setdefault(upload_id, asyncio.Lock())

    def received(self, upload: Upload) -> int:
        return self._store.contents.incoming_size(upload.id)

    def result(self, upload: Upload) -> StoredObject | None:
        """Give the object that the upload has become."""
        if upload.generation is None:
            return None
        return self._store.find(upload.bucket, upload.name, upload.generation)

    def draft(self, upload: Upload, piece: Piece) -> Draft:
        """Open the draft to go on with it.

        Raises:
            Invalid: the piece begins behind what has arrived.
        """
        received = self.received(upload)
        if (piece.first or 0) > received:
            raise Invalid(
                "Invalid request.  According to the Content-Range header, "
                f"the upload offset is {piece.first} byte(s), "
                f"which exceeds already uploaded size of {received} byte(s)."
            )
        return self._store.contents.draft(upload.id)

    def is_complete(self, upload: Upload, piece: Piece) -> bool:
        total = upload.total if piece.total is None else piece.total
        return total is not None and self.received(upload) >= total

    async def measured(self, upload: Upload) -> Content:
        return await self._store.contents.measured(upload.id)

    def complete(self, upload: Upload, content: Content) -> StoredObject:
        kept = without(upload.fields, ("md5Hash", "crc32c", "origin"))
        made = self._store.add(replace(upload, fields=kept), content)
        self._locks.pop(upload.id, None)
        return made

    def cancel(self, upload: Upload) -> None:
        with self._store.change():
            self._store.catalog.delete_upload(upload.id)
        self._store.contents.discard(upload.id)
        self._locks.pop(upload.id, None)
