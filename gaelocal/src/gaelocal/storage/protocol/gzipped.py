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
    """The decompressed body of a request, read like an `aiohttp.StreamReader`.

    Reading raises Invalid if the body is not gzip, or ends too early.
    """

    def __init__(self, request: web.BaseRequest) -> None:
        self._compressed = request.content
        self._gzip = zlib.decompressobj(_GZIP)
        self._buffer = b""
        self._holds_more = False

    def at_eof(self) -> bool:
        return not self._buffer and not self._holds_more and self._compressed.at_eof()

    async def readany(self) -> bytes:
        """Return some bytes, none at the end."""
        while not self._buffer and not self.at_eof():
            await self._decompress()
        found, self._buffer = self._buffer, b""
        return found

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
