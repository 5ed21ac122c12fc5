"""Remote content that is read in blocks, and only where it is needed."""

import hashlib
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

    def find(self, wanted: bytes, start: int = 0) -> int:
        """Return the first offset of `wanted` from `start` on, or -1."""
        for number in range(start // BLOCK_BYTES, self._block_count):
            base = number * BLOCK_BYTES
            found = self._block(number).find(wanted, max(0, start - base))
            if found >= 0:
                return base + found
            found = self._across_end(number, wanted).find(wanted)
            across = base + BLOCK_BYTES - len(wanted) + 1 + found
            if found >= 0 and across >= start:
                return across
        return -1

    def rfind(self, wanted: bytes) -> int:
        """Return the last offset of `wanted`, or -1."""
        for number in reversed(range(self._block_count)):
            base = number * BLOCK_BYTES
            found = self._across_end(number, wanted).rfind(wanted)
            if found >= 0:
                return base + BLOCK_BYTES - len(wanted) + 1 + found
            found = self._block(number).rfind(wanted)
            if found >= 0:
                return base + found
        return -1

    def _across_end(self, number: int, wanted: bytes) -> bytes:
        """Return the bytes around the end of a block, too few on either side to hold all of `wanted`."""
        end, margin = (number + 1) * BLOCK_BYTES, len(wanted) - 1
        return self._between(end - margin, min(end + margin, self._size)) if end < self._size else b""

    @property
    def _block_count(self) -> int:
        return -(-self._size // BLOCK_BYTES)

    def sha256(self) -> str:
        """Reads all of it."""
        digest = hashlib.sha256()
        for block in self._blocks():
            digest.update(block)
        return digest.hexdigest()

    def _blocks(self) -> Iterator[bytes]:
        return (self._block(number) for number in range(self._block_count))

    def _between(self, start: int, stop: int) -> bytes:
        if start >= stop:
            return b""
        first, last = start // BLOCK_BYTES, (stop - 1) // BLOCK_BYTES
        if first == last:
            return self._block(first)[start % BLOCK_BYTES : (stop - 1) % BLOCK_BYTES + 1]
        together = b"".join(self._block(number) for number in range(first, last + 1))
        return together[start - first * BLOCK_BYTES : stop - first * BLOCK_BYTES]

    def _fetch(self, number: int) -> bytes:
        start = number * BLOCK_BYTES
        return self._read(start, min(start + BLOCK_BYTES, self._size) - 1)
