"""Remote content that is read in blocks, and only where it is needed."""

import hashlib
import io
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import overload

BLOCK_BYTES = 1024 * 1024
"""The first block holds the headers of nearly every image and the last one its end: two reads suffice."""
CACHED_BLOCKS = 4
"""Reading all of an image takes no more memory than these."""

Read = Callable[[int, int], bytes]
"""Return the bytes from a first to a last offset, inclusive."""


class RangedContent:
    """The part of the `bytes` interface that reading an image's structure needs."""

    def __init__(self, read: Read, size: int) -> None:
        self._read = read
        self._size = size
        self._block = lru_cache(maxsize=CACHED_BLOCKS)(self._fetch)

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> bytes: ...
    def __getitem__(self, place: int | slice) -> int | bytes:
        if isinstance(place, slice):
            start, stop, _ = place.indices(self._size)
            return self._between(start, stop)
        if not -self._size <= place < self._size:
            raise IndexError
        return self._between(place % self._size, place % self._size + 1)[0]

    def __contains__(self, wanted: bytes) -> bool:
        return self.find(wanted) >= 0

    def find(self, wanted: bytes, start: int = 0) -> int:
        """Return an offset of `wanted`, or -1. Searches the last block first: callers want end markers."""
        last = max(start, self._size - BLOCK_BYTES)
        found = self._between(last, self._size).find(wanted)
        if found >= 0:
            return last + found
        for place in range(start, last, BLOCK_BYTES):
            found = self._between(place, min(place + BLOCK_BYTES + len(wanted), self._size)).find(wanted)
            if found >= 0:
                return place + found
        return -1

    def file(self) -> io.BufferedReader:
        return io.BufferedReader(_File(self), BLOCK_BYTES // 16)

    def sha256(self) -> str:
        """Reads all of it."""
        digest = hashlib.sha256()
        for block in self._blocks():
            digest.update(block)
        return digest.hexdigest()

    def _blocks(self) -> Iterator[bytes]:
        return (self._block(number) for number in range(-(-self._size // BLOCK_BYTES)))

    def _between(self, start: int, stop: int) -> bytes:
        if start >= stop:
            return b""
        first, last = start // BLOCK_BYTES, (stop - 1) // BLOCK_BYTES
        together = b"".join(self._block(number) for number in range(first, last + 1))
        return together[start - first * BLOCK_BYTES : stop - first * BLOCK_BYTES]

    def _fetch(self, number: int) -> bytes:
        start = number * BLOCK_BYTES
        return self._read(start, min(start + BLOCK_BYTES, self._size) - 1)


class _File(io.RawIOBase):
    """The file interface that Pillow needs: read, seek, tell."""

    def __init__(self, content: RangedContent) -> None:
        self._content = content
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: len(self._content)}[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        found = self._content[self._place : self._place + len(buffer)]
        buffer[: len(found)] = found
        self._place += len(found)
        return len(found)
