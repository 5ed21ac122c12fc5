"""Content that lies elsewhere and is read in pieces: only those that somebody asks for."""

import hashlib
import io
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import overload

PIECE = 1024 * 1024
"""The first holds the headers of nearly every picture, the last its end: two reads tell enough."""
KEPT = 4
"""What looks at all of a picture, piece by piece, still takes no more memory than this."""

Read = Callable[[int, int], bytes]
"""Gives the bytes from a first to a last one, inclusive."""


class RangedContent:
    """As much of `bytes` as it takes to look at a picture's structure."""

    def __init__(self, read: Read, size: int) -> None:
        self._read = read
        self._size = size
        self._piece = lru_cache(maxsize=KEPT)(self._fetched)

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
        """Tell a place of it, or -1. The end is looked at first: what is asked for are ends of pictures."""
        last = max(start, self._size - PIECE)
        found = self._between(last, self._size).find(wanted)
        if found >= 0:
            return last + found
        for place in range(start, last, PIECE):
            found = self._between(place, min(place + PIECE + len(wanted), self._size)).find(wanted)
            if found >= 0:
                return place + found
        return -1

    def file(self) -> io.BufferedReader:
        return io.BufferedReader(_File(self), PIECE // 16)

    def sha256(self) -> str:
        """Reads all of it."""
        digest = hashlib.sha256()
        for piece in self._pieces():
            digest.update(piece)
        return digest.hexdigest()

    def _pieces(self) -> Iterator[bytes]:
        return (self._piece(number) for number in range(-(-self._size // PIECE)))

    def _between(self, start: int, stop: int) -> bytes:
        if start >= stop:
            return b""
        first, last = start // PIECE, (stop - 1) // PIECE
        together = b"".join(self._piece(number) for number in range(first, last + 1))
        return together[start - first * PIECE : stop - first * PIECE]

    def _fetched(self, number: int) -> bytes:
        start = number * PIECE
        return self._read(start, min(start + PIECE, self._size) - 1)


class _File(io.RawIOBase):
    """What Pillow wants: read, seek, tell."""

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
