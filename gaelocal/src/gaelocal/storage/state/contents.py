"""Bytes on disk: written under `incoming/`, moved to their place by one atomic rename, streamed both ways."""

import asyncio
import base64
import hashlib
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import google_crc32c

from gaelocal.storage.state.records import Content

IN_THREAD_FROM = 256 * 1024
CHUNK = 1024 * 1024


class Hashes:
    """MD5 and CRC32C of what went by, base64 as Cloud Storage writes them."""

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
    """A file under `incoming/` that grows; its id is to be the id of the content."""

    def __init__(self, file: BinaryIO, content_id: str) -> None:
        self.id = content_id
        self._file = file
        self._hashes = Hashes()
        self._waiting = bytearray()
        self.size = file.tell()

    async def append(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self._waiting += chunk
        if len(self._waiting) >= IN_THREAD_FROM:
            await asyncio.to_thread(self._write)

    def finish(self) -> Content:
        self.close()
        return Content(id=self.id, size=self.size, md5=self._hashes.md5, crc32c=self._hashes.crc32c)

    def close(self) -> None:
        if not self._file.closed:
            self._write()
            self._file.close()

    def _write(self) -> None:
        waiting, self._waiting = bytes(self._waiting), bytearray()
        self._hashes.update(waiting)
        self._file.write(waiting)


class Contents:
    """A content is written once and never changed, so that several objects may share it."""

    def __init__(self, folder: Path) -> None:
        self._incoming = folder / "incoming"
        self._settled = folder / "contents"

    def open(self) -> None:
        self._incoming.mkdir(parents=True, exist_ok=True)
        for first in range(256):
            (self._settled / f"{first:02x}").mkdir(parents=True, exist_ok=True)

    def new_id(self) -> str:
        return secrets.token_hex(16)

    def draft(self, content_id: str | None = None) -> Draft:
        """Begin a draft, or go on with one that was left."""
        content_id = content_id or self.new_id()
        return Draft((self._incoming / content_id).open("ab"), content_id)

    def settle(self, content_id: str) -> None:
        (self._incoming / content_id).replace(self.place(content_id))

    def discard(self, content_id: str) -> None:
        (self._incoming / content_id).unlink(missing_ok=True)

    def erase(self, content_id: str) -> None:
        self.place(content_id).unlink(missing_ok=True)

    def incoming_ids(self) -> list[str]:
        return [file.name for file in self._incoming.iterdir()]

    def incoming_size(self, content_id: str) -> int:
        try:
            return (self._incoming / content_id).stat().st_size
        except FileNotFoundError:
            return 0

    async def measured(self, content_id: str) -> Content:
        """Read a draft again from the first byte: after a restart nobody remembers its hashes."""
        return await asyncio.to_thread(self._measure, content_id)

    async def joined(self, content_ids: Iterable[str]) -> Content:
        """Write the contents one after the other into a new draft; opened first, so that none can go away."""
        return await asyncio.to_thread(self._join, [self.reader(content_id) for content_id in content_ids])

    @contextmanager
    def drafted(self) -> Iterator[Draft]:
        """Give a new draft, and discard it in the end unless it has been settled."""
        draft = self.draft()
        try:
            yield draft
        finally:
            draft.close()
            self.discard(draft.id)

    def reader(self, content_id: str) -> BinaryIO:
        """Open for reading; who has it open reads to the end even when the object is erased meanwhile."""
        return self.place(content_id).open("rb", buffering=0)

    def place(self, content_id: str) -> Path:
        return self._settled / content_id[:2] / content_id

    def _measure(self, content_id: str) -> Content:
        hashes, size = Hashes(), 0
        with (self._incoming / content_id).open("ab+", buffering=0) as file:
            file.seek(0)
            while chunk := file.read(CHUNK):
                hashes.update(chunk)
                size += len(chunk)
        return Content(id=content_id, size=size, md5=hashes.md5, crc32c=hashes.crc32c)

    def _join(self, parts: list[BinaryIO]) -> Content:
        joined = self.new_id()
        with (self._incoming / joined).open("wb") as out:
            for part in parts:
                with part:
                    shutil.copyfileobj(part, out, CHUNK)
        return replace(self._measure(joined), md5=None, parts=len(parts))


async def stream(file: BinaryIO, first: int, count: int) -> AsyncIterator[bytes]:
    """Give `count` bytes from `first` on, read in a thread where there are many."""
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
