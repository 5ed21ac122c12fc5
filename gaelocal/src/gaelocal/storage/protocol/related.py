"""The body of a multipart/related upload: metadata, then media.

gcloud and gcsfs end lines without a carriage return, and gcloud quotes the boundary with apostrophes;
Cloud Storage takes both, RFC 2046 and parsers that follow it take neither.
"""

import base64
import binascii
import re
from collections.abc import AsyncIterator, Mapping
from email.parser import BytesHeaderParser

from multidict import CIMultiDict

from gaelocal.storage.state.errors import Invalid

BOUNDARY = re.compile(r"multipart/[a-z-]+\s*;(?:.*;)?\s*boundary=(?:\"([^\"]+)\"|'([^']+)'|([^\s;]+))", re.I)
_BASE64_GROUP = 4
MOST_HEAD = 16 * 1024
"""The headers of a part; Google's clients send two."""


class RelatedBody:
    """Reads one part after the other; `pieces` are those of the body.

    Raises:
        Invalid: the content type names no boundary, or the body has no such parts.
    """

    def __init__(self, content_type: str, pieces: AsyncIterator[bytes]) -> None:
        match = BOUNDARY.match(content_type.strip())
        if match is None:
            raise Invalid("Malformed multipart body: the content type has no boundary.")
        self._boundary = (match[1] or match[2] or match[3]).encode()
        self._pieces = pieces
        self._buffer = b""
        self._line_end = b""

    async def next_part(self) -> "RelatedPart":
        """Return the next part, after the one before has been read to its end."""
        if not self._line_end:
            await self._begin()
        await self._demand(self._line_end, 2)
        if self._buffer.startswith(b"--"):
            raise Invalid("Malformed multipart body: expected metadata and media.")
        _, _, self._buffer = self._buffer.partition(self._line_end)
        return RelatedPart(self, await self._headers())

    async def read(self) -> bytes:
        """Return some bytes of the part, none at its end."""
        end = self._line_end + b"--" + self._boundary
        while (at := self._buffer.find(end)) < 0 and len(self._buffer) <= len(end):
            await self._more()
        count = at if at >= 0 else len(self._buffer) - len(end)
        found, self._buffer = self._buffer[:count], self._buffer[count:]
        if not found:
            self._buffer = self._buffer[len(end) :]
        return found

    async def _begin(self) -> None:
        """Skip everything up to the first boundary, and see by it how the body ends its lines."""
        first = b"--" + self._boundary
        await self._demand(first, len(first))
        self._buffer = self._buffer.partition(first)[2]
        await self._demand(b"\n", 1)
        self._line_end = b"\r\n" if self._buffer.partition(b"\n")[0].endswith(b"\r") else b"\n"

    async def _headers(self) -> Mapping[str, str]:
        if await self._starts_with(self._line_end):
            self._buffer = self._buffer[len(self._line_end) :]
            return {}
        end = self._line_end * 2
        await self._demand(end, len(end))
        head, _, self._buffer = self._buffer.partition(end)
        found = BytesHeaderParser().parsebytes(head)
        return CIMultiDict((name, str(text)) for name, text in found.items())

    async def _starts_with(self, text: bytes) -> bool:
        while len(self._buffer) < len(text):
            await self._more()
        return self._buffer.startswith(text)

    async def _demand(self, text: bytes, least: int) -> None:
        """Read on until `text` is in the buffer, which then has at least `least` bytes."""
        while text not in self._buffer or len(self._buffer) < least:
            if len(self._buffer) > MOST_HEAD:
                raise Invalid("Malformed multipart body: the headers of a part are too long.")
            await self._more()

    async def _more(self) -> None:
        try:
            self._buffer += await anext(self._pieces)
        except StopAsyncIteration:
            raise Invalid("Malformed multipart body: it ends before its last boundary.") from None


class RelatedPart:
    def __init__(self, body: RelatedBody, headers: Mapping[str, str]) -> None:
        self.headers = headers
        self._body = body
        self._rest = b""

    async def read_chunk(self, _size: int = 0) -> bytes:
        """Return some bytes, none at the end; pages of Google's JavaScript client send them in base64."""
        found = await self._body.read()
        if self.headers.get("Content-Transfer-Encoding", "").strip().lower() != "base64":
            return found
        return await self._decoded(found)

    async def _decoded(self, found: bytes) -> bytes:
        text = self._rest + b"".join(found.split())
        while found and len(text) < _BASE64_GROUP:
            found = await self._body.read()
            text += b"".join(found.split())
        whole = len(text) - (len(text) % _BASE64_GROUP if found else 0)
        self._rest = text[whole:]
        try:
            return base64.b64decode(text[:whole], validate=True)
        except binascii.Error as error:
            raise Invalid(f"Malformed multipart body: the media is not base64: {error}") from None
