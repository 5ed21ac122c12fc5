"""The bytes of a message: in memory if small, in a temporary file if large."""

import contextlib
import tempfile
from collections.abc import Iterator
from typing import IO

LARGEST_BODY = 32 * 1024 * 1024
IN_MEMORY = 256 * 1024
PART = 128 * 1024


class NoRoom(Exception):
    """The folder for temporary files cannot take the body."""


class Body:
    """Buffered completely, as on App Engine: a slow client never blocks a service's thread.

    A thousand slow clients use disk space, not memory.
    """

    __slots__ = ("_chunks", "_file", "size")

    def __init__(self, content: bytes = b"") -> None:
        self._chunks = [content] if content else []
        self._file: IO[bytes] | None = None
        self.size = len(content)

    @classmethod
    def of_file(cls, file: IO[bytes], size: int) -> "Body":
        body = cls()
        body._file, body.size = file, size
        return body

    @property
    def is_small(self) -> bool:
        return self._file is None

    def append(self, chunk: bytes) -> None:
        """Add bytes.

        Raises:
            NoRoom: they cannot be written to a temporary file.
        """
        try:
            self._append(chunk)
        except OSError as error:
            raise NoRoom(str(error)) from error

    def _append(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self._file is None and self.size > IN_MEMORY:
            self._move_to_file()
        if self._file is None:
            self._chunks.append(chunk)
        else:
            self._file.write(chunk)
            self._file.flush()

    def whole(self) -> bytes:
        return b"".join(self.parts())

    def parts(self) -> Iterator[bytes]:
        """Yield the bytes from the start, on every call."""
        yield from self._chunks
        if self._file is not None:
            self._file.seek(0)
            while part := self._file.read(PART):
                yield part

    def close(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):  # what could not be written is not needed any more
                self._file.close()

    def _move_to_file(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the message
        self._file.writelines(self._chunks)
        self._chunks = []
