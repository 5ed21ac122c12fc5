"""The bytes of objects on disk: written to `incoming/`, moved by one atomic rename, and streamed."""

import asyncio
import base64
import hashlib
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import BinaryIO

import google_crc32c

from gaelocal.storage.state.records import Blob

IN_THREAD_FROM = 256 * 1024
CHUNK = 1024 * 1024


class Hashes:
    """MD5 and CRC32C of the bytes so far, in base64 as Cloud Storage writes them."""

    def __init__(self) -> None:
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._crc32c = 0

    def update(self, chunk: bytes) -> None:
        self._md5.update(chunk)
        self._crc32c = google_crc32c.extend(self._crc32c, chunk)

    @property
    def md5(self) -> str:
        return base64.b64encode(self._md5.digest()).decode()

    @property
    def crc32c(self) -> str:
        return base64.b64encode(self._crc32c.to_bytes(4, "big")).decode()


class Draft:
    """A file in `incoming/` that is being written; the blob will have its id."""

    def __init__(self, file: FileIO, blob_id: str) -> None:
        self.id = blob_id
        self._file = file
        self._hashes = Hashes()
        self._waiting = bytearray()
        self.size = file.tell()

    async def append(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self._waiting += chunk
        if len(self._waiting) >= IN_THREAD_FROM:
            await asyncio.to_thread(self._write)

    def write(self, data: bytes) -> None:
        """Append little data at once."""
        self.size += len(data)
        self._waiting += data

    def flush(self) -> None:
        self._write()

    def finish(self) -> Blob:
        self.close()
        return Blob(id=self.id, size=self.size, md5=self._hashes.md5, crc32c=self._hashes.crc32c)

    def close(self) -> None:
        if self._file.closed:
            return
        try:
            self._write()
        finally:
            self._file.close()

    def cut(self, size: int) -> None:
        """Go back to an earlier size, after the disk was full: what remained would keep it full."""
        self._waiting.clear()
        self._file.truncate(size)
        self.size = size

    def _write(self) -> None:
        waiting, self._waiting = bytes(self._waiting), bytearray()
        self._hashes.update(waiting)
        written = 0
        while written < len(waiting):
            written += self._file.write(memoryview(waiting)[written:])


class Blobs:
    """The files of all blobs. A blob never changes, so that several objects may share it."""

    def __init__(self, folder: Path) -> None:
        self._incoming = folder / "incoming"
        self._settled = folder / "contents"

    def open(self) -> None:
        self._incoming.mkdir(parents=True, exist_ok=True)
        for first in range(256):
            (self._settled / f"{first:02x}").mkdir(parents=True, exist_ok=True)

    def clear(self) -> None:
        """Delete all bytes; files that are open go on to be read."""
        for folder in (self._incoming, *self._settled.iterdir()):
            for file in folder.iterdir():
                file.unlink(missing_ok=True)

    def new_id(self) -> str:
        return secrets.token_hex(16)

    def draft(self, blob_id: str | None = None) -> Draft:
        """Create a draft, or open an existing one to append to it."""
        blob_id = blob_id or self.new_id()
        return Draft((self._incoming / blob_id).open("ab", buffering=0), blob_id)

    def settle(self, blob_id: str) -> None:
        (self._incoming / blob_id).replace(self.place(blob_id))

    def discard(self, blob_id: str) -> None:
        (self._incoming / blob_id).unlink(missing_ok=True)

    def erase(self, blob_id: str) -> None:
        self.place(blob_id).unlink(missing_ok=True)

    def incoming_ids(self) -> list[str]:
        return [file.name for file in self._incoming.iterdir()]

    def incoming_size(self, blob_id: str) -> int:
        try:
            return (self._incoming / blob_id).stat().st_size
        except FileNotFoundError:
            return 0

    async def measured(self, blob_id: str) -> Blob:
        """Read a draft from its first byte: its hashes are not stored, and a restart forgets them."""
        return await asyncio.to_thread(self._measure, blob_id)

    async def joined(self, blob_ids: Iterable[str]) -> Blob:
        """Concatenate blobs into a new draft; all are opened first, so that none can be erased meanwhile."""
        return await asyncio.to_thread(self._join, [self.reader(blob_id) for blob_id in blob_ids])

    @contextmanager
    def drafted(self) -> Iterator[Draft]:
        """Yield a new draft, and discard it at the end unless it has been settled."""
        draft = self.draft()
        try:
            yield draft
        finally:
            draft.close()
            self.discard(draft.id)

    def reader(self, blob_id: str) -> BinaryIO:
        """Open for reading; an open file can be read to its end even if the blob is erased meanwhile."""
        return self.place(blob_id).open("rb", buffering=0)

    def place(self, blob_id: str) -> Path:
        return self._settled / blob_id[:2] / blob_id

    def _measure(self, blob_id: str) -> Blob:
        hashes, size = Hashes(), 0
        with (self._incoming / blob_id).open("ab+", buffering=0) as file:
            file.seek(0)
            while chunk := file.read(CHUNK):
                hashes.update(chunk)
                size += len(chunk)
        return Blob(id=blob_id, size=size, md5=hashes.md5, crc32c=hashes.crc32c)

    def _join(self, parts: list[BinaryIO]) -> Blob:
        joined = self.new_id()
        with (self._incoming / joined).open("wb") as out:
            for part in parts:
                with part:
                    shutil.copyfileobj(part, out, CHUNK)
        return replace(self._measure(joined), md5=None, parts=len(parts))


async def stream(file: BinaryIO, first: int, count: int) -> AsyncIterator[bytes]:
    """Yield `count` bytes from `first` on; large chunks are read in a thread."""
    position, end = first, first + count
    while position < end:
        wanted = min(CHUNK, end - position)
        in_thread = wanted >= IN_THREAD_FROM
        read = await asyncio.to_thread(os.pread, file.fileno(), wanted, position) if in_thread else None
        chunk = os.pread(file.fileno(), wanted, position) if read is None else read
        if not chunk:
            return
        position += len(chunk)
        yield chunk
