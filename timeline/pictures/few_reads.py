"""Content as a file that is read only so often: a header cut into pieces must not take longer to look at."""

import io
from typing import BinaryIO, cast

from timeline.pictures.ranged import RangedContent

MOST_READS = 10_000
"""Pillow reads some four times for each block. Talkative cameras write two hundred blocks; 20 MB could hold
ten million, half a minute of a processor before anybody is told that it is no picture."""
BUFFER = 64 * 1024


class TooManyReads(OSError):
    """It has more pieces than any header."""


def few_reads(content: bytes | RangedContent) -> BinaryIO:
    """Give a file whose reads raise TooManyReads in the end."""
    return (
        _Whole(content)
        if isinstance(content, bytes)
        else cast("BinaryIO", _Ranged(content.file().detach(), BUFFER))
    )


class _Counted:
    reads = 0

    def count(self) -> None:
        self.reads += 1
        if self.reads > MOST_READS:
            raise TooManyReads


class _Whole(_Counted, io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        self.count()
        return super().read(size)


class _Ranged(_Counted, io.BufferedReader):
    def read(self, size: int | None = -1, /) -> bytes:
        self.count()
        return super().read(size)
