"""A file object that limits the number of reads, so that a fragmented header cannot consume CPU time."""

import io
from typing import BinaryIO, cast

from timeline.pictures.ranged_content import RangedContent

MAX_READS = 10_000
"""Pillow reads about four times per block and the most verbose cameras write two hundred blocks.

A 20 MB file could hold ten million blocks, which take half a minute of CPU time to walk through.
"""
BUFFER_BYTES = 64 * 1024


class TooManyReads(OSError):
    """The header has more than MAX_READS pieces."""


def bounded_reader(content: bytes | RangedContent) -> BinaryIO:
    """Return a file whose `read` raises TooManyReads after MAX_READS calls."""
    if isinstance(content, bytes):
        return _BytesReader(content)
    return cast("BinaryIO", _RangedReader(content.file().detach(), BUFFER_BYTES))


class _ReadCounter:
    reads = 0

    def count_read(self) -> None:
        self.reads += 1
        if self.reads > MAX_READS:
            raise TooManyReads


class _BytesReader(_ReadCounter, io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        self.count_read()
        return super().read(size)


class _RangedReader(_ReadCounter, io.BufferedReader):
    def read(self, size: int | None = -1, /) -> bytes:
        self.count_read()
        return super().read(size)
