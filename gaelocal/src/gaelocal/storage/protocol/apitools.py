"""Uploads in the form that Google's apitools write, with which gcloud deploys.

They quote the boundary with apostrophes and end lines without a carriage return. Cloud Storage takes both;
RFC 2046, and the parser for everybody else, take neither.
"""

import re
from collections.abc import Mapping
from email.parser import HeaderParser

from gaelocal.storage.state.errors import Invalid

BOUNDARY = re.compile(r"multipart/related;\s*boundary='([^']+)'")
MOST_BYTES = 8 * 1024 * 1024
"""Such a body is read into memory; apitools send anything above 5 MB as a resumable upload."""


class PlainPart:
    """One part of a body that is in memory."""

    def __init__(self, text: bytes) -> None:
        head, _, self._body = text.removeprefix(b"\n").partition(b"\n\n")
        self.headers: Mapping[str, str] = dict(HeaderParser().parsestr(head.decode("latin-1")).items())

    async def read(self) -> bytes:
        return self._body

    async def read_chunk(self, _size: int) -> bytes:
        """Return all of it at the first call, and nothing afterwards."""
        body, self._body = self._body, b""
        return body


def apitools_boundary(content_type: str) -> bytes | None:
    match = BOUNDARY.fullmatch(content_type.strip())
    return match[1].encode() if match else None


def apitools_parts(boundary: bytes, body: bytes) -> tuple[PlainPart, PlainPart]:
    """Return metadata and media.

    Raises:
        Invalid: the body does not consist of those two.
    """
    sections = (b"\n" + body).split(b"\n--" + boundary)
    if len(sections) != 4 or sections[0] or not sections[3].startswith(b"--"):  # noqa: PLR2004 - two parts, two ends
        raise Invalid("Malformed multipart body: expected metadata and media.")
    return PlainPart(sections[1]), PlainPart(sections[2])
