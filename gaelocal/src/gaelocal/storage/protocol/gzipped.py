"""Request bodies that are compressed on the way, as Google's Java client sends JSON and multipart bodies."""

import zlib

from aiohttp import web

from gaelocal.storage.state.errors import Invalid

_GZIP = zlib.MAX_WBITS | 16
MOST_AT_ONCE = 64 * 1024
"""A few compressed bytes may stand for very many, so they are decompressed in pieces."""


def is_gzipped(request: web.BaseRequest) -> bool:
    return request.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip")


class GzippedBody:
    """The decompressed body of a request, with the reading methods of `aiohttp.StreamReader`.

    Its methods raise Invalid if the body is not gzip, or ends too early.
    """

    def __init__(self, request: web.BaseRequest) -> None:
        self._compressed = request.content
        self._gzip = zlib.decompressobj(_GZIP)
        self._buffer = b""
        self._holds_more = False

    def at_eof(self) -> bool:
        return not self._buffer and not self._holds_more and self._compressed.at_eof()

    def unread_data(self, data: bytes) -> None:
        self._buffer = data + self._buffer

    async def readany(self) -> bytes:
        """Return some bytes, none at the end."""
        while not self._buffer and not self.at_eof():
            await self._decompress()
        found, self._buffer = self._buffer, b""
        return found

    async def read(self, size: int) -> bytes:
        """Return up to `size` bytes."""
        found = await self.readany()
        self._buffer = found[size:]
        return found[:size]

    async def readline(self, *, max_line_length: int = MOST_AT_ONCE) -> bytes:
        """Return the bytes up to the end of the next line, and with it."""
        while b"\n" not in self._buffer and not self.at_eof():
            if len(self._buffer) > max_line_length:
                raise Invalid("Malformed multipart body: a line is too long.")
            found, self._buffer = self._buffer, b""
            self._buffer = found + await self.readany()
        line, end, self._buffer = self._buffer.partition(b"\n")
        return line + end

    async def _decompress(self) -> None:
        pending = self._gzip.unconsumed_tail if self._holds_more else await self._compressed.readany()
        if self._gzip.eof:
            return  # what follows the end means nothing
        try:
            found = self._gzip.decompress(pending, MOST_AT_ONCE)
        except zlib.error as error:
            raise Invalid(f"The body of the request is not gzip: {error}") from None
        self._buffer += found
        self._holds_more = not self._gzip.eof and len(found) == MOST_AT_ONCE
        if not self._holds_more and self._compressed.at_eof() and not self._gzip.eof:
            raise Invalid("The body of the request ends too early for gzip.")
