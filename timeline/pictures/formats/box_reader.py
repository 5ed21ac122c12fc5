"""Read the boxes of ISO base media files (ISO/IEC 14496-12, section 4.2) from bytes in memory."""

from collections.abc import Iterator

from timeline.pictures.formats.layout import MalformedImage

HEADER_BYTES, LARGE_HEADER_BYTES = 8, 16


class BoxReader:
    """The payload of one box and a position in it."""

    def __init__(self, kind: bytes, payload: bytes) -> None:
        self.kind = kind
        self.payload = payload
        self._at = 0

    def take(self, count: int) -> bytes:
        """Raises MalformedImage where fewer bytes are left."""
        taken = self.payload[self._at : self._at + count]
        if len(taken) < count:
            raise MalformedImage
        self._at += count
        return taken

    def number(self, width: int) -> int:
        """Return an unsigned number of so many bytes; no bytes mean zero. Raises MalformedImage."""
        return int.from_bytes(self.take(width), "big")

    def version_and_flags(self) -> tuple[int, int]:
        return self.number(1), self.number(3)

    def boxes(self) -> Iterator["BoxReader"]:
        """Yield the boxes from here on; one that claims more than is left ends with its parent."""
        while len(self.payload) - self._at >= HEADER_BYTES:
            start = self._at
            size, kind = self.number(4), self.take(4)
            if size == 1:
                size = self.number(8)
            end = len(self.payload) if not size else min(start + size, len(self.payload))
            if end < self._at:
                return
            yield BoxReader(kind, self.take(end - self._at))
