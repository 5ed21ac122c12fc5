"""`Range` of a download and `Content-Range` of a resumable upload."""

import re

from gaelocal.storage.state.errors import Invalid, RangeNotSatisfiable
from gaelocal.storage.state.uploads import Piece

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_CONTENT_RANGE = re.compile(r"bytes (?:([0-9]{1,18})-([0-9]{1,18}|\*)|\*)/([0-9]{1,18}|\*)")


def wanted_bytes(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the first byte and the count; None means all, also for a list or a malformed range (RFC 9110).

    Raises:
        RangeNotSatisfiable: it begins after the end.
    """
    match = _RANGE.fullmatch((header or "").replace(" ", ""))
    if match is None or match.group(0) == "bytes=-":
        return None
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size or (not first and int(last) == 0):
        raise RangeNotSatisfiable(size)
    return start, end - start + 1


def piece_of(header: str | None) -> Piece:
    """Parse which part of the object a request carries; without the header it is all of it.

    `bytes 0-*/*` is how the Node client sends everything in one request.

    Raises:
        Invalid: the header is not understood.
    """
    if header is None:
        return Piece(first=0, total=None, is_last=True)
    match = _CONTENT_RANGE.fullmatch(header.strip())
    if match is None:
        raise Invalid(f"Failed to parse Content-Range header: {header!r}")
    first, last, total = match.groups()
    return Piece(
        first=None if first is None else int(first),
        total=None if total == "*" else int(total),
        is_last=last == "*" and total == "*",
    )
